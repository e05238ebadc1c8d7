from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_dynamodb_emr.core.prices import LIST, listed, parse
from airflow_dynamodb_emr.errors import BadInput

REGION: dict[str, Any] = {
    "read_unit_hour": 1,
    "write_unit_hour": 2,
    "million_reads": 3,
    "million_writes": 4,
    "export_gb": 5,
    "import_gb": 6,
    "storage_gb_month": 7,
    "serverless_vcpu_hour": 8,
    "serverless_gb_hour": 9,
    "machine_hours": {"x1.large": {"ec2": 10, "emr": 1}},
}
FILE: dict[str, Any] = {"format": 1, "as_of": "2027-01", "currency": "USD", "regions": {"eu-west-1": REGION}}


def of(region: str = "eu-west-1", **changes: Any) -> Any:
    return parse(json.dumps({**FILE, **changes}).encode(), region, "s3://b/prices.json")


def changed(**changes: Any) -> dict[str, Any]:
    return {"regions": {"eu-west-1": {**REGION, **changes}}}


def test_the_prices_that_come_with_the_package_are_those_of_us_east_1_and_say_so() -> None:
    assert str(LIST) == "list prices of us-east-1, July 2026"
    assert (LIST.read_unit_hour, LIST.million_reads, LIST.export_gb) == (0.00013, 0.125, 0.1)


def test_a_region_that_is_not_listed_is_priced_as_another_and_says_so() -> None:
    prices = listed("ap-south-1")

    assert prices.read_unit_hour == LIST.read_unit_hour
    assert str(prices) == "list prices of us-east-1, July 2026: those of ap-south-1 are not known"


def test_a_file_of_ones_own_replaces_them() -> None:
    prices = of()

    assert (prices.read_unit_hour, prices.machine_hour("x1.large"), prices.machine_hour("m5.xlarge")) == (1, 11, None)
    assert str(prices) == "list prices of eu-west-1, January 2027"


@pytest.mark.parametrize(
    ("type_", "dollars"),
    [("m5.xlarge", 0.24), ("m5.2xlarge", 0.48), ("m5.4xlarge", 0.96), ("r5.xlarge", 0.315), ("c5.xlarge", 0.213), ("m5a.xlarge", None), ("m5", None)],
)
def test_a_machine_of_twice_the_size_is_twice_as_dear(type_: str, dollars: float | None) -> None:
    found = LIST.machine_hour(type_)

    assert found is None if dollars is None else found == pytest.approx(dollars)


def test_a_machine_that_is_listed_itself_has_its_own_price() -> None:
    hours = {"m5.xlarge": {"ec2": 1, "emr": 0}, "m5.2xlarge": {"ec2": 3, "emr": 0}}

    assert of(**changed(machine_hours=hours)).machine_hour("m5.2xlarge") == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"currency": "EUR"}, "currency", id="another currency"),
        pytest.param({"as_of": "2026-13"}, "as_of", id="no month"),
        pytest.param({"format": 2}, "has format 2", id="a newer format"),
        pytest.param({"more": 1}, "more", id="a field that nobody reads"),
        pytest.param(changed(read_unit_hour=-1), "eu-west-1: Expected `float` >= 0.0 - at `$.read_unit_hour`", id="below nothing"),
        pytest.param(changed(export_gb="0.1"), "eu-west-1: Expected `float`, got `str` - at `$.export_gb`", id="no number"),
        pytest.param(changed(machine_hours={"m5.xlarge": {"ec2": 1}}), "missing required field `emr`", id="half a machine"),
        pytest.param(changed(raed_unit_hour=1), "raed_unit_hour", id="a name misspelt"),
        pytest.param({"regions": {"eu-west-2": REGION}}, "has neither eu-west-1 nor us-east-1", id="other regions alone"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name_and_field(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        of(**changes)

    assert refused.value.facts.startswith("prices: s3://b/prices.json") and words in refused.value.facts and refused.value.hint


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(BadInput, match=r"prices: s3://b/p is no PriceFile"):
        parse(b"{", "eu-west-1", "s3://b/p")
