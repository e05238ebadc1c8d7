"""From an Airflow connection to the boto3 clients that the inner rings take."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import boto3
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from botocore.config import Config

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.settings import Settings

KEPT_SECONDS = 900  # a changed connection or rotated key is noticed after so long


def clients(aws_conn_id: str | None, region_name: str | None) -> Clients:
    """The clients of a connection, kept for a while: making one costs a third of a CPU-second, and a triggerer would make hundreds."""
    return _clients(aws_conn_id, region_name, int(time.monotonic() // KEPT_SECONDS))


@lru_cache(maxsize=32)
def _clients(aws_conn_id: str | None, region_name: str | None, period: int) -> Clients:  # noqa: ARG001 - the period makes it forget
    return DynamoDBEmrHook(aws_conn_id, region_name).clients


class DynamoDBEmrHook(AwsBaseHook):
    """One connection and region, for every service that a backup needs. Region, endpoint and TLS settings of the connection hold for all of them."""

    def __init__(self, aws_conn_id: str | None = AwsBaseHook.default_conn_name, region_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(aws_conn_id, region_name=region_name or None, client_type="dynamodb", **kwargs)

    @property
    def clients(self) -> Clients:
        session: boto3.Session = self.get_session(region_name=self.region_name)
        settings, verify = self.conn_config, self.verify

        def make(service: str, config: Config) -> Any:
            return session.client(service, config=config, endpoint_url=settings.get_service_endpoint_url(service), verify=verify)  # type: ignore[call-overload]

        options = Settings.from_config()
        return Clients(make, session.region_name, options.emr_rate, session.get_credentials, verify, options.custody)
