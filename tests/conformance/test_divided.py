"""Large item collections of a table in DynamoDB Local, divided by us: AWS's own Query takes our bounds, and gives each item once."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.reading import items
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint
from airflow_dynamodb_emr.transfer.raw.write import load
from tests.transfer.raw.fake_s3 import FakeS3
from tests.transfer.raw.tables import KEYS, table_request
from tests.transfer.raw.test_copying import item, sort_keys


def endpoint_of(dynamodb: Any) -> Endpoint:
    return Endpoint(dynamodb.meta.endpoint_url, "us-east-1", Credentials("testing", "testing"))


@pytest.mark.parametrize("kind", ["S", "N", "B"])
def test_each_item_of_a_divided_collection_is_there_once(dynamodb: Any, kind: str) -> None:
    name, chance, fake_s3 = f"divided-{kind}", Random(1), FakeS3()
    dynamodb.create_table(**table_request(name, f"S{kind}"))
    given = [item("large" if n % 10 else f"small{n}", at) for n, at in enumerate(sort_keys(kind, chance, 300))]
    load(endpoint_of(dynamodb), name, KEYS, [("", [json.dumps(each).encode() for each in given])])

    manifest = dump(endpoint_of(dynamodb), fake_s3.place(), name, lambda source: Job(name, source.keys, 2, page_items=5, share_bytes=600), hands=2)

    found = Counter(keys_of(raw) for part in manifest["parts"] for raw in items(fake_s3.place(), Part(**part)))
    scanned = [page["Items"] for page in dynamodb.get_paginator("scan").paginate(TableName=name)]
    assert len(found) == 300 == sum(map(len, scanned)) and set(found.values()) == {1}
    assert manifest["slices"] > 20


def keys_of(raw: bytes) -> str:
    found = json.loads(raw)
    return json.dumps([found["id"], found["at"]])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        pytest.param({":low": "9", ":high": "1"}, "upper bound to be greater than or equal to lower bound", id="bounds the wrong way round"),
        pytest.param({"start": "0"}, "The provided starting key", id="a start below the range"),
        pytest.param({"start": "10"}, "The provided starting key", id="a start above the range"),
        pytest.param({"start": "1"}, "", id="a start at the lower bound"),
        pytest.param({"start": "9"}, "The provided starting key", id="a start at the upper bound"),
    ],
)
def test_what_a_query_of_a_range_may_ask_for(dynamodb: Any, asked: dict[str, str], message: str) -> None:
    name = "asked"
    if name not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(**table_request(name, "SN"))
        dynamodb.put_item(TableName=name, Item=item("k", {"N": "5"}))
    start = {"ExclusiveStartKey": {"id": {"S": "k"}, "at": {"N": asked["start"]}}} if "start" in asked else {}
    values = {":id": {"S": "k"}, ":low": {"N": asked.get(":low", "1")}, ":high": {"N": asked.get(":high", "9")}}
    request = {"KeyConditionExpression": "id = :id AND #at BETWEEN :low AND :high", "ExpressionAttributeNames": {"#at": "at"}}

    if message:
        with pytest.raises(ClientError, match=message):
            dynamodb.query(TableName=name, **request, ExpressionAttributeValues=values, **start)
    else:
        assert dynamodb.query(TableName=name, **request, ExpressionAttributeValues=values, **start)["Count"] == 1
