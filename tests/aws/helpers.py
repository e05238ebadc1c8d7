"""Waiting, and steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.steps import dump_step
from airflow_dynamodb_emr.local.process import StandIn

JAR = "s3://local-artifacts/emr-dynamodb-tools-5.6.0.jar"

T = TypeVar("T")


def until(look: Callable[[], T], seconds: float = 20) -> T:
    """What *look* returns as soon as it is true; fails after *seconds*."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        time.sleep(0.05)
    return found


def step(name: str, table: str = "nowhere", into: S3Uri | None = None) -> dict[str, Any]:
    """A dump; of a table that is not there, it fails."""
    return dump_step(name, JAR, "us-east-1", table, into or S3Uri("local-backups", f"dumps/{name}"), 1.0, 1)


def cancel(clients: Clients, cluster: str, ids: list[str]) -> None:
    """As somebody does by hand."""
    clients.emr.cancel_steps(ClusterId=cluster, StepIds=ids, StepCancellationOption="SEND_INTERRUPT")


def refusal(error: Any) -> tuple[str, str]:
    """The line of facts and the hint of an error that pytest caught."""
    assert "\n" not in error.value.facts and error.value.hint
    return error.value.facts, error.value.hint


JOB_LOG = """26/11/23 12:00:01 INFO mapreduce.Job:  map 100% reduce 0%
26/11/23 12:00:01 INFO mapreduce.Job: Counters: 2
\tFile System Counters
\t\tS3N: Number of bytes written=99
\torg.apache.hadoop.dynamodb.tools.ExportMapper$Counters
\t\tDYNAMODB_ITEMS_READ=3
"""


CHANGING = {
    "s3.PUT",
    "s3.POST",
    "s3.DELETE",
    "emr.RunJobFlow",
    "emr.AddJobFlowSteps",
    "dynamodb.CreateTable",
    "dynamodb.UpdateTable",
    "application-autoscaling.RegisterScalableTarget",
}


@contextmanager
def nothing_touched(aws: StandIn) -> Iterator[None]:
    """Fails when a call was made meanwhile that changes anything."""
    aws.reset_calls()
    yield
    assert not CHANGING & aws.calls().keys()
