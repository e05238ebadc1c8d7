"""Forget the backups that `[dynamodb_emr] keep_...` does not keep, and delete their data. What it does is in `airflow_dynamodb_emr.recipes`."""

from airflow_dynamodb_emr import Settings, retention_dag

dag = retention_dag(Settings.from_config())
