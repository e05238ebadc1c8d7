"""What each service is told of the owner, the keys and the access control list."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.custody import Custody
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.spark.arguments import parser
from airflow_dynamodb_emr.spark.cloud import Account

KEY, LOGS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/data", "arn:aws:kms:eu-west-1:111122223333:key/logs"
ALL = Custody(owner="444455556666", bucket="b", acl="bucket-owner-full-control", key=KEY, logs_key=LOGS_KEY, security="disks")
TASK = ["--region", "r", "--table", "t", "--into", "s3://b/k"]


def asked(custody: Custody) -> Namespace:
    return parser().parse_args(["dump", *TASK, *custody.options])


def test_the_spark_program_is_told_what_it_puts_objects_with() -> None:
    assert Account.of(asked(ALL)) == Account("r", "444455556666", "b", "bucket-owner-full-control", KEY)
    assert Account.of(asked(Custody(bucket="b"))) == Account("r")


def test_a_cluster_is_told_in_the_words_of_both_file_systems() -> None:
    request = ClusterSpec(custody=ALL, template={"Configurations": [{"Classification": "core-site", "Properties": {"a": "b"}}]}).request("r", None)
    properties = {each["Classification"]: each["Properties"] for each in request["Configurations"]}

    assert (request["LogEncryptionKmsKeyId"], request["SecurityConfiguration"]) == (LOGS_KEY, "disks")
    assert properties["core-site"] == {
        "fs.s3a.encryption.algorithm": "SSE-KMS",
        "fs.s3a.encryption.key": KEY,
        "fs.s3a.acl.default": "BucketOwnerFullControl",
        "a": "b",
    }
    assert properties["emrfs-site"] == {
        "fs.s3.enableServerSideEncryption": "true",
        "fs.s3.serverSideEncryption.kms.keyId": KEY,
        "fs.s3.canned.acl": "BucketOwnerFullControl",
    }


def test_without_settings_nothing_is_said() -> None:
    before: dict[str, Any] = ClusterSpec().request("r", None)

    assert (Custody().cluster, Custody().configurations, Custody().export, Custody().options) == ({}, [], {}, [])
    assert {"LogEncryptionKmsKeyId", "SecurityConfiguration"} & set(before) == set()


def test_the_logs_of_job_runs_are_encrypted() -> None:
    def run(spec: ServerlessSpec) -> Any:
        request = spec.run("r", "t", 1, {}, S3Uri("b", "logs"), 60)
        return request["configurationOverrides"]["monitoringConfiguration"]["s3MonitoringConfiguration"]

    assert run(ServerlessSpec(role="r", logs_key=LOGS_KEY)) == {"logUri": "s3://b/logs/", "encryptionKeyArn": LOGS_KEY}
    assert run(ServerlessSpec(role="r")) == {"logUri": "s3://b/logs/"}


def test_only_the_backups_bucket_is_read_with_an_owner_in_mind() -> None:
    assert (ALL.owner_of("b"), ALL.owner_of("copies")) == ("444455556666", "")
