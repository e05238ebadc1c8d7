from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.engines import CONNECTOR, NATIVE, SPARK, WORKER, Wished
from airflow_dynamodb_emr.core.loading import TableLoad, table_load
from airflow_dynamodb_emr.core.manifest import Proof
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST
from airflow_dynamodb_emr.core.restore import RestorePlan, chosen, refuse_useless, restore_plan
from airflow_dynamodb_emr.core.source import Source, as_seen, new_table
from airflow_dynamodb_emr.core.spiking import Absolute
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput

from .makers import NOON, ON_DEMAND, RUN, backup, index, judged, manifest, restore_request, schema, table, units

BACKUP = backup(judged("P_a"), judged("P_ab"), judged("P_b"))


def load(name: str = "orders", engines: tuple[str, ...] = (CONNECTOR, WORKER), into: str = "orders2", **more: Any) -> TableLoad:
    return table_load(Source(schema=schema(name, **more), manifest=manifest(name, engines), name=into, there=None), Pace())


def planned(*loads: TableLoad) -> RestorePlan:
    return restore_plan(restore_request(), BACKUP, list(loads), RUN, "123456789012", NOON)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        pytest.param([], ["P_a", "P_ab", "P_b"], id="all"),
        pytest.param(["P_b"], ["P_b"], id="a name"),
        pytest.param(["P_a*"], ["P_a", "P_ab"], id="a pattern"),
        pytest.param(["P_b", "*a"], ["P_a", "P_b"], id="several"),
    ],
)
def test_tables_are_chosen_by_name_or_pattern(wanted: list[str], names: list[str]) -> None:
    assert chosen(BACKUP, wanted) == names


@pytest.mark.parametrize("pattern", ["P_c", "p_a", "*c"])
def test_a_table_that_the_backup_has_not_is_refused(pattern: str) -> None:
    with pytest.raises(BadInput) as raised:
        chosen(BACKUP, ["P_a", pattern])

    assert repr(pattern) in raised.value.facts and "P_a, P_ab, P_b" in raised.value.hint


BROKEN = backup(judged("P_a"), judged("P_b", Verdict.INCOMPLETE, reasons=["its step is FAILED"]))


@pytest.mark.parametrize("wanted", [[], ["P_b"], ["P_*"]])
def test_a_table_that_is_not_whole_is_refused_with_the_reason(wanted: list[str]) -> None:
    with pytest.raises(BadInput, match=r"1 of them cannot be restored from .+: P_b: its step is FAILED"):
        chosen(BROKEN, wanted)


def test_the_whole_tables_of_a_failed_backup_can_be_restored() -> None:
    assert chosen(BROKEN, ["P_a"]) == ["P_a"]


def test_a_new_table_is_made_as_its_source_was() -> None:
    made = load(ProvisionedThroughput=units(7, 9))

    assert (made.name, made.source, made.keys, made.items) == ("orders2", "orders", ["id"], 3)
    assert made.create and made.create["TableName"] == "orders2"
    assert made.before == Throughput(read=7, write=9)


def test_a_table_that_is_there_is_not_made_and_gives_the_rate() -> None:
    there = table("orders2", read=1, write=200)

    made = table_load(Source(schema=schema(), manifest=manifest(), name="orders2", there=there), Pace(ratio=0.5))

    assert made.create is None and made.before == there.throughput and made.rate.units == 100


def test_who_has_read_a_dump_knows_what_the_connector_cannot_load() -> None:
    counted = structs.replace(manifest(engines=(WORKER,)), proof=Proof.COUNTED)
    source = as_seen(Source(schema=schema(), manifest=counted, name="orders2", there=None), judged(engines=[WORKER], verified=NOON))

    assert "it holds what the connector cannot load" in table_load(source, Pace(), Wished(engine=CONNECTOR)).why


@pytest.mark.parametrize(
    ("dumped", "wished", "why"),
    [
        pytest.param({"engine": WORKER}, CONNECTOR, "nobody has looked whether it holds empty lists or maps", id="a copy in the connector's form"),
        pytest.param({}, CONNECTOR, "it holds what the connector cannot load", id="the connector's own"),
        pytest.param({"proof": Proof.COUNTED}, CONNECTOR, "nobody has looked whether it holds empty lists or maps", id="the connector's, counted"),
        pytest.param({"engine": NATIVE, "form": "dynamodb-json"}, SPARK, "it goes by the manifest of the copy engine", id="an export"),
        pytest.param({}, SPARK, "it reads DynamoDB JSON alone", id="the connector's form"),
    ],
)
def test_a_dump_that_the_wished_engine_cannot_load_says_why(dumped: dict[str, Any], wished: str, why: str) -> None:
    source = Source(schema=schema(), manifest=structs.replace(manifest(engines=(WORKER,)), **dumped), name="orders2", there=None)

    made = table_load(source, Pace(), Wished(engine=wished))

    assert made.engine == WORKER and made.why.startswith(f"the {wished} cannot: {why}")


def test_a_load_by_a_job_run_counts_its_machines_and_its_start() -> None:
    source = Source(schema=schema(), manifest=structs.replace(manifest(engines=(SPARK,)), form="dynamodb-json"), name="orders2", there=None)

    step, job = (table_load(source, Pace(), Wished(engine=SPARK, serverless=serverless)) for serverless in (False, True))

    assert job.seconds - step.seconds == cost.JOB_START_SECONDS - cost.STEP_SECONDS
    assert job.dollars - step.dollars == pytest.approx(cost.job_run(2, job.seconds, LIST))


def test_a_new_table_may_be_spiked_however_often_its_source_was_lowered() -> None:
    lowered = units(5, 5, NumberOfDecreasesToday=9, LastDecreaseDateTime=NOON)

    made = load(ProvisionedThroughput=lowered, TableSizeBytes=10**9, GlobalSecondaryIndexes=[index("g", "k", ProvisionedThroughput=units(2, 3))])

    assert made.raised and made.rate.spike
    assert made.raised.table.write == made.raised.indexes["g"].write == made.rate.spike


def test_a_load_that_is_spiked_says_so_and_what_it_costs() -> None:
    made = load(TableSizeBytes=10**9, GlobalSecondaryIndexes=[index("g", "k", ProvisionedThroughput=units(2, 3))])

    assert made.rate.spike and (made.before.write, made.during.write) == (5, made.rate.spike)
    assert made.dollars == pytest.approx((2 * made.rate.spike - 5 - 3) * LIST.write_unit_hour)


def test_a_new_on_demand_table_is_as_cold_as_any_but_keeps_its_maximum() -> None:
    warm = {"WarmThroughput": {"ReadUnitsPerSecond": 90_000, "WriteUnitsPerSecond": 90_000}}
    indexed = {"GlobalSecondaryIndexes": [index("g", "k", **warm, OnDemandThroughput={"MaxWriteRequestUnits": 300})]}

    assert new_table(schema(**ON_DEMAND, **warm), "new").on_demand == Throughput(read=12_000, write=4000)
    assert new_table(schema(**ON_DEMAND, **warm, **indexed), "new").on_demand == Throughput(read=12_000, write=300)


def test_units_that_would_raise_none_of_the_tables_are_refused() -> None:
    tables = [table(write=50, indexes={"slow": Throughput(read=1, write=7)}), table(read=0, write=0)]

    refuse_useless(Pace(spike=Absolute(number=8)), tables)
    with pytest.raises(BadInput, match="spike: 7 units would raise no table: each has 7 or more already"):
        refuse_useless(Pace(spike=Absolute(number=7)), tables)


def test_the_estimate_counts_the_cluster_only_where_there_is_one() -> None:
    by_worker, by_connector = load(engines=(WORKER,), into="w"), load(into="c")

    assert (planned(by_worker).seconds, planned(by_worker).dollars) == (by_worker.seconds, 0)
    assert planned(by_worker, by_connector).seconds == pytest.approx(cost.CLUSTER_START_SECONDS + by_connector.seconds)
    assert (planned(by_connector).dollars or 0) == pytest.approx(cost.cluster("m5.xlarge", 2, planned(by_connector).seconds, LIST))


@pytest.mark.parametrize(
    ("engines", "engine", "why"),
    [
        pytest.param((CONNECTOR, WORKER), CONNECTOR, "the connector can load it", id="anything else"),
        pytest.param((WORKER,), WORKER, "empty lists or maps", id="empty lists or maps"),
    ],
)
def test_what_the_connector_cannot_load_is_loaded_by_the_worker(engines: tuple[str, ...], engine: str, why: str) -> None:
    made = load(engines=engines)

    assert made.engine == engine and why in made.why


def test_a_cluster_is_made_only_where_the_connector_has_something_to_load() -> None:
    by_worker, by_connector = load(engines=(WORKER,), into="w"), load(into="c")

    assert planned(by_worker).cluster is None
    assert planned(by_worker, by_connector).cluster is not None


def test_a_step_loads_from_the_restores_own_folder() -> None:
    plan = planned(load())

    args = plan.step(plan.table("orders2"), 1)["HadoopJarStep"]["Args"]

    assert args[-3:-1] == ["s3://backups/dynamodb/restores/dynamodb_backup_manual__1/orders2", "orders2"]


def test_parts_are_read_where_the_backup_lies_now() -> None:
    plan = planned(load())

    assert [str(uri) for uri in plan.part_uris(plan.tables[0])] == [f"{BACKUP.uri}/orders/1/a.gz"]


def test_the_longest_load_comes_first() -> None:
    small, large = load("a", into="a"), load("b", into="b", TableSizeBytes=10**9)

    assert [made.name for made in planned(small, large).tables] == ["b", "a"]


def test_a_restore_plan_comes_back_from_its_file() -> None:
    plan = planned(load(TableSizeBytes=10**9))

    assert decode(encode(plan), RestorePlan, "it") == plan


def test_more_tables_than_a_run_takes_are_refused() -> None:
    restore_request(most_tables=2).refuse_too_many(2)
    with pytest.raises(BadInput, match="tables: 3 were chosen, one run takes 2"):
        restore_request(most_tables=2).refuse_too_many(3)
