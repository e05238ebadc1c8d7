from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from airflow_dynamodb_emr.transfer.scan import scan

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ITEMS = [{"id": {"S": f"k{n % 7}"}, "n": {"N": str(n)}, "text": {"S": "x" * 50_000}, "b": {"B": b"\x00"}} for n in range(60)]


@pytest.fixture
def full(dynamodb: DynamoDBClient) -> DynamoDBClient:
    for item in ITEMS:
        dynamodb.put_item(TableName="orders", Item=item)
    return dynamodb


def by_number(pages: Any) -> list[Any]:
    return sorted((item for page in pages for item in page), key=lambda item: int(item["n"]["N"]))


@pytest.mark.parametrize("segments", [1, 4])
def test_every_item_is_read_once(full: DynamoDBClient, segments: int) -> None:
    assert by_number(scan(full, "orders", segments=segments)) == ITEMS


def test_items_come_in_pages(full: DynamoDBClient) -> None:
    assert len(list(scan(full, "orders"))) > 1


def test_an_empty_table_has_no_pages(dynamodb: DynamoDBClient) -> None:
    assert list(scan(dynamodb, "orders", segments=3)) == []


def test_an_error_ends_the_scan(dynamodb: DynamoDBClient) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        list(scan(dynamodb, "nowhere", segments=2))


def test_a_scan_may_be_left_early(full: DynamoDBClient) -> None:
    pages = scan(full, "orders", segments=4)

    assert next(pages)
    pages.close()
