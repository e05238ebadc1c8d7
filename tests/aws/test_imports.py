"""An import is begun once, however often it is asked for, and counts only when every item of the dump went in."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from any_item import ITEMS
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.aws import exportproof, exports, imports, schemas, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import importing
from airflow_dynamodb_emr.core.importing import Imported, Wish, reasons
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.schema import Schema, create_request
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.lines import dynamodb_line
from tests.core import makers

from .conftest import MakeTable
from .exportable import exportable, wish_of
from .helpers import refusal, until

ACCOUNT = "123456789012"


def dumped(store: Store, folder: S3Uri, table: str, *parts: list[Any]) -> TableManifest:
    """As the raw engine leaves it: parts in `data/`, of DynamoDB JSON."""
    keys = [f"{table}/1/data/part-0-{number}.json.gz" for number in range(len(parts))]
    for key, items in zip(keys, parts, strict=True):
        store.put(folder / key, gzip.compress(b"".join(dynamodb_line(item) + b"\n" for item in items)))
    made = [makers.part(key, len(items)) for key, items in zip(keys, parts, strict=True)]
    return structs.replace(makers.manifest(table, ("native", "worker")), parts=made, items=sum(map(len, parts)))


def schema_of(clients: Clients, table: str) -> Schema:
    ((schema,), _) = schemas.save(clients, [table])
    return schema


def wish(schema: Schema, manifest: TableManifest, folder: S3Uri, name: str) -> Wish:
    assert importing.no_import(schema, manifest) == ""
    return importing.wish(create_request(schema, name), f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{name}", manifest, folder, "run")


@pytest.fixture
def small(clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str) -> Wish:
    """A dump of three items."""
    manifest = dumped(store, folder, prefix, [{"id": {"S": "a"}}, {"id": {"S": "b"}}], [{"id": {"S": "c"}}])
    return wish(schema_of(clients, make_table(prefix)), manifest, folder, f"{prefix}restored")


def ended(clients: Clients, begun: Imported) -> Imported:
    return until(lambda: (found := imports.describe(clients.dynamodb, begun.arn)).status != "IN_PROGRESS" and found)


def test_a_dump_becomes_a_table(clients: Clients, small: Wish) -> None:
    begun = imports.begin(clients.dynamodb, small)

    found = ended(clients, begun)

    assert (begun.status, found.status, reasons(found, small.items)) == ("IN_PROGRESS", "COMPLETED", [])
    assert clients.dynamodb.scan(TableName=small.name)["Count"] == 3
    assert found.log.startswith("/aws-dynamodb/imports, stream 0")


@pytest.mark.parametrize("seconds", [0, 0.6, 600], ids=["ended", "running", "just begun"])
def test_whoever_asks_again_gets_the_same_import(aws: StandIn, clients: Clients, small: Wish, seconds: float) -> None:
    aws.set(import_seconds=seconds)
    first = imports.begin(clients.dynamodb, small)
    if seconds == 0.6:
        until(lambda: tables.describe(clients.dynamodb, small.name))

    assert imports.begin(clients.dynamodb, small).arn == first.arn


def test_an_import_whose_answer_was_lost_is_found_again(aws: StandIn, clients: Clients, impatient: Clients, small: Wish) -> None:
    aws.faults(lose_answer={"dynamodb.ImportTable": 1})
    with pytest.raises(ClientError, match="loses this answer"):
        imports.begin(impatient.dynamodb, small)

    assert ended(clients, imports.begin(clients.dynamodb, small)).written == 3


def test_a_table_that_is_there_by_other_ways_is_refused(clients: Clients, make_table: MakeTable, small: Wish) -> None:
    make_table(small.name)

    with pytest.raises(BadInput) as error:
        imports.begin(clients.dynamodb, small)

    assert "exists already" in refusal(error)[0]


def test_a_table_that_was_made_anew_under_the_name_is_refused_too(clients: Clients, make_table: MakeTable, small: Wish) -> None:
    ended(clients, imports.begin(clients.dynamodb, small))
    clients.dynamodb.delete_table(TableName=small.name)
    make_table(small.name)

    with pytest.raises(BadInput, match="exists already"):
        imports.begin(clients.dynamodb, small)


@pytest.mark.parametrize("fails", [True, False], ids=["failed", "completed"])
def test_once_its_table_was_deleted_it_is_imported_anew(aws: StandIn, clients: Clients, small: Wish, fails: bool) -> None:
    aws.faults(fail_imports={small.name: int(fails)})
    first = ended(clients, imports.begin(clients.dynamodb, small))
    assert first.status == ("FAILED" if fails else "COMPLETED")
    assert imports.begin(clients.dynamodb, small).arn == first.arn, "while it is there, nothing else can be done"
    clients.dynamodb.delete_table(TableName=small.name)

    second = imports.begin(clients.dynamodb, small)

    assert second.arn != first.arn and ended(clients, second).status == "COMPLETED"


def test_another_source_is_not_taken_for_this_one(aws: StandIn, clients: Clients, small: Wish) -> None:
    aws.set(import_seconds=600)
    imports.begin(clients.dynamodb, small)

    with pytest.raises(BadInput, match="has begun to import"):
        imports.begin(clients.dynamodb, structs.replace(small, folder=small.folder / "deeper"))


def test_a_prefix_of_nothing_completes_and_does_not_count(clients: Clients, small: Wish) -> None:
    found = ended(clients, imports.begin(clients.dynamodb, structs.replace(small, folder=small.folder / "nothing")))

    assert found.status == "COMPLETED"
    assert reasons(found, small.items) == ["0 items went in and 0 did not, the dump has 3"]


def test_a_bad_line_is_told_with_where_to_read_of_it(clients: Clients, store: Store, small: Wish) -> None:
    store.put(small.folder / "part-9.json.gz", gzip.compress(b"not an item\n"))

    (why,) = reasons(ended(clients, imports.begin(clients.dynamodb, small)), small.items)

    assert why.startswith("its import is FAILED: ItemValidationError") and "3 items went in, 1 lines did not: see /aws-dynamodb/imports" in why


def test_indexes_and_capacity_come_back(clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    more = {"AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "mail")]}
    index = {"IndexName": "by_mail", "KeySchema": [{"AttributeName": "mail", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}}
    source = schema_of(clients, make_table(prefix, 7, GlobalSecondaryIndexes=[{**index, **units}], **more))
    asked = wish(source, dumped(store, folder, prefix, [{"id": {"S": "a"}, "mail": {"S": "x"}}]), folder, f"{prefix}restored")

    ended(clients, imports.begin(clients.dynamodb, asked))

    made = schema_of(clients, asked.name).table
    assert made["ProvisionedThroughput"]["ReadCapacityUnits"] == 7
    (found,) = made["GlobalSecondaryIndexes"]
    assert (found["ProvisionedThroughput"]["WriteCapacityUnits"], found["ItemCount"]) == (4, 1)


_MANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.lists(st.lists(ITEMS, max_size=3), min_size=1, max_size=2))
@_MANY
def test_what_the_raw_engine_wrote_is_imported_item_by_item(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, parts: list[list[Any]]
) -> None:
    name = next(_names)
    numbered = [[{**item, "id": {"S": f"k{part}-{number}"}} for number, item in enumerate(items)] for part, items in enumerate(parts)]
    manifest = dumped(store, folder, name, *numbered)
    asked = wish(schema_of(clients, make_table(name)), manifest, folder, f"{name}restored")

    found = ended(clients, imports.begin(clients.dynamodb, asked))

    assert reasons(found, manifest.items) == []
    difference = compare([item for items in numbered for item in items], clients.dynamodb.scan(TableName=asked.name)["Items"], ["id"])
    assert not difference, difference


@given(st.lists(ITEMS, max_size=4))
@_MANY
def test_what_dynamodb_exported_is_imported_item_by_item(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, items: list[Any]
) -> None:
    name = exportable(clients, make_table, next(_names))
    for number, item in enumerate(items):
        clients.dynamodb.put_item(TableName=name, Item={**item, "id": {"S": f"k{number}"}})
    exporting = wish_of(clients, folder / name, name)
    export = exports.describe(clients.dynamodb, exports.begin(clients, exporting).arn)
    assert export
    manifest = exportproof.proved(store, exporting, export)
    assert isinstance(manifest, TableManifest)
    asked = wish(schema_of(clients, name), manifest, folder / name, f"{name}restored")

    found = ended(clients, imports.begin(clients.dynamodb, asked))

    assert reasons(found, len(items)) == []
    difference = compare(*(clients.dynamodb.scan(TableName=each)["Items"] for each in (name, asked.name)), ["id"])
    assert not difference, difference


_names = (f"Imported{number}" for number in range(1_000_000))
