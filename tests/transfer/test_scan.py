from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer.scan import scan
from tests.transfer.raw.server import Answer, Server, refused, server
from tests.transfer.raw.tables import Table

ITEMS: list[dict[str, Any]] = [
    {"id": {"S": f"k{n % 7}"}, "at": {"N": str(n)}, "text": {"S": "x" * 50_000}, "b": {"B": b"\x00"}, "m": {"M": {"M": {"S": "ä"}}}}
    for n in range(60)
]


@pytest.fixture
def there() -> Iterator[Server]:
    table = Table("SN")
    table.put(ITEMS)
    with server(table.answer) as made:
        yield made


def test_every_item_is_read_once_and_decoded(there: Server) -> None:
    found = [item for page in scan(there.endpoint, "orders") for item in page]

    assert sorted(found, key=lambda item: int(item["at"]["N"])) == ITEMS


def test_items_come_in_pages_of_a_megabyte(there: Server) -> None:
    pages = list(scan(there.endpoint, "orders"))

    assert [len(page) for page in pages] == [20, 20, 20]


def test_one_page_is_read_at_a_time(there: Server) -> None:
    pages = scan(there.endpoint, "orders")

    next(pages)

    assert there.seen == ["DescribeTable", "Scan"]
    pages.close()  # type: ignore[attr-defined]


def test_an_empty_table_has_no_items(there: Server) -> None:
    there.script = Table("S").answer

    assert [item for page in scan(there.endpoint, "orders") for item in page] == []


def test_a_table_that_is_not_there_is_bad_input(there: Server) -> None:
    with pytest.raises(BadInput, match="table nowhere is not there"):
        list(scan(there.endpoint, "nowhere"))


def test_an_error_ends_the_scan(there: Server) -> None:
    table = there.script

    def fail(operation: str, body: bytes) -> Answer:
        return refused("AccessDeniedException") if len(there.seen) == 3 else table(operation, body)

    there.script = fail

    with pytest.raises(CopyFailed, match="Scan was refused: AccessDeniedException"):
        list(scan(there.endpoint, "orders"))
