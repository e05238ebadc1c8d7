"""Reset what no run will reset any more, every ten minutes. What it does is in `airflow_dynamodb_emr.recipes`."""

from airflow_dynamodb_emr import Settings, janitor_dag

dag = janitor_dag(Settings.from_config())
