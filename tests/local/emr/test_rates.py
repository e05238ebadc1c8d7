"""EMR answers only so many requests."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.emr.rates import LIMITS, Rates
from airflow_dynamodb_emr.local.http.protocol import Call
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import refusal


class Account:
    """Asks EMR as often as it is told to, at a time of its own."""

    def __init__(self, scale: float = 1) -> None:
        self.knobs, self.now = Knobs(emr_rate_scale=scale), 0.0
        self._rates = Rates(self.knobs, lambda: self.now)

    def answered(self, asked: int, operation: str = "ListSteps", region: str = "us-east-1", service: str = "emr") -> int:
        return sum(self._rates.allow(Call(service, operation, region)) for _ in range(asked))


@pytest.mark.parametrize(("operation", "bucket"), [(operation, limit.bucket) for operation, limit in LIMITS.items()])
def test_a_bucket_of_requests_is_answered_at_once(operation: str, bucket: float) -> None:
    assert Account().answered(100, operation) == bucket


def test_all_actions_together_have_a_bucket_too() -> None:
    account = Account()

    assert account.answered(20, "ListClusters") + account.answered(100, "TerminateJobFlows") == 25


def test_a_bucket_fills_again_and_never_above_its_size() -> None:
    account = Account()
    account.answered(100)

    account.now = 4
    after_four_seconds = account.answered(100)
    account.now = 1000

    assert (after_four_seconds, account.answered(100)) == (2, 10)


def test_a_request_that_is_refused_costs_nothing() -> None:
    account = Account()
    account.answered(1000)

    assert account.answered(15, "TerminateJobFlows") == 15


def test_each_region_has_buckets_of_its_own_and_other_services_none() -> None:
    account = Account()
    account.answered(100)

    assert account.answered(100, region="eu-west-1") == 10
    assert account.answered(100, service="dynamodb") == 100


def test_a_knob_scales_the_limits_or_takes_them_away() -> None:
    assert Account(scale=2).answered(100) == 20
    assert Account(scale=0).answered(100) == 100


def test_what_is_refused_is_throttled_and_counted(aws: StandIn, emr: Any) -> None:
    aws.set(emr_rate_scale=0.1)
    aws.reset_calls()
    emr.list_clusters()
    emr.list_clusters()

    with pytest.raises(ClientError, match="Rate exceeded") as error:
        emr.list_clusters()

    assert (refusal(error), error.value.response["ResponseMetadata"]["HTTPStatusCode"]) == ("ThrottlingException", 400)
    assert (aws.calls(), aws.refusals()) == ({"emr.ListClusters": 3}, {"emr.ListClusters": 1})
    aws.reset_calls()
    assert aws.refusals() == {}


def test_a_request_that_is_refused_is_not_carried_out(aws: StandIn, emr: Any) -> None:
    aws.set(emr_rate_scale=0.01)  # less than one request: none is answered

    with pytest.raises(ClientError):
        emr.run_job_flow(Name="too much", Instances={})

    aws.set(emr_rate_scale=0)
    assert "too much" not in {one["Name"] for page in emr.get_paginator("list_clusters").paginate() for one in page["Clusters"]}
