"""One BatchWriteItem, until all of it is written."""

from __future__ import annotations

import random
import time
from threading import Event
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from airflow_dynamodb_emr.errors import RestoreIncomplete
from airflow_dynamodb_emr.transfer.lines import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ITEMS_AT_MOST = 25
BYTES_AT_MOST = 5_000_000  # a call takes 16 MB, and botocore's ASCII escapes can make three bytes of one
_SIZE_OF = msgspec.json.Encoder().encode
_PASSING = {  # a call refused for one of these was not carried out, or can be carried out again: puts are idempotent
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
}


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait between tries, and when to give a batch up."""

    first_seconds: float = 0.05
    most_seconds: float = 10.0
    deadline_seconds: float = 600.0

    def pause_seconds(self, tries: int) -> float:
        """Full jitter: anything up to a limit that doubles, so that many writers do not come back together."""
        return random.uniform(0, min(self.most_seconds, self.first_seconds * 2 ** min(tries, 20)))


class Batch:
    """Items of different keys, no more than one call takes."""

    def __init__(self) -> None:
        self.items: dict[bytes, Item] = {}
        self.bytes = 0
        self.handed_in = 0

    def __bool__(self) -> bool:
        return bool(self.items)

    def add(self, key: bytes, item: Item) -> bool:
        """False when there is no room. A later item takes the place of an earlier one with its key, which a call refuses to hold twice."""
        size = len(_SIZE_OF(item))
        if self.items and (len(self.items) == ITEMS_AT_MOST or self.bytes + size > BYTES_AT_MOST):
            return False
        self.items[key] = item
        self.bytes += size
        self.handed_in += 1
        return True


def put(dynamodb: DynamoDBClient, table: str, batch: Batch, patience: Patience, gave_up: Event) -> float:
    """Write the whole of *batch* and return the write units it took; raises RestoreIncomplete after `patience.deadline_seconds`."""
    left: list[Any] = [{"PutRequest": {"Item": item}} for item in batch.items.values()]
    units, tries, deadline = 0.0, 0, time.monotonic() + patience.deadline_seconds
    while True:
        left, more = _call(dynamodb, table, left)
        units += more
        if not left:
            return units
        if time.monotonic() > deadline or gave_up.wait(patience.pause_seconds(tries)):
            raise RestoreIncomplete(
                f"{table}: {len(left)} items of a batch were not taken in {patience.deadline_seconds:g} s", "raise the table's write throughput"
            )
        tries += 1


def _call(dynamodb: DynamoDBClient, table: str, requests: list[Any]) -> tuple[list[Any], float]:
    """What is still to be written, and the units taken."""
    try:
        answer = dynamodb.batch_write_item(RequestItems={table: requests}, ReturnConsumedCapacity="TOTAL")
    except (ConnectionError, HTTPClientError):
        return requests, 0.0  # no answer: whether written or not, a put can be repeated
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _PASSING and error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) < 500:
            raise
        return requests, 0.0
    units = sum(each["CapacityUnits"] for each in answer.get("ConsumedCapacity", []))
    return answer["UnprocessedItems"].get(table, []), units
