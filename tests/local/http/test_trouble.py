"""Trouble by chance as a client meets it."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.local.trouble import Trouble
from tests.local.helpers import MakeTable, refusal, throughput, told

UPDATE = "dynamodb.UpdateTable"


def seed_for(kind: str) -> int:
    """One whose first update meets *kind*, and soon."""
    trouble = Trouble()
    trouble.set({UPDATE: 1})
    for seed in count():
        trouble.seed(seed)
        hit = trouble.hit(UPDATE)
        if hit and hit.kind == kind and hit.seconds < 0.2:
            return seed
    raise AssertionError


@pytest.mark.parametrize(
    ("kind", "code", "units"),
    [
        pytest.param("throttle", "ThrottlingException", 5, id="throttled"),
        pytest.param("too_many", "LimitExceededException", 5, id="too many changes at once"),
        pytest.param("lose_answer", "InternalFailure", 9, id="done, and its answer lost"),
        pytest.param("delay", "", 9, id="delayed"),
    ],
)
def test_a_call_meets_trouble(aws: StandIn, dynamodb: Any, make_table: MakeTable, kind: str, code: str, units: int) -> None:
    table = make_table((5, 5))
    aws.faults(trouble={"dynamodb.Update*": 1}, trouble_seed=seed_for(kind))

    assert _update(dynamodb, table) == code

    assert told(dynamodb, table)["ProvisionedThroughput"]["ReadCapacityUnits"] == units


def _update(dynamodb: Any, table: str) -> str:
    """The code of the refusal; empty: none."""
    try:
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(9, 5))
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_too_many_changes_at_once_are_refused_as_aws_does(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    aws.faults(trouble={UPDATE: 1}, trouble_seed=seed_for("too_many"))

    with pytest.raises(ClientError, match="Only 500 tables can be created, updated, or deleted simultaneously") as error:
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(9, 5))

    assert refusal(error) == "LimitExceededException"
