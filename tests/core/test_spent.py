from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core import spent
from airflow_dynamodb_emr.core.manifest import Increment, TableManifest
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.prices import LIST
from airflow_dynamodb_emr.core.spent import Life, Span, Spent, Try
from airflow_dynamodb_emr.core.spiking import Multiple
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Seen

from .makers import NOON, judged, manifest, part, plan, table

HOUR = timedelta(hours=1)
RICH = Pace(spike=Multiple(times=10), hour_dollars=1e6)


def cost(made: BackupPlan, proof: TableManifest | None = None, raised: Span | None = None, **seen: Any) -> tuple[Spent, list[str]]:
    dump = made.tables[0]
    during = Throughput(read=seen.pop("during"), write=5) if "during" in seen else dump.during
    return spent.on_a_table(made, dump, judged(dump.name, throughput=Seen(during=during), **seen), proof, raised)


def spiked() -> BackupPlan:
    """From 10 read units to 100."""
    made = plan(table("a", read=10, bytes=10**10), pace=RICH)
    assert made.tables[0].raised
    return made


@pytest.mark.parametrize(("hours", "billed"), [(0.1, 1), (1, 1), (1.1, 2)])
def test_raised_capacity_costs_by_the_hours_begun_that_it_was_raised(hours: float, billed: int) -> None:
    money, guessed = cost(spiked(), raised=Span(start=NOON, end=NOON + hours * HOUR))

    assert money.capacity == money.own == pytest.approx(90 * billed * LIST.read_unit_hour) and guessed == []


def test_a_spike_that_was_smaller_costs_less_and_one_that_was_not_there_nothing() -> None:
    span = Span(start=NOON, end=NOON + HOUR)

    assert cost(spiked(), raised=span, during=40)[0].capacity == pytest.approx(30 * LIST.read_unit_hour)
    assert cost(spiked(), raised=span, during=10) == (Spent(), [])


def test_how_long_it_was_raised_is_estimated_where_nobody_saw_it_and_that_is_said() -> None:
    money, guessed = cost(spiked(), seconds=2 * 3600)

    assert money.capacity == pytest.approx(90 * 3 * LIST.read_unit_hour) and guessed == ["capacity"]


def test_reads_on_demand_cost_by_their_number() -> None:
    made = plan(table("a", read=0, write=0, bytes=8192 * 10**6))

    known = cost(made, structs.replace(manifest("a"), read_units=3e6))
    unknown = cost(made, manifest("a"))

    assert known[0].requests == pytest.approx(3 * 0.125) and known[1] == []
    assert unknown[0].requests == pytest.approx(0.125) and unknown[1] == ["requests"]


def test_read_units_of_a_table_that_dynamodb_has_not_measured_yet_are_not_known() -> None:
    (dump,) = plan(table("a", bytes=0)).tables

    assert spent.read_units(dump, manifest("a")) == (None, False)


def test_an_export_costs_by_the_size_of_the_table_or_of_what_has_changed() -> None:
    made = plan(table("a", bytes=50 * 10**9))
    made = structs.replace(made, tables=[structs.replace(made.tables[0], engine="native", raised=None)])
    changes = Increment(base="s3://b/x", base_time=NOON, start=NOON, end=NOON)
    increment = structs.replace(manifest("a"), increment=changes, parts=[structs.replace(part(), content_bytes=10**9)])

    assert cost(made, manifest("a"))[0].exports == pytest.approx(5)
    assert cost(made, increment)[0].exports == pytest.approx(0.1)
    assert cost(made, manifest("a"))[1] == ["exports"], "local indexes are billed too, and nobody knows their size"


def test_a_cluster_costs_its_machines_for_as_long_as_it_lived() -> None:
    made = plan(table("a"))
    life = Life(id="j-1", lane=0, created=NOON, ended=NOON + HOUR)
    assert made.size

    assert spent.on_a_cluster(made, life) == pytest.approx(0.24 * (1 + made.size.nodes))
    assert spent.on_a_cluster(made, structs.replace(life, ended=None)) is None
    assert spent.on_a_cluster(structs.replace(made, size=structs.replace(made.size, worker_type="z9.huge")), life) is None


TRIES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["j-1", "j-2"]), st.integers(0, 5000)).map(
        lambda found: Try(table=found[0], number=1, cluster=found[1], started=NOON, ended=NOON + timedelta(seconds=found[2]))
    )
)


@given(TRIES)
def test_all_of_a_cluster_that_worked_is_shared_out(tries: list[Try]) -> None:
    found = spent.shares(tries, {"j-1": 2.0, "j-2": 3.0})

    worked = {each.cluster for each in tries}
    assert sum(dollars or 0 for dollars in found.values()) == pytest.approx(sum({"j-1": 2.0, "j-2": 3.0}[each] for each in worked))
    assert found.keys() == {each.table for each in tries}


def test_a_share_of_what_is_not_known_is_not_known() -> None:
    tries = [Try(table="a", number=1, cluster=id, started=NOON, ended=NOON + HOUR) for id in ("j-1", "j-2")]

    assert spent.shares(tries, {"j-1": 2.0, "j-2": None}) == {"a": None}
    assert spent.total([Spent(capacity=1), Spent(requests=2, clusters=None)]).dollars is None
