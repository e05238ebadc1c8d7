from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from any_item import ITEMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.lines import Item, connector_line, dynamodb_line, item
from airflow_dynamodb_emr.transfer.raw.write import Repeating
from airflow_dynamodb_emr.transfer.write import items_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DUMP = S3Uri("backups", "night/orders/1")
ORDERS: list[Item] = [{"id": {"S": f"k{n}"}, "M": {"M": {"M": {"S": "ä\u2028"}}}, "b": {"B": b"\xff"}} for n in range(3)]


def put(s3: S3Client, name: str, lines: list[bytes], **facts: Any) -> Part:
    data = gzip.compress(b"".join(line + b"\n" for line in lines))
    s3.put_object(Bucket=DUMP.bucket, Key=(DUMP / name).key, Body=data)
    given: dict[str, Any] = {"items": len(lines), "sha256": hashlib.sha256(data).hexdigest(), **facts}
    return Part(key=name, bytes=len(data), etag="", **given)


def read(s3: S3Client, parts: list[Part], form: str) -> list[tuple[str, list[bytes]]]:
    return [(key, list(items)) for key, items in items_of(s3, DUMP, parts, form)]


@pytest.mark.parametrize(
    ("form", "line"), [pytest.param("dynamodb-json", dynamodb_line, id="our own"), pytest.param("connector", connector_line, id="the connector's")]
)
def test_the_items_of_each_part_are_json_as_dynamodb_takes_it(s3: S3Client, form: str, line: Any) -> None:
    parts = [put(s3, "a.gz", [line(each) for each in ORDERS[:2]]), put(s3, "b.gz", [line(each) for each in ORDERS[2:]])]

    found = read(s3, parts, form)

    assert [(key, [item(each) for each in items]) for key, items in found] == [("a.gz", ORDERS[:2]), ("b.gz", ORDERS[2:])]


def test_items_of_our_own_form_are_not_decoded(s3: S3Client) -> None:
    part = put(s3, "a.gz", [b'{"Item":{"n" : {"N":"1.50"}}}'])

    assert read(s3, [part], "dynamodb-json") == [("a.gz", [b'{"n" : {"N":"1.50"}}'])]


def test_of_anybodys_files_blank_lines_are_no_items(s3: S3Client) -> None:
    part = put(s3, "a.gz", [b"", connector_line(ORDERS[0]), b" "], items=1)

    assert len(read(s3, [part], "connector")[0][1]) == 1


@pytest.mark.parametrize(
    ("form", "facts", "repeating"),
    [
        pytest.param("dynamodb-json", {}, False, id="ours: each key is there once"),
        pytest.param("connector", {}, True, id="the connector's"),
        pytest.param("dynamodb-json", {"sha256": ""}, True, id="anybody's"),
    ],
)
def test_where_a_key_may_come_twice_the_items_say_so(s3: S3Client, form: str, facts: dict[str, Any], repeating: bool) -> None:
    ((_, items),) = items_of(s3, DUMP, [put(s3, "a.gz", [dynamodb_line(ORDERS[0])], **facts)], form)

    assert isinstance(items, Repeating) is repeating
    assert [item(each) for each in items] == ORDERS[:1]


@pytest.mark.parametrize("form", ["dynamodb-json", "connector"])
@pytest.mark.parametrize("count", [2, 4])
def test_a_part_of_fewer_or_more_items_is_damaged(s3: S3Client, form: str, count: int) -> None:
    part = put(s3, "a.gz", [dynamodb_line(each) for each in ORDERS], items=count)

    with pytest.raises(DataDamaged, match=r"s3://backups/night/orders/1/a\.gz .*3 items.*expected " + str(count)):
        read(s3, [part], form)


def test_a_part_is_read_when_its_items_are(s3: S3Client) -> None:
    parts = [put(s3, "a.gz", [dynamodb_line(ORDERS[0])]), Part(key="gone.gz", bytes=1, etag="", items=1, sha256="x")]

    (_, items), (_, gone) = items_of(s3, DUMP, parts, "dynamodb-json")

    assert len(list(items)) == 1
    with pytest.raises(DataDamaged, match="is not there"):
        list(gone)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ITEMS, min_size=1, max_size=3))
def test_items_of_every_kind_are_the_same_from_either_form(s3: S3Client, given_items: list[Item]) -> None:
    for form, line in (("dynamodb-json", dynamodb_line), ("connector", connector_line)):
        part = put(s3, "a.gz", [line(each) for each in given_items])

        ((_, found),) = read(s3, [part], form)

        assert [item(each) for each in found] == given_items
