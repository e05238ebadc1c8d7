"""Documents that contradict one another, or nobody could have written: found although somebody has made every checksum fit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import connector_manifest

from .damages import INCOMPLETE, INVALID, UNVERIFIED, VALID, Case, assert_found, bad, copied_from, document, words
from .fabricated import CHANGED, COPIED, EXPORTED, PACKED, PLAIN, Fabricated

Json = dict[str, Any]
Change = Callable[[Json], object]
NESTED = b'{"format":1,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"  # deeper than any parser goes


def changed(key: str, change: Change) -> Callable[[Fabricated], None]:
    """A document."""

    def damage(made: Fabricated) -> None:
        found = json.loads(made[key])
        change(found)
        made[key] = json.dumps(found).encode()

    return damage


def verdict(change: Change) -> Callable[[Fabricated], None]:
    return changed("backup.json", change)


def table_of(found: Json, name: str) -> Json:
    return next(table for table in found["tables"] if table["name"] == name)


def proven(name: str, change: Change) -> Callable[[Fabricated], None]:
    """A manifest, and what backup.json says of it made to fit."""

    def damage(made: Fabricated) -> None:
        changed(f"tables/{name}.json", change)(made)
        digest = hashlib.sha256(made[f"tables/{name}.json"]).hexdigest()
        verdict(lambda found: table_of(found, name).update(manifest_sha256=digest))(made)

    return damage


def saved(name: str, change: Change, **more: Any) -> Callable[[Fabricated], None]:
    """A schema, and what the manifest says of it made to fit; and *more* of that."""

    def damage(made: Fabricated) -> None:
        changed(f"schema/{name}.json", lambda found: change(found["table"]))(made)
        digest = hashlib.sha256(made[f"schema/{name}.json"]).hexdigest()
        proven(name, lambda found: found.update(schema_sha256=digest, **more))(made)

    return damage


def put(key: str, data: bytes) -> Callable[[Fabricated], None]:
    return lambda made: made.__setitem__(key, data)


def named(*uris: S3Uri) -> Callable[[Fabricated], None]:
    return put(f"{PACKED}/1/manifest", connector_manifest(list(uris)))


def naive(found: Json, *fields: str) -> None:
    """A time that has lost its zone."""
    found.update({field: found[field].removesuffix("Z") for field in fields})


def base_loses_a_part(made: Fabricated) -> None:
    """Its own sums fit; only its backup's verdict knows."""
    found = json.loads(made.store.read(made.base.manifest(CHANGED)) or b"")
    lost = found["parts"].pop()
    found.update(items=found["items"] - lost["items"], counter=found["items"] - lost["items"], bytes=found["bytes"] - lost["bytes"])
    made.store.put(made.base.manifest(CHANGED), json.dumps(found).encode())


def base_elsewhere(made: Fabricated) -> None:
    """Its base's manifest lies where no backup is."""
    made.store.put(S3Uri(made.folder.uri.bucket, "x.json"), made.store.read(made.base.manifest(CHANGED)) or b"")
    proven(CHANGED, lambda found: found["increment"].update(base="s3://backups/x.json"))(made)


def dumped_again(made: Fabricated) -> None:
    """After a verdict in which it had failed; its run has not published another yet."""
    failed = {"verdict": "INCOMPLETE", "reasons": ["its step is FAILED"], "attempt": 0, "items": 0, "bytes": 0, "engines": [], "manifest_sha256": ""}
    verdict(lambda found: (found.update(verdict="INCOMPLETE"), table_of(found, PLAIN).update(failed)))(made)


HERE = S3Uri("backups", "dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00") / PACKED / "1"
OLD = "2026-11-01T00:00:00Z"
_NO_TYPES: Change = lambda table: table.update(AttributeDefinitions=[])  # noqa: E731
_NO_KEY: Change = lambda table: table.update(KeySchema=[])  # noqa: E731

CASES = [
    # what no parser reads
    Case("a verdict nested without end", put("backup.json", NESTED), "", INVALID, "it is no Backup"),
    Case("a manifest nested without end", put(f"tables/{PLAIN}.json", NESTED), PLAIN, INVALID, "it is no TableManifest"),
    Case("a schema nested without end", put(f"schema/{PLAIN}.json", NESTED), PLAIN, INVALID, "it is no Schema"),
    Case("the connector's manifest nested without end", put(f"{PLAIN}/1/manifest", NESTED), PLAIN, INVALID, "no manifest of the connector"),
    Case("the copy engine's nested without end", put(f"{COPIED}/1/manifest.json", NESTED), COPIED, INVALID, "it is no Copied"),
    Case("a verdict of a time without zone", verdict(lambda found: naive(found, "ended")), "", INVALID, "timezone"),
    Case(
        "an increment of times without zone", proven(CHANGED, lambda found: naive(found["increment"], "start", "end")), CHANGED, INVALID, "timezone"
    ),
    # manifests that prove nothing
    Case("a checksum left out", proven(PLAIN, lambda found: found["parts"][0].update(sha256=None)), PLAIN, INVALID, "no checksum of it"),
    Case("a part's count left out", proven(EXPORTED, lambda found: found["parts"][0].update(items=None)), EXPORTED, INVALID, "no count or"),
    Case("counted, and no count", proven(PLAIN, lambda found: found.update(proof="counted", counter=None)), PLAIN, INVALID, "it has no count"),
    Case("no engine at all", proven(COPIED, lambda found: found.update(engines=[])), COPIED, INVALID, "it says that no engine can load them"),
    Case("an engine that cannot", proven(COPIED, lambda found: found["engines"].append("connector")), COPIED, INVALID, "connector can load them"),
    Case("another form of lines", proven(COPIED, lambda found: found.update(form="connector")), COPIED, INVALID, "its form is dynamodb-json, ours"),
    Case("another engine", proven(COPIED, lambda found: found.update(engine="spark")), COPIED, INVALID, "its engine is worker, ours says spark"),
    Case("another moment", proven(EXPORTED, lambda found: found.update(consistent=OLD)), EXPORTED, INVALID, "its consistent is"),
    Case(
        "a window that is longer",
        proven(CHANGED, lambda found: found["increment"].update(start=OLD)),
        CHANGED,
        INVALID,
        "its window",
    ),
    # the engine's own
    Case("a file named twice", named(HERE / "0c1f8d2e.gz", HERE / "0c1f8d2e.gz", HERE / "1c1f8d2e.gz"), PACKED, INVALID, "gz 2 times"),
    Case(
        "files of another dump of these names",
        named(*(S3Uri("other", "x") / f"{n}c1f8d2e.gz" for n in "01")),
        PACKED,
        INVALID,
        "outside of this dump",
    ),
    # what would be loaded with it
    Case("a file below the data", put(f"{COPIED}/1/data/old/x.json.gz", b"x"), COPIED, INVALID, "would be taken for one"),
    Case("a hidden file among the data", put(f"{COPIED}/1/data/_x.json.gz", b"x"), COPIED, INVALID, "would be taken for one"),
    # schemas
    Case("a schema without key", saved(PLAIN, _NO_KEY, keys=[]), PLAIN, INVALID, "it does not say what the table's key is"),
    Case("a schema without its key's type", saved(PLAIN, _NO_TYPES, keys=[]), PLAIN, INVALID, "it does not say what the table's key is"),
    # what an increment stands on
    Case("a base that lost a part", base_loses_a_part, CHANGED, INCOMPLETE, "is not as it was when its backup.json was written"),
    Case("a base of no name", proven(CHANGED, lambda found: found["increment"].update(base="nonsense")), CHANGED, INVALID, "stands on"),
    Case("a base that is no backup's", base_elsewhere, CHANGED, INVALID, "'s3://backups/x.json' is no manifest of a backup"),
    Case(
        "a base that retention does not know of",
        verdict(lambda found: found.update(stands_on=[])),
        CHANGED,
        INVALID,
        "it does not say that",
    ),
    # the verdict
    Case("a verdict that is better than its tables", dumped_again, PLAIN, INCOMPLETE, "its step is FAILED"),
    Case("a verdict that is worse than its tables", verdict(lambda found: found.update(verdict="INCOMPLETE")), "", INVALID, "together are VALID"),
    Case("a table named twice", verdict(lambda found: found["tables"].append(found["tables"][0])), "", INVALID, "it names PROD_plain 2 times"),
    Case("a plan of another backup", document("plan.json", "2026/11/23/", "2026/11/21/"), "", INVALID, "it is of the backup s3://"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_what_contradicts_itself_is_found_and_named(made: Fabricated, case: Case, deep: bool) -> None:
    assert_found(made, case, deep)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"verdict":"VALID"', id="half written"),
        pytest.param(b'{"format":2,"verdict":"VALID"}', id="of a newer format"),
        pytest.param(NESTED, id="nested without end"),
    ],
)
def test_what_earlier_looks_have_found_is_not_forgotten_because_it_cannot_be_read(made: Fabricated, data: bytes) -> None:
    """It may have been damage that only a deep look sees."""
    made["verification.json"] = data

    shallow, deep = made.look(), made.look(deep=True)

    assert shallow.verdict is UNVERIFIED and "what earlier looks have found is lost" in words(shallow)[0] and not bad(shallow)
    assert deep.verdict is VALID
    assert made.look(deep=True, tables=[PLAIN]).verdict is UNVERIFIED, "the others have not been looked at"


def test_a_base_of_which_less_is_known_is_as_good(made: Fabricated) -> None:
    """No restore reads its verdict, nor what looks at it have found."""
    for uri in (made.base.verdict, made.base.verification):
        made.store.put(uri, b"{")

    assert made.look().verdict is VALID


@pytest.mark.parametrize("key", [f"{EXPORTED}/1/AWSDynamoDB/.DS_Store", f"{EXPORTED}/1/AWSDynamoDB/notes.txt", f"{PACKED}/1/_logs/x"])
def test_what_nobody_takes_for_data_does_no_harm(made: Fabricated, key: str) -> None:
    made[key] = b"x"

    assert made.look(deep=True).verdict is VALID


def test_a_connectors_manifest_may_name_its_files_where_they_were_made_or_are(made: Fabricated) -> None:
    there = S3Uri("elsewhere", "PROD_/2026/11/23/12_00.00")
    for key in ("backup.json", "plan.json"):
        made.edit(key, f'"{made.folder.uri}"', f'"{there}"')

    for folder in (made.folder.uri, there):
        named(*(folder / PACKED / "1" / f"{number}c1f8d2e.gz" for number in "01"))(made)
        assert made.look().table(PACKED) == made.look(deep=False).table(PACKED) and made.look().verdict is VALID
    named(*(there / PLAIN / "1" / f"{number}c1f8d2e.gz" for number in "01"))(made)
    assert made.look().verdict is INVALID


def test_a_table_may_be_called_anything(made: Fabricated) -> None:
    """What is below `tables/` need not be a manifest."""
    for key in ("tables/1/data/part-0-0000.json.gz", "tables/1/manifest", "tables/notes.txt", "schema/1/manifest"):
        made[key] = b"x"

    assert made.look(deep=True).verdict is VALID


def test_a_table_copied_from_another_backup_with_all_its_documents_is_another(made: Fabricated) -> None:
    other = Fabricated(items={PLAIN: [[{"id": {"S": "another"}}], []]})
    for key, data in other.s3.objects.items():
        if f"/{PLAIN}" in key and key.startswith(made.folder.uri.key):
            made.s3.objects[key], made.s3.etags[key] = data, other.s3.etags[key]

    assert made.look().verdict is INVALID and bad(made.look()) == [PLAIN]


def test_tables_that_changed_places_are_found(made: Fabricated) -> None:
    first, second = f"tables/{PLAIN}.json", f"tables/{PACKED}.json"
    kept = made[first]
    copied_from(first, second)(made)
    made[second] = kept

    assert bad(made.look()) == [PACKED, PLAIN]


def test_what_is_recorded_of_a_look_says_of_which_dump_and_verdict_it_was(made: Fabricated) -> None:
    seen = made.look(deep=True)

    assert seen.judged == made.verdict.ended
    assert [table.manifest_sha256 for table in seen.tables] == [documents.digest(made[f"tables/{table.name}.json"]) for table in seen.tables]
    assert len({table.listed_sha256 for table in seen.tables}) == len(seen.tables)
