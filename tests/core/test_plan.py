from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.plan import BackupPlan, dump_plan
from airflow_dynamodb_emr.core.spiking import Absolute
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.errors import BadInput

from .makers import plan, table

GIB = 2**30


@given(st.permutations([table("a", bytes=GIB), table("b", bytes=9 * GIB), table("c"), table("d"), table("e", read=0, write=0, bytes=GIB)]))
def test_the_longest_dump_comes_first_whatever_the_order_they_were_listed_in(tables: list) -> None:  # type: ignore[type-arg]
    made = plan(*tables)

    assert [dump.name for dump in made.tables] == ["b", "a", "e", "c", "d"]


def test_a_plan_comes_back_from_its_file() -> None:
    made = plan(table(bytes=9 * GIB), table("on-demand", read=0, write=0))

    assert decode(encode(made), BackupPlan, "it") == made


def test_a_plan_lies_in_the_folder_of_its_time() -> None:
    assert plan().folder == "s3://backups/dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00"


def test_a_dump_that_is_spiked_says_so_and_what_it_costs() -> None:
    dump = dump_plan(table(read=5, bytes=9 * GIB), Pace(max_units=500))

    assert dump.raised and dump.rate.spike == dump.raised.table.read == 500
    assert (dump.before, dump.during) == (Throughput(read=5, write=5), Throughput(read=500, write=5))
    assert dump.dollars == pytest.approx(495 * cost.READ_UNIT_HOUR)


@pytest.mark.parametrize(
    ("dumped", "dollars"),
    [
        pytest.param(table(bytes=1000), 0, id="its own capacity is paid for already"),
        pytest.param(table(read=0, write=0, bytes=8192 * 10**6), 0.125, id="on demand pays for each read"),
    ],
)
def test_a_dump_without_spike_costs_what_it_reads(dumped: object, dollars: float) -> None:
    assert dump_plan(dumped, Pace()).dollars == pytest.approx(dollars)  # type: ignore[arg-type]


def test_the_estimate_holds_the_start_of_the_cluster_and_of_each_step() -> None:
    made = plan(*(table(f"t{number:02d}") for number in range(20)))

    assert made.concurrency == 10
    assert made.seconds == cost.CLUSTER_START_SECONDS + 2 * cost.STEP_SECONDS
    assert made.dollars == pytest.approx(cost.cluster("m5.xlarge", 3, made.seconds))


def test_an_attempt_dumps_into_a_folder_of_its_own() -> None:
    made = plan()
    first, second = (made.step(made.table("orders"), attempt) for attempt in (1, 2))

    assert first["Name"] != second["Name"]
    assert f"{made.folder}/orders/1" in first["HadoopJarStep"]["Args"]
    assert f"{made.folder}/orders/2" in second["HadoopJarStep"]["Args"]


def test_the_steps_for_use_by_hand_touch_no_folder_of_the_run() -> None:
    made = plan(table("a"), table("b"))

    assert [f"{made.folder}/{name}/0" for name in "ab"] == [arg for step in made.export_steps() for arg in step["Args"] if arg.startswith("s3://")]


def test_a_step_takes_more_only_where_the_spike_is_there() -> None:
    made = plan(table(read=100, bytes=20 * GIB))
    (dump,) = made.tables

    ratios = [made.step(dump, 1, raised)["HadoopJarStep"]["Args"][-2] for raised in (True, False)]

    assert dump.rate.spike and float(ratios[0]) > float(ratios[1]) == 0.5
    assert made.export_steps()[0]["Args"][-2] == ratios[1]  # by hand, nobody has raised anything


def test_units_that_would_raise_none_of_the_tables_are_refused() -> None:
    pace = Pace(spike=Absolute(number=5))

    with pytest.raises(BadInput, match="spike: 5 units would raise no table: each has 5 or more already"):
        plan(table("a", read=5), table("b", read=6), table("c", read=0, write=0), pace=pace)
    assert [dump.raised for dump in plan(table(read=0, write=0), pace=pace).tables] == [None]
