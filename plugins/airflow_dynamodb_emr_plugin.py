from airflow_dynamodb_emr.plugin.folder import DynamoDBEmrPlugin  # noqa: F401 - Airflow looks for it here
