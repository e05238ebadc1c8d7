"""What an import writes, and what it stumbles over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.connector.dumps import ITEMS, dump, lines

EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"


def test_what_was_exported_can_be_imported(machine: Any, export: Any, load: Any) -> None:
    folder, target = machine.folder(), machine.table()
    export("-Dmapreduce.output.fileoutputformat.compress=true", folder, machine.table(ITEMS), "0.25", "4")

    ran = load(folder, target, "0.5")

    assert ran.code == 0
    assert machine.items(target) == ITEMS
    assert ran.counters == {"Map input records": 60, "DYNAMODB_ITEMS_READ_FROM_BACKUP": 60}


def test_an_empty_dump_loads_nothing(machine: Any, load: Any) -> None:
    ran = load(dump(machine), machine.table())

    assert (ran.code, ran.counters) == (0, {})


def test_items_that_are_there_are_overwritten_and_others_left(machine: Any, load: Any) -> None:
    other = {"id": {"S": "other"}}
    target = machine.table([{"id": {"S": "k000"}, "old": {"S": "x"}}, other])

    load(dump(machine, lines(ITEMS)), target)

    assert machine.items(target) == [*ITEMS, other]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'{"id":{"s":"x"},"l":{"l":[]}}', id="empty list"),
        pytest.param(b'{"id":{"s":"x"},"m":{"m":{}}}', id="empty map"),
        pytest.param(b'{"id":{"s":"x"},"l":{"l":[{"m":{"a":{"m":{}}}}]}}', id="empty map deep inside"),
        pytest.param(b'{"id":{"s":"x"},"z":{"nULLValue":true}}', id="null of the connector 4.x"),
        pytest.param(b'{"Item":{"id":{"S":"x"}}}', id="DynamoDB JSON"),
    ],
)
def test_a_value_that_is_read_as_empty_fails_the_job(machine: Any, load: Any, line: bytes) -> None:
    target = machine.table()

    ran = load(dump(machine, lines(ITEMS[:3]) + line), target)

    assert ran.code == 1
    assert EMPTY in ran.err
    assert ran.err.splitlines()[-1] == 'Exception in thread "main" java.io.IOException: Job failed!'
    assert machine.items(target) == []


def test_what_was_written_before_the_failure_stays(machine: Any, load: Any) -> None:
    target = machine.table()

    load(dump(machine, lines(ITEMS[:30]) + b'{"id":{"s":"x"},"l":{"l":[]}}\n'), target)

    assert machine.items(target) == ITEMS[:25]


def test_upper_case_types_are_read(machine: Any, load: Any) -> None:
    target = machine.table()

    load(dump(machine, b'{"id":{"S":"x"},"z":{"NULL":true},"f":{"BOOL":false}}'), target)

    assert machine.items(target) == [{"id": {"S": "x"}, "z": {"NULL": True}, "f": {"BOOL": False}}]


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        pytest.param(lines(ITEMS[:2]) + b"\n", "ValidationException", id="a blank line is an item without key"),
        pytest.param(lines(ITEMS[:1] * 2), "duplicates", id="one key twice in a batch"),
        pytest.param(b'{"id":{"s":', "JsonSyntaxException", id="cut short"),
        pytest.param(b'{"id":{"s":["x"]}}', "IllegalStateException", id="a list for a string"),
        pytest.param(b'{"other":{"s":"x"}}', "ValidationException", id="no key"),
    ],
)
def test_a_line_that_cannot_be_put_fails_the_job(machine: Any, load: Any, body: bytes, facts: str) -> None:
    ran = load(dump(machine, body), machine.table())

    assert ran.code == 1
    assert facts in ran.err


def test_throttling_is_waited_out(machine: Any, load: Any) -> None:
    machine.running.faults(throttle={"dynamodb.BatchWriteItem": 2})
    target = machine.table()

    ran = load(dump(machine, lines(ITEMS)), target)

    assert (ran.code, machine.items(target)) == (0, ITEMS)


def test_what_is_left_unprocessed_is_written_later(machine: Any, load: Any) -> None:
    target = machine.table(BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 50, "WriteCapacityUnits": 8})

    ran = load(dump(machine, lines(ITEMS)), target, "2.5")

    assert (ran.code, machine.items(target)) == (0, ITEMS)
