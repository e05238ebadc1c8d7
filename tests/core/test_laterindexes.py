"""Which indexes are made after the load: those that would hold it back, unless somebody says otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core.engines import CONNECTOR, NATIVE, Wished
from airflow_dynamodb_emr.core.loading import TableLoad, table_load
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.source import Source
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.core.tablesettings.step import Choices

from .makers import ON_DEMAND, index, manifest, schema, table, units

SLOW, FAST = index("slow", "status", ProvisionedThroughput=units(1, 10)), index("fast", "day", ProvisionedThroughput=units(1, 1000))
MANY = 10_000_000
KEYS = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "status", "day")]


def load(wished: str = "auto", items: int = MANY, engine: str = CONNECTOR, there: bool = False, **more: Any) -> TableLoad:
    told: dict[str, Any] = {"ProvisionedThroughput": units(5, 1000), "GlobalSecondaryIndexes": [SLOW, FAST], "AttributeDefinitions": KEYS}
    dumped = structs.replace(manifest(engines=("connector", "worker", "native")), items=items)
    parts = [structs.replace(dumped.parts[0], key="orders/1/a.json.gz")]
    source = Source(schema=schema(**{**told, **more}), manifest=structs.replace(dumped, parts=parts), name="new", there=table() if there else None)
    return table_load(source, Pace(spike=Off()), Wished(engine=engine), Choices(indexes=wished))


def names(made: TableLoad) -> tuple[list[str], list[str]]:
    """Those made with the table, and those made later."""
    first = [each["IndexName"] for each in (made.create or {}).get("GlobalSecondaryIndexes", [])]
    return first, [step.setting.removeprefix("index ") for step in made.put_back.steps if step.setting.startswith("index ")]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        pytest.param({}, (["fast"], ["slow"]), id="one that holds the load back is made after it"),
        pytest.param({"items": 10}, (["slow", "fast"], []), id="not where that is a matter of minutes"),
        pytest.param({"engine": NATIVE}, (["slow", "fast"], []), id="not where an import fills it for nothing"),
        pytest.param({"wished": "before"}, (["slow", "fast"], []), id="before, as asked for"),
        pytest.param({"wished": "after", "items": 10}, ([], ["slow", "fast"]), id="after, as asked for"),
        pytest.param({"wished": "after", "engine": NATIVE}, ([], ["slow", "fast"]), id="after an import, as asked for"),
        pytest.param({"there": True}, ([], []), id="of a table that is there nothing is touched"),
        pytest.param({"GlobalSecondaryIndexes": []}, ([], []), id="none"),
    ],
)
def test_an_index_is_made_later_where_it_would_hold_the_load_back(more: dict[str, Any], found: tuple[list[str], list[str]]) -> None:
    assert names(load(**more)) == found


def test_the_plan_says_why_and_goes_by_the_rate_without_it() -> None:
    later, before = load(), load("before")

    assert "slow made after the load, which takes 5.6 hours instead of 555.6 hours" in later.why
    assert later.seconds < before.seconds / 50


def test_on_demand_it_is_the_maximum_that_counts_and_the_writes_are_paid_for_all_the_same() -> None:
    held = index("held", "status", ProvisionedThroughput=units(0, 0), OnDemandThroughput={"MaxWriteRequestUnits": 20})
    made, before = (load(wished, GlobalSecondaryIndexes=[held], **ON_DEMAND) for wished in ("auto", "before"))

    assert names(made) == ([], ["held"]) and made.dollars == pytest.approx(before.dollars)
