"""What tests say to the stand-in: faults, knobs, and the count of calls."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, cluster, refusal


def test_calls_are_counted_by_service_and_operation(aws: StandIn, dynamodb: Any, emr: Any) -> None:
    aws.reset_calls()

    dynamodb.list_tables()
    dynamodb.list_tables()
    emr.list_clusters()
    aws.client("sts").get_caller_identity()

    assert aws.calls() == {"dynamodb.ListTables": 2, "emr.ListClusters": 1, "sts.GetCallerIdentity": 1}


def test_calls_are_throttled_as_often_as_asked(aws: StandIn, emr: Any) -> None:
    aws.faults(throttle={"emr.ListClusters": 2})

    for _ in range(2):
        with pytest.raises(ClientError) as error:
            emr.list_clusters()
        assert refusal(error) == "ThrottlingException"
    emr.list_clusters()


def test_a_lost_answer_is_one_of_a_call_that_was_done(aws: StandIn, emr: Any) -> None:
    aws.faults(lose_answer={"emr.RunJobFlow": 1})

    with pytest.raises(ClientError) as error:
        emr.run_job_flow(**{**cluster([], False), "Name": "lost"})

    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "lost" in {one["Name"] for one in emr.list_clusters()["Clusters"]}


@pytest.mark.parametrize(("say", "word"), [("faults", "no_such_fault"), ("set", "no_such_knob")])
def test_what_is_not_known_is_refused(aws: StandIn, say: str, word: str) -> None:
    with pytest.raises(HTTPError) as error:
        getattr(aws, say)(**{word: 1})

    error.value.close()
    assert error.value.code == 400


def test_a_mistake_in_a_request_is_no_reason_to_try_again(aws: StandIn, make_table: MakeTable) -> None:
    aws.reset_calls()
    table = make_table()

    with pytest.raises(ClientError) as error:
        aws.client("dynamodb", config=None).query(TableName=table, KeyConditions={})

    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert aws.calls()["dynamodb.Query"] == 1


@pytest.mark.parametrize(
    ("service", "call", "operation", "request_", "code"),
    [
        ("s3", "s3.GET", "list_buckets", {}, "SlowDown"),
        ("sts", "sts.GetCallerIdentity", "get_caller_identity", {}, "ThrottlingException"),
    ],
)
def test_services_of_moto_are_throttled_in_their_own_form(
    aws: StandIn, service: str, call: str, operation: str, request_: dict[str, Any], code: str
) -> None:
    client = aws.client(service, config=Config(retries={"total_max_attempts": 1}))
    aws.faults(throttle={call: 1})

    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**request_)

    assert refusal(error) == code
    getattr(client, operation)(**request_)
