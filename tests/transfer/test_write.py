from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from airflow_dynamodb_emr.errors import DataDamaged, RestoreIncomplete
from airflow_dynamodb_emr.transfer.batch import BYTES_AT_MOST, Patience
from airflow_dynamodb_emr.transfer.write import load

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS = ["id", "n"]
QUICK = Patience(first_seconds=0.001, most_seconds=0.002)
HURRIED = Patience(first_seconds=0.001, most_seconds=0.002, deadline_seconds=0.05)


def order(number: int, text: str = "x") -> dict[str, Any]:
    return {"id": {"S": f"k{number % 3}"}, "n": {"N": str(number)}, "text": {"S": text}}


ORDERS = [order(number) for number in range(110)]


class Table:
    """A fake of the one call in use: a dict of items, refusing what AWS refuses and what the test's *mood* says."""

    def __init__(self, mood: Callable[[int, list[Any]], int | Exception] = lambda _call, requests: len(requests)) -> None:
        self.items: dict[tuple[str, str], Any] = {}
        self.calls: list[list[Any]] = []
        self.mood = mood

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]], ReturnConsumedCapacity: str) -> dict[str, Any]:
        ((table, requests),) = RequestItems.items()
        items = [request["PutRequest"]["Item"] for request in requests]
        keys = [(item["id"]["S"], item["n"]["N"]) for item in items]
        assert 0 < len(items) <= 25 and len(set(keys)) == len(keys) and ReturnConsumedCapacity == "TOTAL"
        self.calls.append(requests)
        taken = self.mood(len(self.calls), requests)
        if isinstance(taken, Exception):
            raise taken
        self.items |= dict(zip(keys[:taken], items, strict=False))
        left = {table: requests[taken:]} if requests[taken:] else {}
        return {"UnprocessedItems": left, "ConsumedCapacity": [{"TableName": table, "CapacityUnits": float(taken)}]}


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "BatchWriteItem")  # type: ignore[typeddict-item]


@pytest.mark.parametrize("threads", [1, 3])
def test_every_item_is_written(dynamodb: DynamoDBClient, threads: int) -> None:
    loaded = load(dynamodb, "orders", iter(ORDERS), keys=KEYS, threads=threads)

    found = dynamodb.scan(TableName="orders")["Items"]
    assert sorted(found, key=lambda item: int(item["n"]["N"])) == ORDERS
    assert loaded.items == 110
    assert loaded.bytes > 110 * 40
    assert loaded.write_units > 0


def test_nothing_to_write_calls_nothing() -> None:
    table = Table()

    assert load(table, "orders", [], keys=KEYS).items == 0
    assert table.calls == []


def test_what_is_left_unprocessed_is_tried_until_written() -> None:
    table = Table(lambda _call, requests: (len(requests) + 1) // 2)

    loaded = load(table, "orders", ORDERS, keys=KEYS, patience=QUICK)

    assert len(table.items) == 110
    assert loaded.write_units == 110


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(refusal("ProvisionedThroughputExceededException"), id="throttled"),
        pytest.param(refusal("ThrottlingException"), id="throttled as a whole"),
        pytest.param(refusal("Whatever", 503), id="not available"),
        pytest.param(EndpointConnectionError(endpoint_url="http://x"), id="not reachable"),
    ],
)
def test_a_call_that_is_refused_for_now_is_tried_again(error: Exception) -> None:
    table = Table(lambda call, requests: error if call % 2 else len(requests))

    loaded = load(table, "orders", ORDERS, keys=KEYS, threads=1, patience=QUICK)

    assert len(table.items) == loaded.items == 110


def test_a_call_that_is_refused_for_good_ends_the_load() -> None:
    table = Table(lambda _call, _requests: refusal("ValidationException"))

    with pytest.raises(ClientError, match="ValidationException"):
        load(table, "orders", ORDERS, keys=KEYS, patience=QUICK)


def test_a_table_that_takes_nothing_is_given_up_at_the_deadline() -> None:
    table = Table(lambda _call, _requests: 0)

    with pytest.raises(RestoreIncomplete, match=r"orders: \d+ items of a batch were not taken in 0.05 s"):
        load(table, "orders", ORDERS, keys=KEYS, patience=HURRIED)


@pytest.mark.parametrize("apart", [pytest.param(2, id="in one batch"), pytest.param(400, id="far apart")])
def test_of_one_key_the_last_item_stays_however_long_the_first_has_to_wait(apart: int) -> None:
    first, last = order(1, "first"), order(1, "last")
    table = Table(lambda call, requests: 0 if first in [request["PutRequest"]["Item"] for request in requests] and call < 20 else len(requests))
    items = [first, *[order(number) for number in range(2, apart)], last]

    loaded = load(table, "orders", items, keys=KEYS, patience=QUICK)

    assert table.items["k1", "1"] == last
    assert loaded.items == len(items)


def test_numbers_of_one_value_are_one_key() -> None:
    table = Table()
    spelled = [{"id": {"S": "k"}, "n": {"N": text}} for text in ("1", "1.0", "1E0")]

    load(table, "orders", spelled, keys=KEYS)

    assert list(table.items) == [("k", "1E0")]


def test_a_call_stays_below_what_it_may_carry() -> None:
    table = Table()

    load(table, "orders", [order(number, "x" * 390_000) for number in range(30)], keys=KEYS, threads=1)

    assert len(table.items) == 30
    assert max(sum(len(str(request)) for request in requests) for requests in table.calls) < BYTES_AT_MOST + 30 * 100


def test_an_item_without_its_key_is_damage() -> None:
    with pytest.raises(DataDamaged, match="lacks the key attribute 'n'"):
        load(Table(), "orders", [{"id": {"S": "x"}}], keys=KEYS)


def test_pauses_grow_to_a_limit() -> None:
    patience = Patience(first_seconds=1, most_seconds=8)

    assert all(0 <= patience.pause_seconds(0) <= 1 for _ in range(100))
    assert 4 < max(patience.pause_seconds(10**6) for _ in range(100)) <= 8
