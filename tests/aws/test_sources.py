"""Dumps are found by each of the names that people have for them, and what is none is called what it is."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from airflow_dynamodb_emr.aws import sources
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import connector_manifest
from airflow_dynamodb_emr.errors import BadInput, DataDamaged, DynamoDBBackupError, NotFound
from airflow_dynamodb_emr.transfer import dumps, formats, lines
from airflow_dynamodb_emr.transfer.dumps import Found
from airflow_dynamodb_emr.transfer.lines import Item, connector_line, dynamodb_line, json_of
from tests.transfer.raw.fake_s3 import BUCKET
from tests.transfer.test_pipeline import pipeline_line

from .fabricated import CHANGED, COPIED, EXPORTED, ITEMS, PACKED, PLAIN, TABLES, Fabricated, change_line, item

ALL = [each for part in ITEMS for each in part]
THERE = S3Uri(BUCKET, "of/others")


@pytest.fixture
def made() -> Fabricated:
    return Fabricated()


def found_items(made: Fabricated, found: Found) -> list[Item]:
    return [lines.item(raw) for raw in dumps.flat(found.items(made.clients.s3))]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", ["{backup}#{table}", "{backup}/{table}/1", "{backup}/{table}", "{backup}/{table}/1/"])
def test_a_table_of_a_backup_has_many_names(made: Fabricated, table: str, name: str) -> None:
    found = sources.find(made.store, name.format(backup=made.folder.uri, table=table))

    assert (found.table, found.keys, found.schemas) == (table, ["id"], [made.folder.schema(table)])
    assert sorted(item["id"]["S"] for item in found_items(made, found)) == sorted(item["id"]["S"] for item in ALL)


def test_an_increment_comes_with_what_it_stands_on() -> None:
    changed = [[change_line({**item(2), "n": {"N": "22"}}), change_line(item(4), kept=False)], [change_line(item(6))]]
    made = Fabricated(lines={CHANGED: changed})

    found = sources.find(made.store, f"{made.folder.uri}#{CHANGED}")

    assert {item["id"]["S"]: item["n"]["N"] for item in found_items(made, found)} == {"item 1": "1", "item 2": "22", "item 3": "3"} | {
        "item 5": "5",
        "item 6": "6",
    }
    assert "with 1 increment folded in" in str(found)
    assert not found.is_counted


@pytest.mark.parametrize("name", ["", "/AWSDynamoDB", "/AWSDynamoDB/{id}", "/AWSDynamoDB/{id}/data"])
def test_a_native_export_is_named_by_any_of_its_folders(made: Fabricated, name: str) -> None:
    copy(made, made.folder.data(EXPORTED, 1), THERE)

    found = sources.find(made.store, f"{THERE}{name.format(id='0123-' + EXPORTED)}")

    assert (found.items_announced, found.table, found.form) == (5, EXPORTED, "dynamodb-json")
    assert found_items(made, found) == ALL


FORMS: dict[str, tuple[Any, str]] = {
    "the connector's": (connector_line, "connector"),
    "the connector 4's": (lambda each: connector_line(each).replace(b'"nULL"', b'"nULLValue"'), "connector"),
    "DynamoDB JSON": (dynamodb_line, "dynamodb-json"),
    "bare items": (json_of, "api"),
    "Data Pipeline's first": (pipeline_line, "data-pipeline"),
}


@pytest.mark.parametrize("named", [True, False], ids=["with a manifest", "without"])
@pytest.mark.parametrize(("line", "form"), FORMS.values(), ids=FORMS)
def test_files_of_others_are_told_by_looking(made: Fabricated, line: Any, form: str, named: bool) -> None:
    items: list[Item] = [{"id": {"S": str(number)}, "none": {"NULL": True}} for number in range(3)]
    put(made, "_SUCCESS")
    put(made, "empty")
    put(made, "a1", b"\n" + line(items[0]) + b"\n" + line(items[1]))
    put(made, "b2.gz", gzip.compress(line(items[2]) + b"\n"))
    if named:
        put(made, "manifest", connector_manifest([S3Uri("elsewhere", f"moved/{name}") for name in ("a1", "b2.gz")]))

    found = sources.find(made.store, str(THERE))

    assert found.form == form
    assert str(found) == f"{THERE}: {found.content_bytes} B in {2 if named else 3} parts, {formats.WORDS[form]}"
    assert found_items(made, found) == items


def test_a_dump_of_nothing_has_no_items(made: Fabricated) -> None:
    put(made, "manifest", connector_manifest([]))

    found = sources.find(made.store, str(THERE))

    assert found_items(made, found) == []


WRONG: dict[str, tuple[bytes, str]] = {
    "Ion": (b"$ion_1_0 {Item:{id:\"k1\"}}\n", "is Amazon Ion, which cannot be read here\nHINT: export the table as DYNAMODB_JSON"),
    "binary Ion": (b"\xe0\x01\x00\xea" + bytes(50), "is Amazon Ion"),
    "Parquet": (b"PAR1" + bytes(50), "is Parquet"),
    "bzip2": (b"BZh91AY&SY", "is packed by bzip2"),
    "a zip file": (b"PK\x03\x04" + bytes(50), "is a zip file"),
    "changes": (change_line(item(1)), "is of an incremental export"),
    "a Scan": (b'{"Items":[{"id":{"S":"k1"}}],"Count":1}', "is the answer to a Scan or Query"),
    "a Scan, over several lines": (b'{\n  "Items": [\n', "holds no dump: this line is no JSON"),
    "plain JSON": (b'{"id":"k1"}', "is JSON without DynamoDB's types: 'id' should be as in {\"S\":\"...\"}"),
    "CSV": (b"id,n\nk1,1\n", "holds no dump: this line is no JSON"),
    "a list": (b"[1]\n", "holds no dump: this line is no item"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "facts"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_what_is_no_dump_is_called_what_it_is(made: Fabricated, pack: Any, body: bytes, facts: str) -> None:
    put(made, "x", pack(body))

    refused = refusal(made, str(THERE), BadInput)

    assert refused.startswith(f"{THERE}/x ") and facts in refused
    assert "\nHINT: " in refused


def test_a_backup_of_many_tables_asks_which(made: Fabricated) -> None:
    refused = refusal(made, str(made.folder.uri), BadInput)

    assert refused.startswith(f"{made.folder.uri} is a backup of 5 tables\nHINT: name one of its tables, as in '{made.folder.uri}#PROD_changed'")


def test_a_backup_of_one_table_is_that_table(made: Fabricated) -> None:
    assert sources.find(made.store, str(made.base.uri)).table == CHANGED


def test_a_table_that_the_backup_has_not_is_not_there(made: Fabricated) -> None:
    assert "has no manifest of PROD_other" in refusal(made, f"{made.folder.uri}#PROD_other", NotFound)


def test_nothing_is_nothing(made: Fabricated) -> None:
    put(made, "deep/down/data")

    assert refusal(made, str(THERE), NotFound).endswith("there is no dump here\nHINT: it holds folders: deep; name the dump's own")
    assert "HINT: name the folder that holds the data files" in refusal(made, str(THERE / "none"), NotFound)
    assert "expected s3://bucket/prefix" in refusal(made, "orders", BadInput)


DAMAGE: dict[str, tuple[str, str, str]] = {
    "a file of an export is gone": (f"{EXPORTED}/1", "0q7.json.gz", "is not there, and the export's manifest names it"),
    "an export that is not finished": (f"{EXPORTED}/1", "manifest-summary.json", "the export is not finished, or was not copied as a whole"),
    "a part of the connector's is gone": (f"{PLAIN}/1", "0c1f8d2e", "is not there, and "),
    "a copy that was not finished": (f"{COPIED}/1", "/manifest.json", "holds a dump that was not finished"),
}


@pytest.mark.parametrize(("source", "gone", "facts"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_not_whole_is_refused(made: Fabricated, source: str, gone: str, facts: str) -> None:
    copy(made, made.folder.uri / source, THERE)
    del made.s3.objects[next(key for key in made.s3.objects if key.startswith(THERE.key) and key.endswith(gone))]

    assert facts in refusal(made, str(THERE), DataDamaged)


@pytest.mark.parametrize(("edit", "facts"), [
    ({"outputFormat": "ION"}, "is an export in ION"),
    ({"exportFromTime": "2026-11-22T00:00:00Z"}, "is an incremental export"),
    ({"itemCount": 6}, "holds 5 items by its list of files, 6 by its summary"),
])  # fmt: skip
def test_exports_of_other_kinds_are_refused(made: Fabricated, edit: dict[str, Any], facts: str) -> None:
    from .fabricated import _put_checked

    copy(made, made.folder.data(EXPORTED, 1), THERE)
    root = THERE / "AWSDynamoDB" / f"0123-{EXPORTED}"
    summary = json.loads(made.store.read(root / "manifest-summary.json") or b"")
    _put_checked(made, root / "manifest-summary", json.dumps(summary | edit).encode())

    assert facts in refusal(made, str(THERE), DynamoDBBackupError)


@pytest.mark.parametrize("table", [PLAIN, PACKED, COPIED, EXPORTED])
def test_a_part_that_has_changed_since_is_damaged(made: Fabricated, table: str) -> None:
    key = made.key(table)
    data = made[key]
    text = gzip.decompress(data) if key.endswith(".gz") else data
    changed = text.replace(b"item 1", b"item 9")
    made.s3.objects[(made.folder.uri / key).key] = gzip.compress(changed) if key.endswith(".gz") else changed

    with pytest.raises(DataDamaged, match="not what was written"):
        found_items(made, sources.find(made.store, f"{made.folder.uri}#{table}"))


def put(made: Fabricated, name: str, body: bytes = b"") -> None:
    made.store.put(THERE / name, body)


def copy(made: Fabricated, source: S3Uri, into: S3Uri) -> None:
    for uri, _ in list(made.store.objects(source)):
        made.s3.objects[(into / source.relative(uri)).key] = made.s3.objects[uri.key]
        made.s3.etags[(into / source.relative(uri)).key] = made.s3.etags[uri.key]


def refusal(made: Fabricated, named: str, kind: type[DynamoDBBackupError]) -> str:
    with pytest.raises(kind) as refused:
        sources.find(made.store, named)
    return str(refused.value)
