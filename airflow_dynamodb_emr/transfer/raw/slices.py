"""The slices of a table that are read one after the other: the segments of a parallel scan, and ranges of item collections too large for one of them.

A segment is read page by page, each page asked for with the last key of the one before: it can be no faster than that, and cannot be divided. What is
large in a segment is an item collection, many items of one hash key, because hash keys themselves spread evenly. A range of sort keys of it can be
queried by itself. So a slice that has read its share, and is in the middle of a collection, gives up the rest of it: as ranges that others can read,
and its own segment from the collection's end.

Where a slice is divided is decided by what is in the table and by the plan, not by who is idle: the same table gives the same parts.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from airflow_dynamodb_emr.transfer.raw.between import between, later, order

RANGE_SHARES = 4
WAYS = 8  # a collection is divided into so many ranges
_LONGEST_NAME = 200  # an object's key has 1024 bytes at most; a range of a range of a range is no longer worth dividing anyway


class Keys(NamedTuple):
    """Names of a table's key attributes."""

    hash: str
    range: str = ""


class Slice(NamedTuple):
    """Its name is its place: in order of names, the slices of a table are its items in the order of a scan.

    Segment 07 that has met two large collections is `07`, ranges `07.0000.1` to `.8` of the first, `07.0001` up to the second, its ranges
    `07.0001.1` to `.8`, and `07.0002`. A range that is divided itself has the ranges `07.0001.3.1` to `.8`.
    """

    name: str
    segment: int = 0
    segments: int = 1
    start: str = ""  # JSON of the key after which it begins; empty: at its beginning
    collection: str = ""  # JSON of the hash key whose items are queried; empty: a segment is scanned
    end: str = ""  # JSON of the sort key up to which, itself included

    def request(self, table: str, keys: Keys, most_items: int, after: bytes) -> tuple[str, bytes]:
        """Operation and body of the call for the page *after* a key."""
        asked: dict[str, Any] = {"TableName": table, "ReturnConsumedCapacity": "TOTAL"}
        if most_items:
            asked["Limit"] = most_items
        operation = self._query(asked, keys) if self.collection else self._scan(asked)
        body = json.dumps(asked).encode()
        return operation, body[:-1] + b', "ExclusiveStartKey": ' + after + b"}" if after else body

    def _scan(self, asked: dict[str, Any]) -> str:
        if self.segments > 1:
            asked.update(Segment=self.segment, TotalSegments=self.segments)
        return "Scan"

    def _query(self, asked: dict[str, Any], keys: Keys) -> str:
        low = json.loads(self.start)[keys.range]
        asked.update(
            KeyConditionExpression="#h = :h AND #r BETWEEN :low AND :high",
            ExpressionAttributeNames={"#h": keys.hash, "#r": keys.range},
            ExpressionAttributeValues={":h": json.loads(self.collection), ":low": low, ":high": json.loads(self.end)},
        )
        return "Query"

    def is_within(self, before: bytes, after: bytes, keys: Keys) -> bool:
        """Is all between these two last keys one collection's?"""
        if not keys.range or not before or not after:
            return False
        return bool(self.collection) or json.loads(before)[keys.hash] == json.loads(after)[keys.hash]

    def ends_at(self, after: bytes, keys: Keys) -> bool:
        """Is this last key the end of its range? DynamoDB may say that there is more, and refuses to be asked for what lies behind."""
        return bool(self.end and after) and order(json.loads(after)[keys.range]) >= order(json.loads(self.end))

    @property
    def shares(self) -> int:
        """That are read before it is divided; each division costs pages that are not full, and a range is one already."""
        return RANGE_SHARES if self.collection else 1

    @property
    def may_be_divided(self) -> bool:
        return len(self.name) < _LONGEST_NAME

    def divided(self, after: bytes, last: dict[str, Any], keys: Keys) -> list[Slice]:
        """What takes its place behind the key *after*: ranges up to the sort key of the collection's *last* item, and what is left of its segment.

        The last item may lie before *after* by now, whose own item is deleted then.
        """
        at = json.loads(after)
        low = at[keys.range]
        end = json.loads(self.end) if self.end else later(low, last[keys.range])
        bounds = [] if low == end else [low, *between(low, end, WAYS - 1), end]
        segment, _, turn = self.name.partition(".")
        of = self.name if self.collection else f"{segment}.{int(turn or 0):04}"
        ranges = [self._range(f"{of}.{number}", at[keys.hash], *ends, keys) for number, ends in enumerate(zip(bounds, bounds[1:]), 1)]
        if self.collection:
            return ranges
        rest = self._replace(name=f"{segment}.{int(turn or 0) + 1:04}", start=json.dumps({keys.hash: at[keys.hash], keys.range: end}))
        return [*ranges, rest]

    def _range(self, name: str, hashed: dict[str, str], low: dict[str, str], high: dict[str, str], keys: Keys) -> Slice:
        start = json.dumps({keys.hash: hashed, keys.range: low})
        return self._replace(name=name, start=start, collection=json.dumps(hashed), end=json.dumps(high))


def last_of_collection(table: str, after: bytes, keys: Keys) -> tuple[str, bytes]:
    """The call for a collection's last item."""
    hashed = json.loads(after)[keys.hash]
    asked = {
        "TableName": table,
        "KeyConditionExpression": "#h = :h",
        "ExpressionAttributeNames": {"#h": keys.hash},
        "ExpressionAttributeValues": {":h": hashed},
        "ScanIndexForward": False,
        "Limit": 1,
    }
    return "Query", json.dumps(asked).encode()


def segments_of(number: int) -> list[Slice]:
    width = len(str(number - 1))
    return [Slice(f"{segment:0{width}}", segment, number) for segment in range(number)]
