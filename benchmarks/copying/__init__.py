"""Copying items, measured side by side: this package's raw engine, boto3, and AWS's connector library, on the same recorded answers."""
