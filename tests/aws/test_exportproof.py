"""Each kind of damage to an export is found without reading its data, and one that does not count gets no manifest."""

from __future__ import annotations

import gzip
import itertools
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from any_item import ITEMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.aws import exportproof, exports
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exporting import Export, Wish
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute, Proof, TableManifest
from airflow_dynamodb_emr.core.recovery import whole_second
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer import lines, parts
from airflow_dynamodb_emr.transfer.compare import compare

from .conftest import MakeTable
from .exportable import exportable, put, wish_of

_numbers = itertools.count()


class Exported:
    """An export of five items, whole; each test damages it in its own way."""

    def __init__(self, clients: Clients, wish: Wish) -> None:
        self.clients, self.store, self.wish = clients, Store(clients.s3), wish
        self.export = self.ended(exports.begin(clients, wish))
        self.folder = self.export.into / "AWSDynamoDB" / self.export.id
        self.data = [uri for uri, size in self.store.objects(self.folder / "data") if size > 20]

    def ended(self, export: Export) -> Export:
        found = exports.describe(self.clients.dynamodb, export.arn)
        assert found
        return found

    def prove(self) -> list[str]:
        return exportproof.prove(self.store, self.wish, self.export)

    @property
    def manifest(self) -> TableManifest | None:
        return self.store.load(self.wish.root.manifest(self.wish.table), TableManifest)

    def refused(self) -> str:
        (reason,) = self.prove()
        assert self.manifest is None
        return reason


@pytest.fixture
def exported(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> Exported:
    return Exported(clients, wish_of(clients, folder, exportable(clients, make_table, prefix, *"abcde")))


def items_of(store: Store, manifest: TableManifest, root: S3Uri) -> list[lines.Item]:
    return [lines.item(line) for part in manifest.parts for line in parts.lines(store.s3, root / part.key)]


def test_a_whole_export_counts_and_gets_its_manifest(exported: Exported) -> None:
    assert exported.prove() == []

    made, table = exported.manifest, exported.wish.table
    assert made and (made.engine, made.items, made.counter, made.attempt, made.engines) == ("native", 5, 5, 1, ["native", "worker"])
    told = exported.clients.dynamodb.describe_export(ExportArn=exported.export.arn)["ExportDescription"]["ExportTime"]
    assert made.consistent and abs(made.consistent - told).total_seconds() < 0.001, "the summary has milliseconds"
    assert all(part.key.startswith(f"{table}/1/AWSDynamoDB/") and part.md5 and part.sha256 is None for part in made.parts)
    assert (made.proof, made.read_units, made.ignored, made.arn) == (Proof.EXPORTED, 0, [], exported.wish.arn)
    assert made.keys == [KeyAttribute(name="id", type="S")] and made.table_id and made.schema_sha256
    assert made.bytes == sum(exported.store.size(exported.wish.root.uri / part.key) or 0 for part in made.parts)
    assert sorted(item["id"]["S"] for item in items_of(exported.store, made, exported.wish.root.uri)) == list("abcde")


def test_no_data_file_is_read(aws: StandIn, exported: Exported) -> None:
    aws.reset_calls()

    assert exported.prove() == []

    assert aws.calls()["s3.GET"] == 6, "the schema, two manifests and their checksums, one list"


def test_a_file_that_is_gone_is_found(exported: Exported) -> None:
    exported.store.delete(exported.data[0])

    assert exported.refused().startswith("1 data files are gone, ")


def test_a_file_that_was_written_over_is_found(exported: Exported) -> None:
    body = exported.store.read(exported.data[0])
    assert body
    exported.store.put(exported.data[0], gzip.compress(gzip.decompress(body).replace(b'"a"', b'"z"').replace(b'"b"', b'"y"') + b" "))

    assert exported.refused().startswith("1 data files are not as they were written, ")


@pytest.mark.parametrize("name", ["manifest-summary", "manifest-files"])
@pytest.mark.parametrize("ending", ["json", "md5"])
def test_a_manifest_without_its_checksum_is_none_nor_a_checksum_without_its_manifest(exported: Exported, name: str, ending: str) -> None:
    exported.store.delete(exported.folder / f"{name}.{ending}")

    reason = exported.refused()

    assert f"{name}.json" in reason and ("is not there" if ending == "json" else "has no checksum") in reason


@pytest.mark.parametrize("name", ["manifest-summary", "manifest-files"])
def test_a_manifest_that_was_cut_short_is_found(exported: Exported, name: str) -> None:
    whole = exported.store.read(exported.folder / f"{name}.json")
    assert whole
    exported.store.put(exported.folder / f"{name}.json", whole[:-1])

    assert "does not have the MD5" in exported.refused()


def test_a_checksum_may_be_called_as_the_documentation_has_it(exported: Exported) -> None:
    for name in ("manifest-summary", "manifest-files"):
        exported.store.put(exported.folder / f"{name}.checksum", exported.store.read(exported.folder / f"{name}.md5") or b"")
        exported.store.delete(exported.folder / f"{name}.md5")

    assert exported.prove() == []


def test_a_count_that_dynamodb_does_not_confirm_does_not_count(exported: Exported) -> None:
    exported.export = structs.replace(exported.export, items=6)

    assert exported.refused() == "its files hold 5 items, its summary says 5, DynamoDB 6"


def test_an_export_of_another_table_is_none_of_this_one(exported: Exported) -> None:
    exported.export = structs.replace(exported.export, arn=exported.export.arn.replace("/export/", "x/export/"))

    assert "is of another export" in exported.refused()


@pytest.mark.parametrize("change", [{"status": "IN_PROGRESS"}, {"status": "FAILED", "failure": "S3AccessDenied: no"}], ids=["running", "failed"])
def test_an_export_that_has_not_completed_makes_no_dump_whatever_lies_there(exported: Exported, change: dict[str, Any]) -> None:
    exported.export = structs.replace(exported.export, **change)

    assert exported.refused() in ("its export is IN_PROGRESS", "its export is FAILED: S3AccessDenied: no")


def test_an_export_without_its_schema_could_not_be_restored(exported: Exported) -> None:
    exported.store.delete(exported.wish.root.schema(exported.wish.table))

    assert exported.refused() == "its schema was not saved"


def test_an_export_of_a_table_that_was_made_anew_is_none_of_the_one_whose_schema_was_saved(
    clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    wish = wish_of(clients, folder, exportable(clients, make_table, prefix, "a"))
    clients.dynamodb.delete_table(TableName=prefix)
    exportable(clients, make_table, prefix, "a")

    assert Exported(clients, wish).refused().startswith("the table was made anew after its schema was saved")


def test_an_export_of_an_asked_for_moment_shows_that_moment(
    aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    table, then = exportable(clients, make_table, prefix, "a"), whole_second(datetime.now(timezone.utc)) + timedelta(seconds=30)
    aws.set(clock_ahead_seconds=60)
    put(clients, table, "after")
    exported = Exported(clients, wish_of(clients, folder, table, at=then))

    assert exported.prove() == []

    assert exported.manifest and (exported.manifest.consistent, exported.manifest.items) == (then, 1)


def test_a_copy_of_an_export_is_proven_where_it_lies(exported: Exported) -> None:
    elsewhere = S3Uri("local-artifacts", f"copies/{exported.wish.table}/1")
    for uri, _ in list(exported.store.objects(exported.export.into)):
        exported.store.put(elsewhere / exported.export.into.relative(uri), exported.store.read(uri) or b"")
    copied = structs.replace(exported.export, into=elsewhere)

    found = exportproof.proved(exported.store, structs.replace(exported.wish, folder="s3://local-artifacts/copies"), copied)

    assert isinstance(found, TableManifest) and found.items == 5


def test_an_export_that_was_proven_keeps_its_manifest(exported: Exported) -> None:
    exported.prove()
    first = exported.manifest
    exported.store.delete(exported.data[0])

    exported.prove()

    assert exported.manifest == first


def test_the_stand_in_can_lose_a_file(aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    wish = wish_of(clients, folder, exportable(clients, make_table, prefix, "a"))
    aws.faults(lose_data={wish.table: 1})

    assert "1 data files are gone" in Exported(clients, wish).refused()


@given(st.lists(ITEMS, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_item_of_every_type_is_read_back(clients: Clients, make_table: MakeTable, folder: S3Uri, items: list[lines.Item]) -> None:
    table = exportable(clients, make_table, f"Every{next(_numbers)}")
    for number, item in enumerate(items):
        clients.dynamodb.put_item(TableName=table, Item={**item, "id": {"S": f"k{number}"}})
    exported = Exported(clients, wish_of(clients, folder / table, table))
    held = clients.dynamodb.scan(TableName=table)["Items"]
    put(clients, table, "so that it is not what it was", "k0")

    assert exported.prove() == []

    assert exported.manifest and exported.manifest.items == len(items) == len(held)
    difference = compare(items_of(exported.store, exported.manifest, exported.wish.root.uri), held, ["id"])
    assert not difference, difference
