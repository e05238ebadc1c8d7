"""Tables in DynamoDB Local, copied by AWS's library on one side and by us on the other: nothing may differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from any_item import ITEMS, LOADABLE_ITEMS
from botocore.credentials import Credentials
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.connector.command import main
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.transfer.compare import Difference, compare
from airflow_dynamodb_emr.transfer.lines import Item, connector_line, item, json_of
from airflow_dynamodb_emr.transfer.parts import lines, parts_of
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint
from airflow_dynamodb_emr.transfer.raw.write import load
from airflow_dynamodb_emr.transfer.scan import scan

KEYS = Keys("id")
TABLES = (f"table-{number}" for number in itertools.count(1))
EXPORT, IMPORT = (f"org.apache.hadoop.dynamodb.tools.DynamoDB{verb}" for verb in ("Export", "Import"))


def collected(items: st.SearchStrategy[Item]) -> list[Item]:
    """Some hundred, each with a key of its own: a job of Hadoop's takes seconds, too long to ask for one item at a time."""
    found: list[Item] = []

    @settings(max_examples=100, database=None, phases=[Phase.generate])
    @given(items)
    def collect(each: Item) -> None:
        found.append(each)

    collect()
    return [{**each, "id": {"S": f"k{n}"}} for n, each in enumerate(found)]


@pytest.fixture(scope="session")
def items() -> list[Item]:
    return collected(ITEMS)


@pytest.fixture(scope="session")
def loadable_items() -> list[Item]:
    return collected(LOADABLE_ITEMS)


@pytest.fixture(scope="session")
def files() -> Iterator[StandIn]:
    """The S3 that the emulation writes to."""
    with stand_in() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One that is not there yet."""
    return tmp_path / "lines"


def table(dynamodb: Any, items: list[Item] | tuple[Item, ...] = ()) -> str:
    """A new one in DynamoDB Local."""
    name = next(TABLES)
    keys = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
    dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **keys)
    load(endpoint_of(dynamodb), name, KEYS, [("items", map(json_of, items))])
    return name


def endpoint_of(dynamodb: Any) -> Endpoint:
    return Endpoint(dynamodb.meta.endpoint_url, "us-east-1", Credentials("testing", "testing"))


def items_of(dynamodb: Any, name: str) -> Iterator[Item]:
    return itertools.chain.from_iterable(scan(endpoint_of(dynamodb), name))


def difference(dynamodb: Any, left: str, right: str) -> Difference:
    return compare(items_of(dynamodb, left), items_of(dynamodb, right), ["id"])


def test_what_aws_exports_we_load_without_a_difference(oracle: Any, dynamodb: Any, dynamodb_local: str, folder: Path, items: list[Item]) -> None:
    source, target = table(dynamodb, items), table(dynamodb)
    assert oracle.ask(do="export", endpoint=dynamodb_local, table=source, folder=str(folder)) == {}

    lines_ = (line for part in folder.glob("part-*") for line in part.read_bytes().splitlines())
    loaded = load(endpoint_of(dynamodb), target, KEYS, [("all", (json_of(item(line)) for line in lines_))])

    assert loaded.items == len(items)
    assert difference(dynamodb, source, target) == Difference(equal=len(items))


def test_what_we_write_aws_imports_without_a_difference(
    oracle: Any, dynamodb: Any, dynamodb_local: str, folder: Path, loadable_items: list[Item]
) -> None:
    source, target = table(dynamodb, loadable_items), table(dynamodb)
    folder.mkdir()
    (folder / "lines").write_bytes(b"".join(connector_line(each) + b"\n" for each in items_of(dynamodb, source)))

    assert oracle.ask(do="import", endpoint=dynamodb_local, table=target, folder=str(folder)) == {}

    assert difference(dynamodb, source, target) == Difference(equal=len(loadable_items))


def test_the_emulation_exports_the_lines_that_aws_exports(
    oracle: Any, dynamodb: Any, dynamodb_local: str, files: StandIn, folder: Path, items: list[Item]
) -> None:
    source, ours = table(dynamodb, items), S3Uri("local-backups", next(TABLES))
    assert oracle.ask(do="export", endpoint=dynamodb_local, table=source, folder=str(folder)) == {}

    run(files, EXPORT, f"-Ddynamodb.endpoint={dynamodb_local}", str(ours), source, "0.25", "4")

    s3 = files.client("s3")
    written = [line for part in parts_of(s3, ours) for line in lines(s3, part)]
    expected = [line for part in folder.glob("part-*") for line in part.read_bytes().splitlines()]
    assert compare(map(item, written), map(item, expected), ["id"]) == Difference(equal=len(items))
    assert len(written) == len(expected)


def test_the_emulation_imports_what_it_has_exported(dynamodb: Any, dynamodb_local: str, files: StandIn, loadable_items: list[Item]) -> None:
    source, target, folder = table(dynamodb, loadable_items), table(dynamodb), S3Uri("local-backups", next(TABLES))

    run(files, EXPORT, f"-Ddynamodb.endpoint={dynamodb_local}", str(folder), source, "0.25", "4")
    run(files, IMPORT, f"-Ddynamodb.endpoint={dynamodb_local}", str(folder), target, "0.25")

    assert difference(dynamodb, source, target) == Difference(equal=len(loadable_items))


@pytest.mark.parametrize("value", ['{"l":[]}', '{"m":{}}', '{"l":[{"m":{}}]}', '{"nULLValue":true}'])
def test_aws_refuses_to_import_what_we_say_it_cannot_load(oracle: Any, dynamodb: Any, dynamodb_local: str, folder: Path, value: str) -> None:
    target, before = table(dynamodb), len(oracle.log())
    folder.mkdir()
    (folder / "lines").write_text('{"id":{"s":"x"},"value":' + value + "}\n")

    answer = oracle.ask(do="import", endpoint=dynamodb_local, table=target, folder=str(folder))

    assert "Job failed!" in answer["failed"]
    assert "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" in oracle.log()[before:]
    assert list(items_of(dynamodb, target)) == []


def run(files: StandIn, *arguments: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in files.env.items():
            patch.setenv(name, value)
        assert main(arguments) == 0
