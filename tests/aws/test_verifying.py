"""What a look at a backup says of copies, of other systems' backups, of unfinished ones, and when S3 does not answer; and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec import structs

from airflow_dynamodb_emr.aws import backups, bases, verifications
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.engines import Wished
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.loading import table_load
from airflow_dynamodb_emr.core.manifest import Proof, connector_manifest
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.source import Source, as_seen
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.verification import TableVerification
from airflow_dynamodb_emr.errors import BadInput, CopyFailed, NotFound
from airflow_dynamodb_emr.transfer.lines import connector_line
from tests.core import makers
from tests.transfer.raw.fake_s3 import BUCKET, refusal

from .fabricated import APP, CHANGED, COPIED, EXPORTED, LATER, PACKED, PLAIN, TABLES, Fabricated, item

VALID, INVALID, INCOMPLETE, UNVERIFIED = Verdict.VALID, Verdict.INVALID, Verdict.INCOMPLETE, Verdict.UNVERIFIED


def copy(made: Fabricated, etags: Callable[[str], str]) -> None:
    """Both backups, to elsewhere."""
    for key, data in list(made.s3.objects.items()):
        if key.startswith(APP.key):
            to = f"elsewhere/{key}"
            made.s3.objects[to], made.s3.etags[to] = data, etags(made.s3.etags[key])
    made.folder = Folder(S3Uri(BUCKET, f"elsewhere/{made.folder.uri.key}"))


def in_pieces(etag: str) -> str:
    return f"{etag[:32]}-9"


@pytest.mark.parametrize("deep", [False, True])
def test_a_copy_with_the_same_etags_is_as_good(made: Fabricated, deep: bool) -> None:
    copy(made, str)

    found = made.look(deep)

    assert (found.verdict, found.notes) == (VALID, [f"it was copied here from {APP}/2026/11/23/12_00.00"])


def test_of_a_copy_with_other_etags_only_a_deep_look_can_tell(made: Fabricated) -> None:
    copy(made, in_pieces)

    shallow, deep = made.look(), made.look(deep=True)

    assert shallow.verdict is UNVERIFIED and all(table.verdict is UNVERIFIED for table in shallow.tables if table.name != EXPORTED)
    assert "only a deep look can tell" in str(shallow.tables[0].reasons[0])
    assert [table.engines for table in shallow.tables] == [table.engines for table in deep.tables], "they are what is said of it, not what is proven"
    assert deep.verdict is VALID


def test_damage_to_a_copy_is_found_all_the_same(made: Fabricated) -> None:
    copy(made, in_pieces)
    key = made.key(PLAIN)
    made.rot(key, made[key].replace(b"item 1", b"item 8"))

    assert made.look(deep=True).verdict is INVALID


def test_a_copy_of_what_nobody_has_hashed_is_as_good_as_its_count() -> None:
    made = Fabricated(read_back=-1)
    copy(made, in_pieces)

    assert (made.look().verdict, made.look(deep=True).verdict) == (UNVERIFIED, VALID)


def test_the_same_bytes_put_again_are_seen_and_then_excused(made: Fabricated) -> None:
    key = (made.folder.uri / made.key(COPIED)).key
    made.s3.etags[key] = in_pieces(made.s3.etags[key])

    assert (made.look().verdict, made.look(deep=True).verdict) == (INVALID, VALID)


@pytest.mark.parametrize(
    ("line", "engines"),
    [
        pytest.param(connector_line(item(1)), ["connector", "worker"], id="plain"),
        pytest.param(b'{"id":{"s":"k"},"empty":{"l":[]}}', ["worker"], id="an empty list"),
        pytest.param(b'{"id":{"s":"k"},"none":{"nULLValue":true}}', ["worker"], id="null of the connector 4.x"),
        pytest.param(b"", ["worker"], id="a blank line"),
    ],
)
def test_a_deep_look_says_whether_the_connector_can_load_what_nobody_has_read(line: bytes, engines: list[str]) -> None:
    lines = [connector_line(item(2)), *([line] if line else [])]
    made = Fabricated(lines={PLAIN: [lines]}, read_back=-1)
    if not line:
        made = Fabricated(lines={PLAIN: [[lines[0] + b"\n"]]}, read_back=-1)

    shallow, deep = made.look().table(PLAIN), made.look(deep=True).table(PLAIN)

    assert shallow and shallow.engines == ["worker"]
    assert deep and (deep.verdict, deep.engines) == (VALID, engines)


def test_documents_of_earlier_versions_are_read(made: Fabricated) -> None:
    new = {"arn", "table_id", "keys", "schema_sha256", "proof", "settings", "ignored", "manifest_sha256", "stands_on"}
    for key in ("backup.json", *(f"tables/{name}.json" for name in TABLES)):
        made[key] = json.dumps(without(json.loads(made[key]), new)).encode()
    made[f"{PLAIN}/1/of-a-lost-mapper"] = b"{}"

    assert (made.look().verdict, made.look(deep=True).verdict) == (VALID, VALID)


def without(found: Any, names: set[str]) -> Any:
    if isinstance(found, list):
        return [without(each, names) for each in found]
    return {key: without(value, names) for key, value in found.items() if key not in names} if isinstance(found, dict) else found


def test_a_table_that_failed_says_why(made: Fabricated) -> None:
    told = made.verdict
    failed = structs.replace(told.tables[0], verdict=INCOMPLETE, reasons=["its step is FAILED"])
    made["backup.json"] = documents.encode(structs.replace(told, verdict=INCOMPLETE, tables=[failed, *told.tables[1:]]))
    del made[f"tables/{failed.name}.json"]

    found = made.look()

    assert found.verdict is INCOMPLETE and [str(reason) for reason in (found.table(failed.name) or found).reasons] == ["its step is FAILED"]


def test_of_a_backup_under_way_the_tables_that_are_proven_are_judged(made: Fabricated) -> None:
    del made["backup.json"], made[f"tables/{COPIED}.json"]
    made["BACKUP_RUNNING"] = b""

    found = made.look()

    assert found.verdict is Verdict.IN_PROGRESS
    assert {table.name: table.verdict for table in found.tables} == dict.fromkeys(TABLES, VALID) | {COPIED: Verdict.IN_PROGRESS}


def test_of_a_backup_that_was_never_finished_too(made: Fabricated) -> None:
    del made["backup.json"], made[f"tables/{COPIED}.json"]

    found = made.look()

    assert found.verdict is INCOMPLETE and [str(reason) for reason in found.reasons] == [
        "backup.json: it is not there: the backup was never finished"
    ]
    assert [str(reason) for table in found.tables for reason in table.reasons] == ["it was planned, and never proven"]


TWICE = connector_manifest([S3Uri("long-gone", f"{folder}/3675fd64") for folder in "xy"])


@pytest.fixture
def older(made: Fabricated) -> Fabricated:
    """As the older system leaves it: two tables, each straight in its folder."""
    made.folder = Folder(S3Uri(BUCKET, "older/us-east-1/PROD_/2019/11/26/02_00.00"))
    for name in ("orders", "users"):
        made[f"{name}/3675fd64"] = connector_line(item(1)) + b"\n" + connector_line(item(2)) + b"\n"
        made[f"{name}/_SUCCESS"] = b""
        urls = '{"url":"s3://long-gone/x/3675fd64","mandatory":true}'
        made[f"{name}/manifest"] = b'{"name":"DynamoDB-export","version":3,"entries": [%s]}' % urls.encode()
    made["BACKUP_COMPLETE_SUCCESS"] = b""
    return made


def test_of_the_older_systems_backups_only_a_deep_look_can_tell(older: Fabricated) -> None:
    shallow, deep = older.look(), older.look(deep=True)

    assert shallow.verdict is UNVERIFIED and [table.engines for table in shallow.tables] == [["worker"], ["worker"]]
    assert (deep.verdict, [table.items for table in deep.tables]) == (VALID, [2, 2])
    assert [table.engines for table in deep.tables] == [["connector", "worker"]] * 2


@pytest.mark.parametrize(
    ("key", "data", "verdict", "words"),
    [
        pytest.param("orders/3675fd64", None, INCOMPLETE, "orders/3675fd64: it is not there", id="a part gone"),
        pytest.param("orders/manifest", None, INCOMPLETE, "orders/manifest: the connector's manifest is not there", id="no manifest"),
        pytest.param("orders/manifest", b"{", INVALID, "orders/manifest: it is no manifest of the connector", id="a manifest that is none"),
        pytest.param("orders/manifest", TWICE, INVALID, "orders/manifest: it names orders/3675fd64 2 times", id="a file named twice"),
        pytest.param("orders/3675fd64", b'{"id":{"s":', INVALID, "orders/3675fd64: line 1: ", id="half an item"),
    ],
)
def test_damage_to_an_older_backup_is_found(older: Fabricated, key: str, data: bytes | None, verdict: Verdict, words: str) -> None:
    del older[key]
    if data is not None:
        older[key] = data

    found = older.look(deep=True)

    assert (found.verdict, [table.verdict for table in found.tables]) == (verdict, [verdict, VALID])
    assert any(str(reason).startswith(words) for reason in found.tables[0].reasons) and found.tables[0].engines == []


@pytest.mark.parametrize(("flag", "verdict"), [("BACKUP_COMPLETE_FAILED", INCOMPLETE), ("BACKUP_RUNNING", Verdict.IN_PROGRESS)])
def test_what_an_older_backup_says_of_itself_counts(older: Fabricated, flag: str, verdict: Verdict) -> None:
    older[flag] = b""

    assert older.look(deep=True).verdict is verdict


def test_what_an_older_backup_was_found_to_be_holds_while_nobody_writes_to_it(older: Fabricated) -> None:
    """Nothing says what its files should be: only a deep look at these very files does."""
    verifications.record(older.store, older.folder, older.look(deep=True))
    assert older.look().verdict is VALID

    older["orders/3675fd64"] = older["orders/3675fd64"].replace(b"item 1", b"item 8")

    assert [table.verdict for table in older.look().tables] == [UNVERIFIED, VALID]


def test_a_copy_that_was_found_whole_is_not_for_that_whole_for_ever(made: Fabricated) -> None:
    copy(made, in_pieces)
    verifications.record(made.store, made.folder, made.look(deep=True))
    assert made.look().verdict is VALID

    made[made.key(COPIED)] = bytes(len(made[made.key(COPIED)]))
    assert [table.name for table in made.look().tables if table.verdict is UNVERIFIED] == [COPIED]


@pytest.mark.parametrize("at", ["list_objects_v2", "tables/", "/data/part-"])
@pytest.mark.parametrize("error", [EndpointConnectionError(endpoint_url="https://s3"), refusal("SlowDown", "GetObject")], ids=["gone", "throttled"])
def test_a_bucket_that_stops_answering_is_no_verdict(made: Fabricated, at: str, error: Exception) -> None:
    def stop(operation: str, asked: dict[str, Any]) -> None:
        if at in (operation, *([at] if at in asked.get("Key", "") else [])):
            raise error

    made.s3.before = stop

    with pytest.raises(CopyFailed) as raised:
        made.look(deep=True)

    assert f"{made.folder.uri}" in raised.value.facts and str(error) in raised.value.facts and raised.value.hint


def test_where_no_backup_is_it_is_said(made: Fabricated) -> None:
    made.folder = Folder(S3Uri(BUCKET, "dynamodb"))
    with pytest.raises(NotFound, match="backup: s3://backups/dynamodb holds none"):
        made.look()

    made.s3.before = lambda operation, _: (_ for _ in ()).throw(refusal("NoSuchBucket", operation))
    with pytest.raises(BadInput, match="s3://backups/dynamodb is not there"):
        made.look()


def test_some_tables_are_looked_at_by_name_or_pattern(made: Fabricated) -> None:
    assert [table.name for table in made.look(tables=["*_p?*", COPIED]).tables] == [COPIED, PACKED, PLAIN]
    with pytest.raises(BadInput, match=r"none in s3://.* is called 'nothing'"):
        made.look(tables=["nothing"])


def test_a_shallow_look_lists_once_and_reads_no_data(made: Fabricated) -> None:
    made.s3.calls = []
    assert made.look(tables=[PLAIN, COPIED]).verdict is VALID

    assert [call for call, _ in made.s3.calls].count("list_objects_v2") == 1
    asked = sorted(key.removeprefix(f"{made.folder.uri.key}/") for call, key in made.s3.calls if call == "get_object")
    assert asked == sorted(
        [
            *("backup.json", "plan.json", f"{PLAIN}/1/manifest", f"{COPIED}/1/manifest.json"),
            *(f"{kind}/{name}.json" for kind in ("schema", "tables") for name in (PLAIN, COPIED)),
        ]
    )


def test_what_is_read_is_told(made: Fabricated) -> None:
    told: list[tuple[int, ...]] = []
    done: list[str] = []

    found = made.look(deep=True, told=lambda *more: told.append(more), done=lambda table: done.append(table.name))

    parts, size, items = map(sum, zip(*told, strict=True))
    assert (parts, items, size) == (10, 25, sum(table.bytes for table in found.tables))
    assert sorted(done) == sorted(TABLES)


def spoil(made: Fabricated) -> bytes:
    key = made.key(PLAIN)
    before = made[key]
    made.rot(key, before.replace(b"item 1", b"item 8"))
    return before


def test_a_backup_that_was_found_bad_is_not_chosen_any_more(made: Fabricated) -> None:
    assert backups.choose(made.store, APP, Wanted()).uri == str(made.folder.uri)

    spoil(made)
    verifications.record(made.store, made.folder, made.look(deep=True))

    assert backups.choose(made.store, APP, Wanted()).uri == str(made.base.uri)
    backup = backups.read(made.store, made.folder)
    assert backup and backup.verdict is INVALID and list(backup.missing) == [PLAIN] and _SHA in backup.missing[PLAIN]


_SHA = "its SHA-256 is another"


def test_a_shallow_look_takes_nothing_back_and_a_deep_one_does(made: Fabricated) -> None:
    good = spoil(made)
    verifications.record(made.store, made.folder, made.look(deep=True))

    told: list[TableVerification] = []
    shallow = made.look(at=LATER + timedelta(days=1), done=told.append)
    assert sorted(told, key=lambda table: table.name) == shallow.tables
    assert shallow.verdict is INVALID and shallow.table(PACKED) == made.look(deep=True).table(PACKED), "a deep look holds, be it good or bad"
    assert verifications.record(made.store, made.folder, shallow).verdict is INVALID

    made.rot(made.key(PLAIN), good)
    assert verifications.record(made.store, made.folder, made.look(deep=True, tables=[PLAIN])).verdict is VALID
    assert backups.choose(made.store, APP, Wanted()).uri == str(made.folder.uri)


def test_an_increment_is_no_better_than_what_it_stands_on(made: Fabricated) -> None:
    key = (made.base.uri / made.manifest(CHANGED, made.base).parts[0].key).key
    made.s3.objects[key] = bytes(len(made.s3.objects[key]))
    own, made.folder = made.folder, made.base
    verifications.record(made.store, made.base, made.look(deep=True))
    made.folder = own

    found = made.look().table(CHANGED)

    assert found and found.verdict is INCOMPLETE and str(found.reasons[0]) == f"what it stands on in {made.base.uri} is INVALID"


def test_a_restore_goes_by_what_a_deep_look_has_found() -> None:
    made = Fabricated(read_back=-1)
    before = made.manifest(PLAIN)
    assert (before.engines, before.proof) == (["worker"], Proof.COUNTED)

    verifications.record(made.store, made.folder, made.look(deep=True))

    backup = backups.read(made.store, made.folder)
    assert backup and backup.verdict is VALID
    schema = made.store.load(made.folder.schema(PLAIN), Schema)
    assert schema
    source = Source(schema=schema, manifest=before, name="restored", there=None)
    wished = Wished(engine="connector")
    assert table_load(source, Pace(), wished).engine == "worker"
    assert table_load(as_seen(source, backup.table(PLAIN)), Pace(), wished).engine == "connector"


def test_what_was_found_of_the_original_is_lost_in_its_copy_and_what_was_good_may_not_be(made: Fabricated) -> None:
    spoil(made)
    verifications.record(made.store, made.folder, made.look(deep=True))
    copy(made, in_pieces)

    record = verifications.read(made.store, made.folder)

    assert record and [(table.name, table.verdict) for table in record.tables] == [(PLAIN, INVALID)]


def test_a_newest_backup_that_cannot_be_read_keeps_nobody_from_making_the_next(made: Fabricated) -> None:
    """Its exports are of whole tables then."""
    made["backup.json"] = b"{"

    increments, why = bases.increments(made.store, APP, [makers.schema(CHANGED)], LATER, 30)

    assert increments == {} and "backup.json is no Backup" in why[CHANGED]
