"""`dynamodb-emr convert` and `diff`, against the stand-in as a process."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.connector.command import main as connector
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.transfer import convert
from airflow_dynamodb_emr.transfer.lines import Item
from tests.transfer.test_pipeline import pipeline_line

TABLE, ORDERS = "PROD_all.types", "PROD_orders"
NUMBERS = itertools.count()
IMPORT = "org.apache.hadoop.dynamodb.tools.DynamoDBImport"
COUNTS = ("only_in_a", "only_in_b", "different", "equal")


@pytest.fixture(scope="module")
def aws() -> Iterator[StandIn]:
    with stand_in(fleet=4, burst_seconds=10_000, create_seconds=0) as running, pytest.MonkeyPatch.context() as patch:
        for name, value in running.env.items():
            patch.setenv(name, value)
        yield running


@pytest.fixture
def folder() -> str:
    return f"s3://local-backups/formats/{next(NUMBERS)}"


@pytest.fixture(scope="module")
def dump(aws: StandIn) -> str:
    assert cli.main(["dump", TABLE, "s3://local-backups/formats/dump"]) == 0
    return "s3://local-backups/formats/dump"


def table(aws: StandIn, items: list[Item]) -> str:
    name = f"FORMATS_{next(NUMBERS)}"
    key = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **key)

    for item in items:
        dynamodb.put_item(TableName=name, Item=item)
    return name


def put(aws: StandIn, folder: str, name: str, body: bytes) -> None:
    uri = S3Uri.parse(folder) / name
    aws.client("s3").put_object(Bucket=uri.bucket, Key=uri.key, Body=body)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert cli.main([*arguments, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_there_and_back_through_every_format_is_the_same(aws: StandIn, dump: str, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    there, back, made = f"{folder}/connector", f"{folder}/back", f"MADE_{next(NUMBERS)}"

    assert told(capsys, "convert", dump, there, "--to", "connector", "--anyway") == {"items": 400, "parts": 1}
    assert told(capsys, "convert", there, back, "--to", "dynamodb-json") == {"items": 400, "parts": 1}
    cli.main(["load", back, made, "--create"])

    same = dict.fromkeys(COUNTS, 0) | {"equal": 400, "examples": []}
    for a, b in ((dump, there), (made, back)):
        assert told(capsys, "diff", a, b) == same
    assert told(capsys, "diff", TABLE, made, "--sample", "50") == same | {"equal": 50}
    assert aws.client("dynamodb").describe_table(TableName=made)["Table"]["KeySchema"]


def test_the_connector_loads_what_was_converted_for_it(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    items = [{"id": {"S": f"k{number}"}, "n": {"N": "0.1"}, "M": {"M": {"S": {"NULL": True}}}} for number in range(10)]
    source, target = table(aws, items), table(aws, [])
    cli.main(["dump", source, folder])

    assert cli.main(["convert", folder, f"{folder}-connector", "--to", "connector"]) == 0
    assert connector([IMPORT, f"{folder}-connector", target, "0.5"]) == 0

    assert told(capsys, "diff", source, target)["equal"] == 10


def test_what_the_connector_cannot_load_is_refused(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    source = table(aws, [{"id": {"S": "k"}, "empty": {"L": []}}])
    cli.main(["dump", source, folder])
    capsys.readouterr()

    assert cli.main(["convert", folder, f"{folder}-x", "--to", "connector"]) == 2
    refused = capsys.readouterr().err
    assert cli.main(["convert", folder, f"{folder}-x", "--to", "connector", "--anyway"]) == 0

    assert "has 1 item with empty lists or maps" in refused and "--anyway" in refused
    assert "1 item holds empty lists or maps: the connector cannot load this dump" in capsys.readouterr().err


def test_data_pipelines_first_format_is_loaded(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    items = [{"id": {"S": f"k{number}"}, "my key:/#": {"N": "1.50"}} for number in range(3)]
    put(aws, folder, "ae10f955_000000", b"".join(pipeline_line(each) + b"\n" for each in items))
    target = table(aws, items[1:])

    assert told(capsys, "diff", folder, target, status=1)["examples"] == [{"what": "only_in_a", "key": {"id": {"S": "k0"}}}]
    assert cli.main(["load", folder, target]) == 0

    assert "Data Pipeline's first format" in capsys.readouterr().err
    assert told(capsys, "diff", folder, target) == dict.fromkeys(COUNTS, 0) | {"equal": 3, "examples": []}


def test_several_processes_convert_as_one_does(
    aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "A_PROCESS_BYTES", 1)
    for part in range(3):
        lines = (pipeline_line({"id": {"S": f"{part} {number}"}, "l": {"L": [{"N": "1.0"}]}}) for number in range(50))
        put(aws, folder, f"{part}_000000", b"".join(line + b"\n" for line in lines))

    several = told(capsys, "convert", folder, f"{folder}-2", "--to", "connector", "--at-once", "2")
    one = told(capsys, "convert", folder, f"{folder}-1", "--to", "connector", "--at-once", "1")

    assert several == one == {"items": 150, "parts": 3}
    assert told(capsys, "diff", f"{folder}-1", f"{folder}-2", "--keys", "id")["equal"] == 150


def test_a_difference_is_told_with_its_cost_beforehand(aws: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    same, left = {"id": {"S": "same"}}, {"id": {"S": "left"}}
    a = table(aws, [same, left, {"id": {"S": "x"}, "v": {"N": "1"}}])
    b = table(aws, [same, {"id": {"S": "x"}, "v": {"N": "2"}}, {"id": {"S": "r"}}])

    assert cli.main(["diff", a, b, "--units", "100"]) == 1

    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "  equal      1",
        "  different  1",
        "  only in A  1",
        "  only in B  1",
        "",
        '  only in A  {"id":{"S":"left"}}',
        '  only in B  {"id":{"S":"r"}}',
        '  different  {"id":{"S":"x"}}',
    ]
    assert err.startswith(f"A: table {a}: about 3 items, ") and " read units, " in err and " at 100 a second, on demand: " in err


BARE = "s3://local-backups/formats/bare"
BAD = {
    "no table": (["diff", "NOWHERE", TABLE], "table NOWHERE is not there"),
    "no dump": (["diff", TABLE, "s3://local-backups/formats/none"], "there is no dump here"),
    "other keys": (["diff", TABLE, ORDERS], "A has the keys id; B has the keys "),
    "other keys than asked for": (["diff", TABLE, TABLE, "--keys", "other"], "--keys has the keys other"),
    "no keys known": (["diff", BARE, BARE], "neither of the two says"),
    "into itself": (["convert", BARE, "s3://local-backups/formats/bare/x", "--to", "connector"], "lies in the other"),
    "into a folder that is taken": (["convert", "{dump}", BARE, "--to", "connector"], "holds data.gz"),
    "over a dump": (["convert", BARE, "{dump}", "--to", "connector"], "holds a dump already"),
    "no such bucket": (["convert", "{dump}", "s3://nowhere-at-all/x", "--to", "connector"], "bucket nowhere-at-all is not there"),
    "a backup's table that is not there": (
        ["convert", "{dump}#orders", "s3://local-backups/formats/y", "--to", "connector"],
        "no manifest of orders",
    ),
}


@pytest.mark.parametrize(("arguments", "facts"), BAD.values(), ids=BAD)
def test_bad_input_is_refused(aws: StandIn, dump: str, arguments: list[str], facts: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(aws, BARE, "data.gz", gzip.compress(b'{"id":{"S":"k"}}\n'))
    capsys.readouterr()

    assert cli.main([each.format(dump=dump) for each in arguments]) == 2

    line, hint = capsys.readouterr().err.splitlines()
    assert facts in line
    assert hint.startswith("HINT: ")


def test_where_nobody_knows_the_keys_they_can_be_given(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(aws, folder, "data.gz", gzip.compress(b'{"a":{"s":"k"},"b":{"n":"1"}}\n{"a":{"s":"k"},"b":{"n":"2"}}\n'))

    assert told(capsys, "diff", folder, folder, "--keys", "a,b")["equal"] == 2
    assert cli.main(["diff", folder, folder, "--keys", "c"]) == 1
    assert "lacks the key attribute 'c'" in capsys.readouterr().err
