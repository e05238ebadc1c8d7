"""Where everything is, and which tables are backed up when."""

from __future__ import annotations

from typing import Annotated

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.settings.options import told


class Places(Noun, frozen=True, kw_only=True):
    base: Annotated[str, told("Folder in S3 that holds every backup and the ledger of raised throughput. Required.", "s3://my-backups/dynamodb")] = ""
    region: Annotated[str, told("Region of the tables and clusters. Empty: the region of the AWS connection.", "eu-west-1")] = ""
    aws_conn_id: Annotated[str, told("Airflow connection that every call to AWS goes through.", "aws_backup")] = "aws_default"
    log_uri: Annotated[str, told("Folder in S3 for the logs of clusters and steps. Empty: `logs` under base.", "s3://my-logs/emr")] = ""
    prefixes: Annotated[
        list[str], told("JSON list: the daily DAG starts one backup for each of these table name prefixes.", '["PROD_", "STAGE_"]')
    ] = []
    schedule: Annotated[str, told("Cron expression of the daily DAG, in UTC.", "30 1 * * 1-5")] = "0 2 * * *"
    exclude: Annotated[list[str], told("JSON list of table names and fnmatch patterns that are never backed up.", '["PROD_cache", "*_tmp"]')] = []
    exclude_list: Annotated[str, told("S3 URI of an object that names one more table to leave out on each line.", "s3://my-backups/exclude.txt")] = ""

    @property
    def base_uri(self) -> S3Uri:
        return S3Uri.parse(self.base, "base")

    @property
    def logs(self) -> S3Uri:
        return S3Uri.parse(self.log_uri, "log_uri") if self.log_uri else self.base_uri / "logs"
