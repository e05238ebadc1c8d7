"""What Airflow's pages get from this package: links from a task to its step's log and to its backup's folder."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from airflow_dynamodb_emr.links import BackupFolderLink, StepLogLink


class DynamoDBEmrPlugin(AirflowPlugin):
    """Found by its entry point, or through `plugins/` where the package is on the path but not installed."""

    name = "airflow_dynamodb_emr"
    operator_extra_links = [BackupFolderLink(), StepLogLink()]
