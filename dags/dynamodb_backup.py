"""Back up the tables of one prefix. What it does is in `airflow_dynamodb_emr.recipes`; its defaults are in Airflow's `[dynamodb_emr]`."""

from airflow_dynamodb_emr import Settings, backup_dag

dag = backup_dag(Settings.from_config())
