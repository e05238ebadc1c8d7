"""Decides: values and rules, pure. Standard library and msgspec only; no Airflow, no boto3, no clock, no chance, no I/O."""
