"""Acts on AWS' control plane: takes boto3 clients, returns core values. No Airflow."""
