"""Look every week whether the newest backups are still restorable. What it does is in `airflow_dynamodb_emr.recipes`."""

from airflow_dynamodb_emr import Settings, verify_dag

dag = verify_dag(Settings.from_config())
