from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.dumping import dump_plan
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.prices import LIST
from airflow_dynamodb_emr.core.report import plan_lines
from airflow_dynamodb_emr.core.spiking import Absolute, Multiple
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
    assert dump.dollars == pytest.approx(495 * LIST.read_unit_hour)


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
    made = plan(*(table(f"t{number:02d}") for number in range(20)), cluster=ClusterSpec(concurrency=10, core_nodes=3))

    assert (made.lanes, made.concurrency) == (1, 10)
    assert made.seconds == cost.CLUSTER_START_SECONDS + 2 * cost.STEP_SECONDS
    assert made.dollars == pytest.approx(cost.cluster("m5.xlarge", 4, made.seconds, LIST))


def test_a_plan_is_as_large_as_its_tables_need() -> None:
    small, large = plan(*map(table, "ab")), plan(*(table(f"t{number:03d}", read=0, write=0, bytes=50 * GIB) for number in range(100)))

    assert small.size and large.size and (small.lanes, small.size.nodes) == (1, 1)
    assert large.size.nodes > 10 and large.lanes > 1
    assert {dump.lane for dump in large.tables} == set(range(large.lanes))
    assert large.cluster["StepConcurrencyLevel"] == large.concurrency == large.size.concurrency
    workers = [fleet.get("TargetOnDemandCapacity", 0) + fleet.get("TargetSpotCapacity", 0) for fleet in large.cluster["Instances"]["InstanceFleets"]]
    assert workers == [1, large.size.nodes - large.spot, large.spot]


def test_a_dump_says_how_many_mappers_it_is_given_and_its_step_tells_the_connector() -> None:
    made = plan(table("large", read=0, write=0, bytes=50 * GIB), table("small", read=0, write=0, bytes=1000))

    large, small = (made.step(made.table(name), 1)["HadoopJarStep"]["Args"] for name in ("large", "small"))

    assert made.table("large").mappers == 14 and "-Ddynamodb.max.map.tasks=14" in large and large[-1] == "56"
    assert made.table("small").mappers == 1 and "-Ddynamodb.max.map.tasks=1" in small and small[-1] == "1"


def test_a_plan_of_an_earlier_version_still_says_its_steps() -> None:
    old = json.loads(encode(plan()))
    for table_ in old["tables"]:
        del table_["mappers"], table_["lane"]
    for field in ("lanes", "size", "spot"):
        del old[field]

    made = decode(json.dumps(old).encode(), BackupPlan, "it")

    assert not any("max.map.tasks" in arg for arg in made.step(made.tables[0], 1)["HadoopJarStep"]["Args"])
    assert (made.lanes, made.tables[0].lane) == (1, 0) and plan_lines(made)


def test_step_logs_are_where_the_template_puts_them() -> None:
    assert plan(cluster=ClusterSpec(template={"LogUri": "s3://other/logs/"})).logs == "s3://other/logs"


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


def test_more_spikes_than_airflow_takes_are_left_to_the_largest_tables() -> None:
    tables = [table(name, read=5, bytes=size * 10**9) for name, size in (("small", 1), ("large", 3), ("middle", 2))]

    made = plan(*tables, most_tasks=2, pace=Pace(spike=Multiple(times=10), hour_dollars=1e6))

    assert made.spiked == ["large", "middle"] and made.batches == [["small"]]
    assert made.table("small").rate.why == "not spiked: 2 larger tables of this run are, and Airflow takes no more tasks of a kind"


def test_every_table_is_in_a_batch_or_spiked() -> None:
    made = plan(table("spiked", read=5, bytes=10**9), table("small", read=5), table("other", read=0, write=0), pace=Pace(hour_dollars=1e6))

    assert (made.spiked, made.batches) == (["spiked"], [["other", "small"]])


@pytest.mark.parametrize(("share", "times"), [(1.0, 1), (0.0, 10), (0.5, 10 / 5.5)])
def test_a_table_that_has_only_a_share_of_its_spike_is_given_the_time_it_takes_then(share: float, times: float) -> None:
    dump = plan(table(read=100, bytes=10**10), pace=Pace(ratio=1.0, spike=Multiple(times=10), hour_dollars=1e6)).tables[0]

    assert dump.raised and dump.seconds_at(share) == pytest.approx(times * dump.seconds)


def test_a_step_that_took_far_too_long_is_tried_again_in_more_segments() -> None:
    made = plan(table(bytes=50 * 2**30, read=1000))

    once, again = (int(made.step(made.tables[0], 1, overruns=number)["HadoopJarStep"]["Args"][-1]) for number in (0, 1))

    assert again == 2 * once
