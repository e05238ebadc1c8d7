"""Links from a task to what it made in AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK, BaseAwsLink

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import partition

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator, Context


class S3Link(BaseAwsLink):
    """A place in S3, in the AWS console."""

    @classmethod
    def show(cls, context: Context, operator: BaseOperator, uri: S3Uri, region: str) -> None:
        cls.persist(context=context, operator=operator, **link_place(region), bucket=uri.bucket, s3_key=uri.key)


class StepLogLink(S3Link):
    name = "Step log"
    key = "dynamodb_emr_step_log"
    format_str = BASE_AWS_CONSOLE_LINK + "/s3/object/{bucket}?region={region_name}&prefix={s3_key}"


class BackupFolderLink(S3Link):
    name = "Backup folder"
    key = "dynamodb_emr_backup_folder"
    format_str = BASE_AWS_CONSOLE_LINK + "/s3/buckets/{bucket}?region={region_name}&prefix={s3_key}/"


def link_place(region: str) -> dict[str, Any]:
    """What every link of the Amazon provider needs to know."""
    return {"region_name": region, "aws_partition": partition(region)}
