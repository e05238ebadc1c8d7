"""The recorded answers: pages of a table of any size, cut from a ring of recorded items."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec

from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from benchmarks.recorded.items import recorded

RING = 8_000  # items that are truly different
PAGE_BYTES = 2**20  # as DynamoDB counts items; their JSON is longer
_ITEMS = re.compile(r"T(\d+)")
_WRITTEN_TO = re.compile(rb'"RequestItems"\s*:\s*\{\s*"([^"]+)"')


class Answer(NamedTuple):
    status: int
    body: bytes
    crc32: int


class Recording:
    """Tables by name: T5000 has 5,000 items and is read, any other is written to and has as many as were put."""

    def __init__(self, ring: int = RING) -> None:
        items = recorded(ring) * 2  # a page that goes over the end of the ring is a slice, too
        self._json = memoryview(b",".join(items))
        self._starts = [0, *accumulate(len(item) + 1 for item in items)]
        self._sizes = [0, *accumulate(item_size(msgspec.json.decode(item)) for item in items)]
        self._ring = ring
        self._written: dict[str, int] = {}

    def items(self, first: int, last: int) -> memoryview:
        """Their JSON with commas between: of items that are no more than RING."""
        at = first % self._ring
        return self._json[self._starts[at] : self._starts[at + last - first] - 1]

    def page_end(self, first: int, end: int) -> int:
        at = first % self._ring
        fit = bisect_right(self._sizes, self._sizes[at] + PAGE_BYTES, at, at + self._ring) - 1
        return min(end, first + max(1, fit - at))

    def bodies(self, table: str) -> Iterator[bytes]:
        """Of all answers to a Scan in one segment."""
        first, end = 0, items_of(table)
        while first < end:
            last = self.page_end(first, end)
            yield self._page(table, first, last, end).body
            first = last

    def answer(self, operation: str, body: bytes) -> Answer:
        if operation == "BatchWriteItem":
            return _answer(self._write(body))
        request = msgspec.json.decode(body)
        if operation == "DescribeTable":
            return _answer(self._describe(request["TableName"]))
        return self._scan(request) if operation == "Scan" else _refused("UnknownOperationException", operation)

    def _scan(self, request: dict[str, Any]) -> Answer:
        items, segments = items_of(request["TableName"]), request.get("TotalSegments", 1)
        begin, end = (items * (request.get("Segment", 0) + n) // segments for n in (0, 1))
        start = request.get("ExclusiveStartKey")
        first = int(start["id"]["S"]) + 1 if start else begin
        if not begin <= first <= end:
            return _refused("ValidationException", "The provided starting key is invalid: Invalid ExclusiveStartKey.")
        return self._page(request["TableName"], first, self.page_end(first, min(end, first + request.get("Limit", end))), end)

    def _page(self, table: str, first: int, last: int, end: int) -> Answer:
        units = max(1, -(-self._bytes(first, last) // 4096)) / 2
        used = f'{{"ConsumedCapacity":{{"CapacityUnits":{units},"TableName":"{table}"}},"Count":{last - first},"Items":['
        more = f',"LastEvaluatedKey":{{"id":{{"S":"{last - 1:012d}"}}}}' if last < end else ""
        body = b"".join([used.encode(), self.items(first, last) if last > first else b"", f']{more},"ScannedCount":{last - first}}}'.encode()])
        return Answer(200, body, zlib.crc32(body))

    def _bytes(self, first: int, last: int) -> int:
        at = first % self._ring
        return self._sizes[at + last - first] - self._sizes[at]

    def _write(self, body: bytes) -> Any:
        """All are taken; nothing is kept but their number."""
        found = _WRITTEN_TO.search(body)
        table, puts = found[1].decode() if found else "", body.count(b'"PutRequest":')
        self._written[table] = self._written.get(table, 0) + puts
        return {"ConsumedCapacity": [{"CapacityUnits": 2.0 * puts, "TableName": table}], "UnprocessedItems": {}}

    def _describe(self, table: str) -> Any:
        items = items_of(table) if _ITEMS.fullmatch(table) else self._written.get(table, 0)
        described = {
            "TableName": table,
            "TableArn": f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}",
            "TableStatus": "ACTIVE",
            "CreationDateTime": 1_700_000_000.0,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "ItemCount": items,
            "TableSizeBytes": items * self._sizes[-1] // (2 * self._ring),
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 40_000, "WriteCapacityUnits": 40_000},
        }
        return {"Table": described}


def items_of(table: str) -> int:
    found = _ITEMS.fullmatch(table)
    return int(found[1]) if found else 0


def _answer(content: Any, status: int = 200) -> Answer:
    body = msgspec.json.encode(content)
    return Answer(status, body, zlib.crc32(body))


def _refused(code: str, message: str) -> Answer:
    return _answer({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}, 400)
