"""What can be done without changing anything, or undone at once: that it is allowed is then seen, not guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, is_denied, message
from airflow_dynamodb_emr.core.asking import Asked
from airflow_dynamodb_emr.core.layout import S3Uri

_DYNAMODB = {"ServiceNamespace": "dynamodb", "MaxResults": 1}
Try = Callable[[Clients, str, S3Uri], Any]  # with the resource, and where objects may be put

_TRIES: dict[str, Try] = {
    "application-autoscaling:DescribeScalableTargets": lambda to, *_: to.autoscaling.describe_scalable_targets(**_DYNAMODB),
    "application-autoscaling:DescribeScheduledActions": lambda to, *_: to.autoscaling.describe_scheduled_actions(**_DYNAMODB),
    "application-autoscaling:DescribeScalingPolicies": lambda to, *_: to.autoscaling.describe_scaling_policies(**_DYNAMODB),
    "dynamodb:DescribeContinuousBackups": lambda to, table, _: to.dynamodb.describe_continuous_backups(TableName=_name(table)),
    "dynamodb:DescribeKinesisStreamingDestination": lambda to, table, _: to.dynamodb.describe_kinesis_streaming_destination(TableName=_name(table)),
    "dynamodb:DescribeTable": lambda to, table, _: to.dynamodb.describe_table(TableName=_name(table)),
    "dynamodb:DescribeTimeToLive": lambda to, table, _: to.dynamodb.describe_time_to_live(TableName=_name(table)),
    "dynamodb:GetResourcePolicy": lambda to, table, _: to.dynamodb.get_resource_policy(ResourceArn=table),
    "dynamodb:ListContributorInsights": lambda to, *_: to.dynamodb.list_contributor_insights(MaxResults=1),
    "dynamodb:ListImports": lambda to, *_: to.dynamodb.list_imports(PageSize=1),
    "dynamodb:ListTables": lambda to, *_: to.dynamodb.list_tables(Limit=1),
    "dynamodb:ListTagsOfResource": lambda to, table, _: to.dynamodb.list_tags_of_resource(ResourceArn=table),
    "elasticmapreduce:ListClusters": lambda to, *_: to.emr.list_clusters(ClusterStates=["STARTING"]),
    "emr-serverless:ListApplications": lambda to, *_: to.serverless.list_applications(maxResults=1),
    "s3:AbortMultipartUpload": lambda to, _, at: _upload(to, at),
    "s3:GetBucketObjectLockConfiguration": lambda to, bucket, _: to.s3.get_object_lock_configuration(Bucket=_bucket(bucket)),
    "s3:GetBucketVersioning": lambda to, bucket, _: to.s3.get_bucket_versioning(Bucket=_bucket(bucket)),
    "s3:ListBucket": lambda to, bucket, at: to.s3.list_objects_v2(Bucket=_bucket(bucket), Prefix=_under(bucket, at), MaxKeys=1),
    "s3:ListBucketMultipartUploads": lambda to, bucket, at: to.s3.list_multipart_uploads(Bucket=_bucket(bucket), Prefix=at.key, MaxUploads=1),
    "s3:ListBucketVersions": lambda to, bucket, at: to.s3.list_object_versions(Bucket=_bucket(bucket), Prefix=at.key, MaxKeys=1),
    "sts:GetCallerIdentity": lambda to, *_: to.account,
}


_ANSWERS = ("ObjectLockConfigurationNotFoundError", "PolicyNotFoundException")


class Tried:
    """What came of one; *ok* None: nobody knows."""

    def __init__(self, ok: bool | None, why: str = "") -> None:
        self.ok, self.why = ok, why

    @property
    def is_missing(self) -> bool:
        """What it was tried on is not there."""
        return self.why == "NoSuchBucket"


def can_be_tried(asked: Asked, table: str) -> bool:
    """Whether it is there to be tried; *table*: the name of one that is, or nothing."""
    of_table = "dynamodb:" in asked.action and asked.resources != ["*"]
    return asked.action in _TRIES and (bool(table) or not of_table)


def do(clients: Clients, asked: Asked, at: S3Uri) -> Tried:
    return _outcome(lambda: _TRIES[asked.action](clients, asked.resources[0], at))


def probe(clients: Clients, at: S3Uri) -> dict[str, Tried]:
    """An object is put, read and deleted; by action. What was not put can be neither read nor deleted."""
    where: dict[str, Any] = {"Bucket": at.bucket, "Key": f"{at.key}/check/{uuid4().hex}"}
    put = _outcome(lambda: clients.s3.put_object(Body=b"dynamodb-emr check: this may be deleted\n", **where))
    tried = {"s3:PutObject": put}
    if put.ok:
        tried["s3:GetObject"] = _outcome(lambda: clients.s3.get_object(**where)["Body"].read())
        tried["s3:DeleteObject"] = _outcome(lambda: clients.s3.delete_object(**where))
        if tried["s3:DeleteObject"].ok is False:
            tried["s3:DeleteObject"].why += f"; s3://{at.bucket}/{where['Key']} is left behind"
    return tried


def _outcome(do: Callable[[], Any]) -> Tried:
    """What is refused for another reason than who asks says nothing of that, but for the answer that there is no such thing."""
    try:
        do()
    except ClientError as error:
        if is_denied(error):
            return Tried(False, message(error) or code(error))
        return Tried(True) if code(error) in _ANSWERS else Tried(None, code(error))
    return Tried(True)


def _upload(clients: Clients, at: S3Uri) -> None:
    """Begun and given up: nothing is there before or after. It is aborting that is asked about."""
    where: dict[str, Any] = {"Bucket": at.bucket, "Key": f"{at.key}/check/{uuid4().hex}"}
    clients.s3.abort_multipart_upload(UploadId=clients.s3.create_multipart_upload(**where)["UploadId"], **where)


def _name(table: str) -> str:
    return table.rpartition("/")[2]


def _bucket(arn: str) -> str:
    return arn.partition(":::")[2].partition("/")[0]


def _under(arn: str, at: S3Uri) -> str:
    """A policy may allow the list of one folder only."""
    return f"{at.key}/" if _bucket(arn) == at.bucket and at.key else ""
