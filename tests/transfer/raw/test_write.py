from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Lock
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer.raw.batch import BYTES_AT_MOST
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.wire import Refused
from airflow_dynamodb_emr.transfer.raw.write import Loaded, Repeating, batches, load
from tests.transfer.raw.server import Answer, Server, refused, server
from tests.transfer.raw.tables import HURRIED, KEYS, QUICK, Table


@pytest.fixture
def table() -> Table:
    return Table("SN")


@pytest.fixture
def there(table: Table) -> Iterator[Server]:
    with server(table.answer) as made:
        yield made


def order(number: int, text: str = "x") -> bytes:
    return json.dumps({"id": {"S": f"k{number % 3}"}, "at": {"N": str(number)}, "text": {"S": text}}, separators=(",", ":")).encode()


ORDERS = [order(number) for number in range(110)]


def decoded(items: list[bytes]) -> list[Any]:
    return sorted(map(json.loads, items), key=lambda item: int(item["at"]["N"]))


def found(table: Table) -> list[Any]:
    return sorted(table.items(), key=lambda item: int(item["at"]["N"]))


@pytest.mark.parametrize("hands", [1, 3])
def test_every_item_is_written(there: Server, table: Table, hands: int) -> None:
    loaded = load(there.endpoint, "orders", KEYS, [("a", iter(ORDERS[:40])), ("b", iter(ORDERS[40:]))], hands=hands)

    assert found(table) == decoded(ORDERS)
    assert loaded == Loaded(110, sum(map(len, ORDERS)), 110.0)


def test_nothing_to_write_calls_nothing(there: Server) -> None:
    assert load(there.endpoint, "orders", KEYS, [("a", [])]) == Loaded()
    assert there.seen == []


def test_each_batch_is_told_and_each_part_once_it_is_in_the_table(there: Server, table: Table) -> None:
    told, done = list[Loaded](), list[Any]()

    def note(name: str, loaded: Loaded) -> None:
        done.append((name, loaded.items, len(table.items())))

    load(there.endpoint, "orders", KEYS, [("a", ORDERS[:60]), ("b", ORDERS[60:])], told=told.append, done=note)

    assert sum(each.items for each in told) == 110 and len(told) == 5
    assert done == [("a", 60, 60), ("b", 50, 110)]


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(refused("ProvisionedThroughputExceededException"), id="throttled"),
        pytest.param(refused("ThrottlingException"), id="throttled as a whole"),
        pytest.param(Answer(b"busy", 503), id="not available"),
        pytest.param(Answer(b"", 200, close=True), id="no answer"),
    ],
)
def test_a_call_that_is_refused_for_now_is_made_again(there: Server, table: Table, refusal: Answer) -> None:
    there.script = lambda operation, body: refusal if len(there.seen) % 2 else table.answer(operation, body)

    loaded = load(there.endpoint, "orders", KEYS, [("a", ORDERS)], hands=1, patience=QUICK)

    assert (len(table.items()), loaded.items) == (110, 110)


def test_a_call_that_was_carried_out_without_an_answer_is_made_again(there: Server, table: Table) -> None:
    def lost(operation: str, body: bytes) -> Answer:
        answer = table.answer(operation, body)
        return Answer(b"", close=True) if len(there.seen) % 2 else answer

    there.script = lost

    load(there.endpoint, "orders", KEYS, [("a", ORDERS)], hands=2, patience=QUICK)

    assert found(table) == decoded(ORDERS)


def test_a_call_that_is_refused_for_good_ends_the_load(there: Server, table: Table) -> None:
    there.script = lambda operation, body: refused("ValidationException") if len(there.seen) == 3 else table.answer(operation, body)

    with pytest.raises(Refused, match="BatchWriteItem was refused: ValidationException"):
        load(there.endpoint, "orders", KEYS, [("a", (order(n) for n in range(10_000)))], hands=2)

    assert len(there.seen) < 40


def test_a_table_that_is_not_there_is_told(there: Server) -> None:
    with pytest.raises(Refused, match=r"ResourceNotFoundException: .*\nHINT: the table was deleted, or is in another region or account"):
        load(there.endpoint, "nowhere", KEYS, [("a", ORDERS)])


def test_a_table_that_takes_nothing_is_given_up_at_the_deadline(there: Server) -> None:
    there.script = lambda _, body: Answer(json.dumps({"UnprocessedItems": json.loads(body)["RequestItems"]}).encode())

    with pytest.raises(CopyFailed, match=r"orders: \d+ items of a batch were not taken in 0.05 s\nHINT: raise"):
        load(there.endpoint, "orders", KEYS, [("a", ORDERS)], patience=HURRIED)


def test_what_is_wrong_with_a_part_ends_the_load_before_the_part_is_done(there: Server) -> None:
    done = list[str]()

    def damaged() -> Iterator[bytes]:
        yield from ORDERS
        raise DataDamaged("it is cut short")

    with pytest.raises(DataDamaged, match="it is cut short"):
        load(there.endpoint, "orders", KEYS, [("a", ORDERS[:1]), ("b", damaged())], done=lambda name, _: done.append(name))

    assert done == ["a"]


@pytest.mark.parametrize("apart", [pytest.param(2, id="in one batch"), pytest.param(30, id="in the next"), pytest.param(400, id="far apart")])
def test_of_one_key_the_last_item_stays_however_long_the_first_has_to_wait(there: Server, table: Table, apart: int) -> None:
    first, last = order(1, "first"), order(1, "last")
    lock, refusals = Lock(), [1] * 20

    def slow(operation: str, body: bytes) -> Answer:
        with lock:
            if first in body and refusals:
                refusals.pop()
                return refused("ThrottlingException")
            return table.answer(operation, body)

    there.script = slow
    items = [first, *(order(number) for number in range(2, apart)), last]

    loaded = load(there.endpoint, "orders", KEYS, [("a", Repeating(items))], patience=QUICK)

    assert [item["text"]["S"] for item in table.items() if item["at"]["N"] == "1"] == ["last"]
    assert loaded.items == len(items)


def test_items_of_different_keys_do_not_wait_for_each_other(there: Server, table: Table) -> None:
    lock, under_way, most = Lock(), [0], [0]

    def count(operation: str, body: bytes) -> Answer:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        answer = table.answer(operation, body)
        with lock:
            under_way[0] -= 1
        return answer

    there.script = count

    load(there.endpoint, "orders", KEYS, [("a", Repeating(order(n) for n in range(2000)))], hands=4)

    assert most[0] > 1


def test_an_item_that_lacks_its_key_is_damage_where_keys_may_come_twice(there: Server) -> None:
    with pytest.raises(DataDamaged, match="an item lacks the table's key"):
        load(there.endpoint, "orders", KEYS, [("a", Repeating([b'{"id":{"S":"x"}}']))])


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([10] * 51, [25, 25, 1], id="25 at most"),
        pytest.param([1_500_000] * 5, [2, 2, 1], id="four megabytes at most"),
        pytest.param([5_000_000, 10, 5_000_000], [1, 1, 1], id="what is larger goes alone"),
    ],
)
def test_a_batch_is_what_a_call_takes(sizes: list[int], expected: list[int]) -> None:
    assert BYTES_AT_MOST < 16 * 2**20
    assert [len(batch) for batch in batches(b"x" * size for size in sizes)] == expected


def test_a_table_may_have_no_sort_key(there: Server) -> None:
    table = Table("S", "flat")
    there.script = table.answer
    twice = [b'{"id":{"S":"a"},"x":{"S":"%d"}}' % number for number in range(2)]

    load(there.endpoint, "flat", Keys("id"), [("a", twice)])

    assert [item["x"] for item in table.items()] == [{"S": "1"}]
