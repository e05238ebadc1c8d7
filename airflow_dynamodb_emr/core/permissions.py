"""The one table of permissions: `dynamodb-emr check` tries them, docs/permissions.md and docs/cloudformation.yaml are made of them."""

from __future__ import annotations

from functools import partial

from airflow_dynamodb_emr.core.access import ANYTHING, Need, Permission, Who

_DYNAMODB = "arn:{partition}:dynamodb:{region}:{account}:"
_TABLES = _DYNAMODB + "table/{prefix}*"
_INDEXES = _DYNAMODB + "table/{prefix}*/index/*"
_RESTORED = _DYNAMODB + "table/{restored}*"
_BUCKET = "arn:{partition}:s3:::{backups}"
_OBJECTS = _BUCKET + "/*"
_JARS = "arn:{partition}:s3:::{jars}"
_SERVERLESS = "arn:{partition}:emr-serverless:{region}:{account}:"
_IMPORT_LOGS = "arn:{partition}:logs:{region}:{account}:log-group:/aws-dynamodb/*"
_SCALING = "arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/*"
_OURS = [f"{_BUCKET}/*/{name}" for name in ("BACKUP_*", "ledger/*", "slots/*", "claims/*", "check/*", "readers/*", "forgotten.json", "_failure")]
_DEFAULT_LIMITS = "40,000 units a table and 80,000 in all are taken for its limits"
_UNREAD = "the saved schema says which setting could not be read, and a restore that it is not put back"
_NOT_BACK = "the table is loaded, and the run is red and names the setting"
_NO_KEY = "DynamoDB says so when the table is made"
_STREAMS = "arn:{partition}:kinesis:{region}:{account}:stream/*"
_LINKED = "arn:{partition}:iam::{account}:role/aws-service-role"
_LINKING = ("dynamodb.application-autoscaling", "contributorinsights.dynamodb", "kinesisreplication.dynamodb")
_LIFECYCLE = "a lifecycle rule of the bucket has to end such uploads"


def _permission(who: Who, need: Need, actions: str, on: str | list[str], why: str, without: str = "", service: str = "") -> Permission:
    """*actions*: of one service, as in `s3:GetObject PutObject`."""
    prefix, _, names = actions.partition(":")
    resources = [on] if isinstance(on, str) else on
    full = [f"{prefix}:{name}" for name in names.split()]
    return Permission(who=who, need=need, actions=full, on=resources, why=why, without=without, service=service)


def _nodes(who: Who) -> list[Permission]:
    """What a machine that copies tables needs, be it a cluster's or a job run's."""
    of = partial(_permission, who)
    return [
        of(Need.BACKUP, "dynamodb:DescribeTable Scan", _TABLES, "reads the tables"),
        of(Need.BACKUP, "s3:ListBucket GetBucketLocation", [_BUCKET, _JARS], "finds dumps and programs"),
        of(Need.BACKUP, "s3:GetObject PutObject DeleteObject", _OBJECTS, "writes dumps and logs; Hadoop deletes its own temporary files"),
        of(Need.BACKUP, "s3:GetObject", _JARS + "/*", "the connector's jar, or the libraries of Spark"),
        of(Need.SPARK, "dynamodb:Query", _TABLES, "reads a large item collection in ranges"),
        of(Need.SPARK, "s3:AbortMultipartUpload", _OBJECTS, "ends what lost executors have left unfinished", "it says so and goes on"),
        of(Need.SPARK, "s3:ListBucketMultipartUploads", _BUCKET, "finds these", "it says so and goes on"),
        of(Need.RESTORE, "dynamodb:DescribeTable BatchWriteItem", _RESTORED, "loads the tables"),
        of(Need.ENCRYPTION, "kms:GenerateDataKey Decrypt", "{key}", "writes and reads what the key encrypts"),
        of(Need.ENCRYPTION, "kms:GenerateDataKey Decrypt Encrypt ReEncryptFrom ReEncryptTo DescribeKey", "{logs_key}", "logs that the key encrypts"),
    ]


_airflow = partial(_permission, Who.AIRFLOW)

TABLE: list[Permission] = [
    _airflow(
        Need.BACKUP,
        "sts:GetCallerIdentity",
        ANYTHING,
        "whose account it is: the buckets' owner is checked, the ledger named by it; every role has it",
    ),
    _airflow(Need.BACKUP, "dynamodb:ListTables", ANYTHING, "finds the tables of a prefix"),
    _airflow(Need.BACKUP, "dynamodb:DescribeTable", _TABLES, "the table's schema, size and capacity"),
    _airflow(
        Need.BACKUP,
        "dynamodb:DescribeTimeToLive ListTagsOfResource DescribeContinuousBackups GetResourcePolicy DescribeKinesisStreamingDestination",
        _TABLES,
        "settings that are saved with the schema",
        _UNREAD,
    ),
    _airflow(Need.BACKUP, "dynamodb:ListContributorInsights", ANYTHING, "the same", _UNREAD),
    _airflow(Need.BACKUP, "kms:DescribeKey", ANYTHING, "whether a table's key is one of yours, or the one that AWS keeps for DynamoDB", _UNREAD),
    _airflow(Need.BACKUP, "application-autoscaling:DescribeScalingPolicies", ANYTHING, "policies of autoscaling, saved with the schema", _UNREAD),
    _airflow(
        Need.BACKUP,
        "application-autoscaling:DescribeScalableTargets",
        ANYTHING,
        "whether autoscaling would fight a spike, and what has to be put back",
    ),
    _airflow(
        Need.BACKUP,
        "application-autoscaling:DescribeScheduledActions",
        ANYTHING,
        "tells a bound that a schedule has set from one that a person has set",
        "a report cannot tell the two apart; both are kept",
    ),
    _airflow(Need.BACKUP, "s3:ListBucket", _BUCKET, "what is there: backups, parts, claims, the ledger"),
    _airflow(Need.BACKUP, "s3:GetObject PutObject", _OBJECTS, "plans, schemas, manifests, verdicts; reads dumps back to verify them"),
    _airflow(Need.BACKUP, "s3:DeleteObject", _OURS, "this software's own flags, ledger entries, slots, claims and tries; no data"),
    _airflow(Need.SPIKE, "dynamodb:UpdateTable", [_TABLES, _INDEXES], "raises the throughput, and puts it back"),
    _airflow(Need.SPIKE, "dynamodb:DescribeLimits", ANYTHING, "how far the account lets it be raised", _DEFAULT_LIMITS),
    _airflow(Need.SPIKE, "application-autoscaling:RegisterScalableTarget", _SCALING, "raises the bounds of autoscaling, and puts them back"),
    _airflow(
        Need.CLUSTERS,
        "elasticmapreduce:RunJobFlow AddTags ListClusters DescribeCluster ListSteps AddJobFlowSteps CancelSteps TerminateJobFlows",
        ANYTHING,
        "makes, follows and ends the clusters",
    ),
    _airflow(Need.CLUSTERS, "s3:ListBucket", _JARS, "whether the connector's jar is there"),
    _airflow(Need.CLUSTERS, "s3:GetObject", _JARS + "/*", "the same, and the files that settings name"),
    _airflow(Need.CLUSTERS, "iam:PassRole", "{service_role}", "EMR works as it", service="elasticmapreduce.amazonaws.com"),
    _airflow(Need.CLUSTERS, "iam:PassRole", "{cluster_role}", "the clusters' machines work as it", service="ec2.amazonaws.com"),
    _airflow(Need.WORKER, "dynamodb:Scan Query", _TABLES, "reads the tables; a large item collection is queried in ranges"),
    _airflow(Need.WORKER, "s3:DeleteObject AbortMultipartUpload", _OBJECTS, "what an earlier try has left of the same dump"),
    _airflow(Need.WORKER, "s3:ListBucketMultipartUploads", _BUCKET, "finds what tries that were killed have left of a dump", _LIFECYCLE),
    _airflow(
        Need.SERVERLESS,
        "emr-serverless:CreateApplication ListApplications TagResource",
        _SERVERLESS + "/*",
        "the application that all runs share",
    ),
    _airflow(
        Need.SERVERLESS,
        "emr-serverless:GetApplication StartApplication StartJobRun GetJobRun CancelJobRun",
        _SERVERLESS + "/applications/*",
        "a job run for each table",
    ),
    _airflow(Need.SERVERLESS, "iam:PassRole", "{jobs_role}", "the job runs work as it", service="emr-serverless.amazonaws.com"),
    _airflow(Need.NATIVE, "dynamodb:ExportTableToPointInTime", _TABLES, "asks for the export"),
    _airflow(Need.NATIVE, "dynamodb:DescribeExport", _TABLES + "/export/*", "follows it"),
    _airflow(Need.NATIVE, "s3:PutObject PutObjectAcl AbortMultipartUpload", _OBJECTS, "DynamoDB writes as whoever asks for the export"),
    _airflow(Need.RESTORE, "dynamodb:CreateTable DescribeTable UpdateTable", _RESTORED, "makes the table, and raises it while it is loaded"),
    _airflow(Need.RESTORE, "dynamodb:UpdateTable", _RESTORED + "/index/*", "raises its indexes while it is loaded"),
    _airflow(Need.RESTORE, "dynamodb:TagResource", _RESTORED, "the table's tags; CreateTable asks for it where there are any"),
    _airflow(
        Need.RESTORE,
        "dynamodb:UpdateTimeToLive UpdateContinuousBackups PutResourcePolicy EnableKinesisStreamingDestination UpdateContributorInsights",
        [_RESTORED, _RESTORED + "/index/*"],
        "puts the table's settings back",
        _NOT_BACK,
    ),
    _airflow(
        Need.RESTORE,
        "dynamodb:DescribeTimeToLive ListTagsOfResource DescribeContinuousBackups GetResourcePolicy DescribeKinesisStreamingDestination",
        _RESTORED,
        "looks which of them the table has already",
        _NOT_BACK,
    ),
    _airflow(Need.RESTORE, "dynamodb:ListContributorInsights", ANYTHING, "the same", _NOT_BACK),
    _airflow(
        Need.RESTORE,
        "application-autoscaling:DescribeScalableTargets DescribeScalingPolicies DescribeScheduledActions",
        ANYTHING,
        "the same",
        _NOT_BACK,
    ),
    _airflow(Need.RESTORE, "application-autoscaling:PutScalingPolicy PutScheduledAction", _SCALING, "puts autoscaling back", _NOT_BACK),
    _airflow(
        Need.RESTORE, "cloudwatch:PutMetricAlarm DescribeAlarms DeleteAlarms", ANYTHING, "alarms that belong to policies of autoscaling", _NOT_BACK
    ),
    _airflow(Need.RESTORE, "kinesis:DescribeStream PutRecords", _STREAMS, "streams of Kinesis that get the changes of the table", _NOT_BACK),
    _airflow(
        Need.RESTORE,
        "iam:CreateServiceLinkedRole",
        [f"{_LINKED}/{service}.amazonaws.com/*" for service in _LINKING],
        "in an account that has not used autoscaling, contributor insights or Kinesis with DynamoDB before",
        _NOT_BACK,
    ),
    _airflow(
        Need.RESTORE, "kms:DescribeKey", ANYTHING, "whether a key that a table was encrypted with, or one that stands for it, can be used", _NO_KEY
    ),
    _airflow(Need.RESTORE, "dynamodb:DescribeLimits", ANYTHING, "how far the account lets it be raised", _DEFAULT_LIMITS),
    _airflow(Need.RESTORE, "application-autoscaling:RegisterScalableTarget", _SCALING, "raises the bounds of autoscaling, and puts them back"),
    _airflow(Need.RESTORE, "dynamodb:BatchWriteItem", _RESTORED, "loads by the worker, and dumps that the connector cannot load"),
    _airflow(
        Need.RESTORE, "s3:DeleteObject", _BUCKET + "/*/readers/*", "its mark in the backup that it reads: retention leaves that alone meanwhile"
    ),
    _airflow(Need.IMPORT, "dynamodb:ImportTable", _RESTORED, "DynamoDB makes and loads the table itself"),
    _airflow(Need.IMPORT, "dynamodb:ListImports", ANYTHING, "finds an import again"),
    _airflow(Need.IMPORT, "dynamodb:DescribeImport", _RESTORED + "/import/*", "follows it"),
    _airflow(
        Need.IMPORT,
        "logs:CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents PutRetentionPolicy",
        _IMPORT_LOGS,
        "DynamoDB's own log of the lines that it could not read; AWS asks for it",
    ),
    _airflow(Need.RETENTION, "s3:DeleteObject", _OBJECTS, "deletes backups that the policy does not keep"),
    _airflow(Need.RETENTION, "s3:ListBucketVersions", _BUCKET, "in a bucket with versions, what a deleted backup still takes"),
    _airflow(Need.RETENTION, "s3:DeleteObjectVersion", _OBJECTS, "deletes these versions"),
    _airflow(
        Need.RETENTION,
        "s3:GetObjectVersion GetObjectRetention GetObjectLegalHold",
        _OBJECTS,
        "tells what object lock holds, and until when",
        "it is only known when deleting is refused",
    ),
    _airflow(Need.RETENTION, "s3:GetBucketVersioning GetBucketObjectLockConfiguration", _BUCKET, "whether the bucket has versions and object lock"),
    _airflow(Need.TELLING, "sns:Publish", "{topic}", "tells people of what failed or is late"),
    _airflow(
        Need.TELLING, "sns:ListSubscriptionsByTopic", "{topic}", "whether the topic is there, and anybody has subscribed to it", "`check` says `?`"
    ),
    _airflow(Need.ENCRYPTION, "kms:GenerateDataKey Decrypt", "{key}", "writes and reads what the key encrypts"),
    _airflow(
        Need.CHECK, "iam:GetRole GetInstanceProfile", ANYTHING, "roles are there before a cluster is asked for", "EMR says so when the cluster starts"
    ),
    _airflow(Need.CHECK, "ec2:DescribeSubnets", ANYTHING, "so are subnets", "EMR says so when the cluster starts"),
    _airflow(
        Need.CHECK,
        "elasticmapreduce:ListReleaseLabels DescribeReleaseLabel DescribeSecurityConfiguration",
        ANYTHING,
        "release and disk encryption",
        "EMR says so when the cluster starts",
    ),
    _airflow(
        Need.CHECK,
        "s3:GetBucketLocation GetEncryptionConfiguration GetBucketPublicAccessBlock GetBucketPolicyStatus GetBucketOwnershipControls "
        "GetBucketVersioning GetBucketObjectLockConfiguration",
        _BUCKET,
        "whether the bucket is encrypted, closed to the public, and ours",
        "`check` says `?`",
    ),
    _airflow(Need.ENCRYPTION, "kms:DescribeKey", ["{key}", "{logs_key}"], "whether the keys are there and on", "`check` says `?`"),
    _airflow(
        Need.CHECK,
        "iam:SimulatePrincipalPolicy",
        ANYTHING,
        "what cannot be tried without doing it, such as dynamodb:UpdateTable",
        "`check` says `?` of it",
    ),
    *_nodes(Who.CLUSTER),
    *_nodes(Who.JOBS),
]
