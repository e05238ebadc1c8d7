from __future__ import annotations

import logging

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import limits
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.pace import Limits
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.local.process import StandIn


def refusing(code: str) -> Clients:
    """Clients whose DynamoDB answers DescribeLimits with this error."""

    class Refused:
        def describe_limits(self) -> None:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeLimits")

    return Clients(lambda *_: Refused(), "us-east-1")


def test_the_limits_are_those_that_dynamodb_tells(clients: Clients) -> None:
    table, account = Throughput(read=40_000, write=40_000), Throughput(read=80_000, write=80_000)

    assert limits.describe(clients) == Limits(table=table, account=account, told=True)


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_where_they_are_not_told_they_are_assumed_and_that_is_logged(code: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert limits.describe(refusing(code)) == Limits()

    assert f"DescribeLimits: {code}; limits taken as 40000 units a table, 80000 an account" in caplog.text


def test_another_failure_is_not_passed_over() -> None:
    with pytest.raises(ClientError, match="InternalServerError"):
        limits.describe(refusing("InternalServerError"))


def test_being_throttled_takes_no_patience(aws: StandIn, clients: Clients) -> None:
    aws.faults(throttle={"dynamodb.DescribeLimits": 99})
    aws.reset_calls()

    assert not limits.describe(clients).told and aws.calls()["dynamodb.DescribeLimits"] <= 3
