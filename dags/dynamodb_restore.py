"""Restore a backup, or some of its tables. What it does is in `airflow_dynamodb_emr.recipes`."""

from airflow_dynamodb_emr import Settings, restore_dag

dag = restore_dag(Settings.from_config())
