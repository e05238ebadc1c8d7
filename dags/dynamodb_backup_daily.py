"""Back up every prefix of `[dynamodb_emr] prefixes`, on the schedule of `[dynamodb_emr] schedule`."""

from airflow_dynamodb_emr import Settings, backup_daily_dag

dag = backup_daily_dag(Settings.from_config())
