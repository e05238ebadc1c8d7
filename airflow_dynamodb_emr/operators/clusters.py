"""What the tasks that make, use and end a run's clusters share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from airflow_dynamodb_emr.aws.lanes import Lane, Run
from airflow_dynamodb_emr.operators.base import AwsTask, answered

if TYPE_CHECKING:
    from airflow.sdk import Context

T = TypeVar("T")
START_TIMEOUT = timedelta(hours=4)  # with every way there is to make a cluster, each of which EMR may try for most of an hour


class ClusterTask(AwsTask):
    """Mixed into operators that have the URI of a plan."""

    def run_of_plan(self) -> Run:
        return self.read_plan(Run)

    def wait_for_lanes(
        self, context: Context, run: Run, fresh_from: Mapping[int, int], then: Callable[[Context, dict[str, Any]], T], whole_run: bool, **note: Any
    ) -> T:
        """*fresh_from*: lane -> the number of the start with which its choices begin anew; 0 where they go on. *whole_run*: nobody else waits."""
        wanted = {str(lane): number for lane, number in fresh_from.items()}
        ref = {"run": msgspec.to_builtins(run), "lanes": wanted, "whole_run": whole_run}
        return self.wait(context, "lanes_ready", ref, START_TIMEOUT, then, **note)


def lanes_of(event: dict[str, Any]) -> dict[int, Lane]:
    """The answer of `wait_for_lanes`."""
    return {int(lane): msgspec.convert(found, Lane) for lane, found in answered(event, "the clusters")["lanes"].items()}
