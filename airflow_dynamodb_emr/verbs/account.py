"""AWS as the verbs reach it: by the credentials, and the settings of the environment."""

from __future__ import annotations

import boto3

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.settings import Settings


def clients(settings: Settings) -> Clients:
    return Clients.of(boto3.Session(region_name=settings.region or None), settings.custody)
