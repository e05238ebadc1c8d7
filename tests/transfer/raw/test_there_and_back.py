"""Items of every kind, through the stand-in and back: dumped in either form, loaded into another table, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from any_item import ITEMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.compare import Difference, compare
from airflow_dynamodb_emr.transfer.lines import Item, json_of
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.write import load
from airflow_dynamodb_emr.transfer.scan import scan
from airflow_dynamodb_emr.transfer.write import items_of

KEYS = Keys("id")
# Whatever an item's other attributes are, those of its key are these; of two with one key there is none.
MANY = st.lists(ITEMS, min_size=20, max_size=40).map(lambda items: [{**item, "id": {"S": f"k{n}"}} for n, item in enumerate(items)])
PECULIAR: list[Item] = [
    {
        "S": {"M": {"S": {"S": "M"}}},
        "M": {"M": {"M": {"M": {}}}},
        "L": {"L": [{"L": []}, {"M": {"L": {"S": ""}}}]},
        "Item": {"M": {"Item": {"B": b""}}},
    },
    {"text": {"S": "\x00\x1f\x7f\u2028\u2029\ufeff\uffff𝄞👩‍🚀\\\"'/\r\n\t"}, "☃ \n\u2028": {"SS": ["", "\u2028", "🜁"]}},
    {"n": {"NS": ["12345678901234567890123456789012345678", "-0.00000000000000000000000000000000000001", "1E+125", "-1E-130"]}},
    {"b": {"BS": [b"", b"\x00", bytes(range(256))]}, "e": {"B": b""}, "f": {"BOOL": False}, "z": {"NULL": True}},
    {"deep": {"L": [{"M": {"M": {"L": [{"M": {"S": {"NULL": True}}}]}}}]}},
]


def all_of(aws: StandIn, table: str) -> list[Item]:
    return [item for page in scan(aws.endpoint, table) for item in page]


def there_and_back(aws: StandIn, place: Place, form: str, source: str, target: str) -> Difference:
    def cut(found: Any) -> Job:
        return Job(source, found.keys, segments=2, page_items=11, part_bytes=4000, form=form)

    manifest = dump(aws.endpoint, place, source, cut)
    parts = [Part(**part) for part in manifest["parts"]]
    loaded = load(aws.endpoint, target, KEYS, items_of(place.s3, S3Uri(place.bucket, place.key), parts, form))
    assert loaded.items == manifest["items"]
    return compare(all_of(aws, source), all_of(aws, target), ["id"])


@pytest.mark.parametrize("form", ["dynamodb-json", "connector"])
def test_items_of_every_kind_come_back_equal(local: StandIn, make_table: Callable[..., str], place: Place, form: str) -> None:
    tries = iter(range(1000))

    @settings(max_examples=4, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
    @given(MANY)
    def come_back_equal(items: list[Item]) -> None:
        everything = [*items, *({**item, "id": {"S": f"peculiar {n}"}} for n, item in enumerate(PECULIAR))]
        source, target = make_table("S"), make_table("S")
        load(local.endpoint, source, KEYS, [("", map(json_of, everything))])

        difference = there_and_back(local, place._replace(key=f"{place.key}/{next(tries)}"), form, source, target)

        assert (bool(difference), difference.equal) == (False, len(everything))

    come_back_equal()


def test_items_arrive_as_they_were_given(local: StandIn, make_table: Callable[..., str]) -> None:
    table = make_table("S")
    given = [{**item, "id": {"S": f"peculiar {n}"}} for n, item in enumerate(PECULIAR)]

    load(local.endpoint, table, KEYS, [("", map(json_of, given))])

    assert not compare(given, all_of(local, table), ["id"])
