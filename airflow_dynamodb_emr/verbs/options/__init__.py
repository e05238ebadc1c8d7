"""What each verb takes. Nothing heavy is imported here: `--help` should not wait for boto3."""
