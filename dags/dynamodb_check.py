"""Try every permission and setting that a run needs. What it does is in `airflow_dynamodb_emr.recipes`."""

from airflow_dynamodb_emr import Settings, check_dag

dag = check_dag(Settings.from_config())
