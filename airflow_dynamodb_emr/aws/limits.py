"""How much throughput the account allows."""

from __future__ import annotations

import logging

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, is_denied, is_throttled
from airflow_dynamodb_emr.core.pace import Limits
from airflow_dynamodb_emr.core.table import Throughput

log = logging.getLogger(__name__)


def describe(clients: Clients) -> Limits:
    """DynamoDB answers DescribeLimits once a minute for an account: prefixes that are planned side by side may get the defaults."""
    try:
        answer = clients.dynamodb_brief.describe_limits()
    except ClientError as error:
        if not is_throttled(error) and not is_denied(error):
            raise
        limits = Limits()
        log.info("DescribeLimits: %s; limits taken as %s units a table, %s an account", code(error), limits.table.read, limits.account.read)
        return limits
    return Limits(
        table=Throughput(read=answer["TableMaxReadCapacityUnits"], write=answer["TableMaxWriteCapacityUnits"]),
        account=Throughput(read=answer["AccountMaxReadCapacityUnits"], write=answer["AccountMaxWriteCapacityUnits"]),
        told=True,
    )
