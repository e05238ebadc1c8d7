from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core import ledger
from airflow_dynamodb_emr.core.names import cluster_name
from airflow_dynamodb_emr.core.orphans import GRACE, is_over
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Throughput

from .makers import NOON, RUN, table

ENTRY = ledger.entry(table(), [], Raised(table=Throughput(read=9, write=5)), RUN, NOON)
LATE = NOON + GRACE + timedelta(seconds=1)


@pytest.mark.parametrize("live", [[], [cluster_name(RUN)]])
@pytest.mark.parametrize("now", [NOON, LATE])
@pytest.mark.parametrize("active", [True, False])
def test_what_airflow_knows_of_a_run_decides(active: bool, live: list[str], now: object) -> None:
    assert is_over(ENTRY, active, live, now) is not active  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("live", "age", "over"),
    [
        pytest.param([], GRACE * 2, True, id="no cluster"),
        pytest.param([], GRACE / 2, False, id="just raised"),
        pytest.param([cluster_name(RUN)], GRACE * 99, False, id="its cluster lives"),
        pytest.param([cluster_name("another")], GRACE * 2, True, id="the cluster of another run"),
    ],
)
def test_a_run_that_nobody_knows_is_alive_as_long_as_its_cluster(live: list[str], age: timedelta, over: bool) -> None:
    assert is_over(structs.replace(ENTRY, since=NOON - age), None, live, NOON) is over


@pytest.mark.parametrize(("age", "over"), [(timedelta(hours=2), False), (timedelta(hours=2, seconds=1), True)])
def test_a_table_that_is_copied_without_a_cluster_is_left_raised_as_long_as_that_may_take(age: timedelta, over: bool) -> None:
    entry = structs.replace(ENTRY, since=NOON - age, seconds=7200)

    assert is_over(entry, None, [], NOON) is over
    assert is_over(entry, False, [], NOON), "what Airflow knows of a run decides here, too"
