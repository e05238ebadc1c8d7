"""Moves items: scan, lines, parts, writes. Knows the data calls of DynamoDB and S3, not Airflow."""
