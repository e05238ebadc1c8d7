from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer.raw import batch
from airflow_dynamodb_emr.transfer.raw.batch import Batches, key_of
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter, NoLimit
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.wire import Refused
from tests.transfer.raw.tables import FEW_SECONDS, HURRIED, KEYS, Straight, Table, ticks


class Taking(Straight):
    """Takes of each call as many items as *taken* says."""

    def __init__(self, table: Table, *taken: int) -> None:
        super().__init__(table)
        self.taken, self.calls = list(taken), 0

    def until(self, operation: str, body: bytes, read: Any) -> Any:
        self.calls += 1
        asked = json.loads(body)
        ((name, requests),) = asked["RequestItems"].items()
        most = (self.taken.pop(0) if len(self.taken) > 1 else self.taken[0]) if self.taken else len(requests)
        if not most:
            return read(json.dumps({"UnprocessedItems": {name: requests}, "ConsumedCapacity": []}).encode())
        now = json.dumps({**asked, "RequestItems": {name: requests[:most]}}).encode()
        left = {"UnprocessedItems": {name: requests[most:]} if requests[most:] else {}}
        return super().until(operation, now, lambda answer: read(json.dumps({**json.loads(answer), **left}).encode()))


def items(count: int) -> list[bytes]:
    return [b'{"id":{"S":"k"},"at":{"N":"%d"},"t":{"S":"\xe2\x80\xa8\\u0000"}}' % number for number in range(count)]


def batches(wire: Any, limiter: Limiter | None = None, keys: Keys = KEYS) -> Batches:
    return Batches(wire, "orders", keys, limiter or NoLimit())


@pytest.mark.parametrize("taken", [pytest.param([25], id="at once"), pytest.param([10, 0, 0, 5, 1], id="bit by bit")])
def test_items_are_written_until_all_are_taken(taken: list[int]) -> None:
    table = Table("SN")

    units = batches(Taking(table, *taken)).write(items(25))

    assert units == 25
    assert table.items() == [json.loads(item) for item in items(25)]


def test_what_nobody_takes_is_given_up_at_the_deadline() -> None:
    wire = Taking(Table("SN"), 10, 0)
    wire.patience = HURRIED

    with pytest.raises(CopyFailed, match=r"orders: 15 items of a batch were not taken in 0.05 s\nHINT: raise the table's write throughput"):
        batches(wire).write(items(25))


def test_the_deadline_is_for_a_batch_of_which_nothing_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """One item every few seconds of a deadline of three is slow, and goes on."""
    monkeypatch.setattr(batch, "time", ticks())
    wire = Taking(Table("SN"), *[1, 0, 0] * 7, 1)
    wire.patience = FEW_SECONDS

    assert batches(wire).write(items(8)) == 8


def test_of_one_key_in_a_batch_the_last_item_stays() -> None:
    table, first, last = Table("SN"), b'{"id":{"S":"k"},"at":{"N":"1"},"x":{"S":"first"}}', b'{"at":{"N":"1.0"},"id":{"S":"k"},"x":{"S":"last"}}'

    batches(Taking(table)).write([first, *items(1), last])

    assert [item.get("x") for item in table.items()] == [None, {"S": "last"}]


@pytest.mark.parametrize(
    ("keys", "one", "other", "same"),
    [
        pytest.param(KEYS, {"S": "k"}, {"S": "k"}, True, id="text"),
        pytest.param(KEYS, {"N": "100"}, {"N": "1.00E2"}, True, id="numbers of one value"),
        pytest.param(KEYS, {"N": "0"}, {"N": "-0.0"}, True, id="nothing and less than nothing"),
        pytest.param(KEYS, {"N": "1E-130"}, {"N": "0"}, False, id="nearly nothing"),
        pytest.param(KEYS, {"B": "AA=="}, {"B": "AQ=="}, False, id="bytes"),
        pytest.param(KEYS, {"S": "1"}, {"S": "1.0"}, False, id="texts that look like numbers"),
        pytest.param(Keys("id"), {"S": "1"}, {"S": "2"}, True, id="no sort key"),
    ],
)
def test_a_key_is_what_dynamodb_takes_for_one(keys: Keys, one: dict[str, str], other: dict[str, str], same: bool) -> None:
    left, right = (key_of(json.dumps({"id": {"S": "k"}, "at": value}).encode(), keys) for value in (one, other))

    assert (left == right) is same


@pytest.mark.parametrize("item", [b"", b"[]", b'{"id":{"S":"k"}}', b'{"id":"k","at":{"N":"1"}}', b'{"id":{"S":"k"},"at":{"N":"x"}}'])
def test_an_item_without_its_key_is_damage(item: bytes) -> None:
    with pytest.raises(DataDamaged, match="an item lacks the table's key: "):
        key_of(item, KEYS)


def test_what_dynamodb_refuses_is_told() -> None:
    with pytest.raises(Refused, match=r"BatchWriteItem was refused: ValidationException: .*Missing the key at"):
        batches(Taking(Table("SN"))).write([b'{"id":{"S":"k"}}'])


def test_the_limiter_has_the_units_of_every_call() -> None:
    limiter, taken = Limiter(1e9), list[float]()
    limiter.took = taken.append  # type: ignore[method-assign]

    batches(Taking(Table("SN"), 10, 0, 15), limiter).write(items(25))

    assert taken == [10, 0, 15]


@pytest.mark.parametrize("answer", [b"{}", b"[]", b'{"UnprocessedItems":[]}', b'{"UnprocessedItems":{"orders":[{"DeleteRequest":{}}]}}'])
def test_an_answer_of_something_else_is_no_answer(answer: bytes) -> None:
    wire = Straight(Table("SN"))
    seen: list[Exception] = []

    def until(_operation: str, _body: bytes, read: Any) -> Any:
        try:
            return read(answer)
        except ValueError as error:
            seen.append(error)
            raise CopyFailed("no answer") from error

    wire.until = until  # type: ignore[method-assign]

    with pytest.raises(CopyFailed, match="no answer"):
        batches(wire).write(items(1))
    assert len(seen) == 1
