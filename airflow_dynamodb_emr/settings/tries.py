"""How often something is looked at, and tried again."""

from __future__ import annotations

from typing import Annotated

from airflow_dynamodb_emr.settings.options import above, at_least, between, told
from airflow_dynamodb_emr.settings.speed import Speed

_OVERRUN = "A step that runs so many times its estimate, and `overrun_minutes` more, is cancelled and tried again in more segments."
_RATE = "How much of EMR's default limits of calls a process may use up in a region; above 1 where AWS has raised them."


class Tries(Speed, frozen=True, kw_only=True):
    retries: Annotated[
        int,
        told("How often a task that crashed is tried again, `create_cluster` twice as often; for steps see `table_tries`.", "4", at_least(0)),
    ] = 2
    retry_seconds: Annotated[float, told("Seconds before a failed task is tried again.", "300", at_least(0))] = 60
    poll_seconds: Annotated[float, told("Seconds between two looks at a cluster and its steps.", "60", above(0))] = 30
    emr_rate: Annotated[float, told(_RATE, "2", above(0))] = 1.0
    tables_per_task: Annotated[
        int, told("How many small tables that are not spiked share a task; each has its own step and verdict.", "1", at_least(1))
    ] = 25
    table_tries: Annotated[int, told("How often a table whose step fails is tried, each time in a fresh folder; 1 to 10.", "5", between(1, 10))] = 3
    overrun_times: Annotated[float, told(_OVERRUN, "5", at_least(0))] = 3
    overrun_minutes: Annotated[float, told("See `overrun_times`.", "240", at_least(0))] = 60
