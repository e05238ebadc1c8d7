"""Each kind of damage to a good backup is found and named: by a deep look all, by a shallow one those that change names, sizes, ETags or counts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from any_item import ITEMS as ANY_ITEMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.transfer.lines import Item

from .damages import (
    IN_PROGRESS,
    INCOMPLETE,
    INVALID,
    VALID,
    Case,
    added,
    another_tables_part,
    another_verdict,
    assert_found,
    bad,
    base_of_another_time,
    copied_from,
    counts_exchanged,
    crc,
    document,
    doubled,
    dropped,
    everywhere,
    flip,
    flipped,
    forgotten,
    forgotten_table,
    gone,
    left_out,
    line_of,
    manifest,
    miscounted,
    no_base,
    no_base_part,
    remade,
    rotten,
    running,
    schema,
    swapped,
    words,
    written,
)
from .fabricated import CHANGED, COPIED, EXPORTED, PACKED, PLAIN, TABLES, Fabricated

AWS = f"{EXPORTED}/1/AWSDynamoDB/0123-{EXPORTED}"  # DynamoDB's own manifests


OWN_GONE = "the engine's own manifest is not there"
_SHA, _MD5 = "its SHA-256 is another", "its MD5 is another"

CASES = [
    # data, silently: S3 shows the size and ETag of what was put
    Case("a bit of plain text", rotten(PLAIN, lambda data: data.replace(b"item 1", b"item 0")), PLAIN, INVALID, _SHA, False),
    Case("a bit of a line's braces", rotten(PLAIN, lambda data: data.replace(b"{", b"[", 1)), PLAIN, INVALID, "line 1: this line is no JSON", False),
    Case("a bit in the middle of the connector's gzip", rotten(PACKED), PACKED, INVALID, "", False),
    Case("a bit in the middle of ours", rotten(COPIED), COPIED, INVALID, "", False),
    Case("a bit in the middle of DynamoDB's", rotten(EXPORTED), EXPORTED, INVALID, "", False),
    Case("a bit in the middle of an increment", rotten(CHANGED), CHANGED, INVALID, "", False),
    Case("a gzip's checksum", rotten(COPIED, crc), COPIED, INVALID, "it is no whole gzip file", False),
    Case("a gzip's head", rotten(PACKED, lambda data: flip(data, 0)), PACKED, INVALID, "it is no whole gzip file", False),
    Case("a gzip's name of its system", rotten(COPIED, lambda data: flip(data, 9)), COPIED, INVALID, _SHA, False),
    Case("the same of DynamoDB's", rotten(EXPORTED, lambda data: flip(data, 9)), EXPORTED, INVALID, _MD5, False),
    Case("zeros in place of a block", rotten(PLAIN, lambda data: data[:50] + bytes(50) + data[100:]), PLAIN, INVALID, "line 1: ", False),
    Case("another table's bytes under this name", another_tables_part, EXPORTED, INVALID, "", False),
    Case("a line lost that only the step has counted", miscounted, PLAIN, INVALID, "its parts hold 4 items, its manifest says 5", False),
    # data, by somebody's hand
    Case("a plain part cut short", written(PLAIN, lambda data: data[:-9]), PLAIN, INVALID, "234 bytes, its manifest says 243"),
    Case("a gzip cut short", written(PACKED, lambda data: data[:-9]), PACKED, INVALID, "its manifest says 113"),
    Case("ours cut short", written(COPIED, lambda data: data[:-1]), COPIED, INVALID, "its manifest says 117"),
    Case("DynamoDB's cut short", written(EXPORTED, lambda data: data[: len(data) // 2]), EXPORTED, INVALID, "its manifest says 117"),
    Case("a part emptied", written(COPIED, lambda _: b""), COPIED, INVALID, "it has 0 bytes"),
    Case("a part written over, of the same size", written(PLAIN, lambda data: data.replace(b"item 1", b"item 7")), PLAIN, INVALID, "another"),
    Case("a line doubled", written(PLAIN, lambda data: data + data.splitlines(keepends=True)[0]), PLAIN, INVALID, "its manifest says 243"),
    Case("a line dropped", written(PLAIN, lambda data: data.split(b"\n", 1)[1]), PLAIN, INVALID, "its manifest says 243"),
    Case("two parts swapped", swapped, COPIED, INVALID, "its manifest says 117"),
    Case("another table's part", lambda made: copied_from(made.key(PACKED), made.key(COPIED))(made), PACKED, INVALID, "its manifest says 113"),
    # names
    Case("the connector's part gone", dropped(PLAIN), PLAIN, INCOMPLETE, "it is not there"),
    Case("our part gone", dropped(COPIED, 1), COPIED, INCOMPLETE, "it is not there"),
    Case("DynamoDB's part gone", dropped(EXPORTED), EXPORTED, INCOMPLETE, "it is not there"),
    Case("a part doubled under another name", doubled, COPIED, INVALID, "would be taken for one"),
    Case("a file added to the connector's folder", added(PLAIN, "f5dbdfe3"), PLAIN, INVALID, "would be taken for one"),
    Case("a file added to DynamoDB's", added(EXPORTED, "f5dbdfe3.json.gz"), EXPORTED, INVALID, "would be taken for one"),
    # what a faulty engine would write, and believe
    Case("a key twice", remade(COPIED, line_of(COPIED, 1), line_of(COPIED, 1)), COPIED, INVALID, "1 line too many", False),
    Case("a key in two parts", remade(EXPORTED, line_of(EXPORTED, 5)), EXPORTED, INVALID, '{"id":{"S":"item 5"}} among them', False),
    Case("a change twice", remade(CHANGED, line_of(CHANGED, 5)), CHANGED, INVALID, "1 line too many", False),
    Case("an item without its key", remade(COPIED, b'{"Item":{"n":{"N":"1"}}}'), COPIED, INVALID, "lacks the key attribute 'id'", False),
    Case("a key of another type", remade(COPIED, b'{"Item":{"id":{"N":"1"}}}'), COPIED, INVALID, "type N, expected S", False),
    Case("half an item", remade(COPIED, line_of(COPIED, 1)[:-9]), COPIED, INVALID, "line 1: this line is no JSON", False),
    Case("no item at all", remade(EXPORTED, line_of(EXPORTED, 1), b'{"hello":1}'), EXPORTED, INVALID, "line 2: ", False),
    Case("a change without its keys", remade(CHANGED, b'{"NewImage":{"id":{"S":"a"}}}'), CHANGED, INVALID, "line 1: ", False),
    Case("bytes that are no text", remade(COPIED, b'{"Item":{"id":{"S":"\xff"}}}'), COPIED, INVALID, "line 1: ", False),
    Case("a line that is none in a large dump", remade(PLAIN, b"{"), PLAIN, INVALID, "line 1: ", False),
    # our manifests
    Case("a manifest gone", gone(f"tables/{PLAIN}.json"), PLAIN, INCOMPLETE, "its manifest is not there"),
    Case("a manifest that is none", manifest(COPIED, "{", "["), COPIED, INVALID, "it is no TableManifest"),
    Case("a manifest of a newer format", manifest(COPIED, '"format": 1', '"format": 2'), COPIED, INVALID, "it has format 2, this version reads 1"),
    Case("a manifest of another table", copied_from(f"tables/{PLAIN}.json", f"tables/{PACKED}.json"), PLAIN, INVALID, f"another table, {PACKED}"),
    Case("a bit of a manifest that nothing else tells", manifest(COPIED, '"seconds": 1', '"seconds": 5'), COPIED, INVALID, _SHA),
    Case("a manifest's count", manifest(EXPORTED, '"items": 5', '"items": 6'), EXPORTED, INVALID, "together, it says 6"),
    Case("a manifest's bytes", everywhere(PLAIN, '"bytes": 413', '"bytes": 412'), PLAIN, INVALID, "413 bytes together, it says 412"),
    Case("the engine's counter", everywhere(PACKED, '"counter": 5', '"counter": 4'), PACKED, INVALID, "the engine counted 4 items"),
    Case(
        "a part's count, and everything made to fit",
        everywhere(PLAIN, '"items": 3,', '"items": 2,'),
        PLAIN,
        INVALID,
        "4 items together, it says 5",
    ),
    Case("two parts' counts exchanged", counts_exchanged, PLAIN, INVALID, "it holds 3 items, its manifest says 2", False),
    Case("a part's size", everywhere(EXPORTED, '"bytes": 117', '"bytes": 118'), EXPORTED, INVALID, "117 bytes, its manifest says 118"),
    Case("a part's checksum", everywhere(PLAIN, '"sha256": "', '"sha256": "0'), PLAIN, INVALID, _SHA, False),
    Case("a part named twice", everywhere(PLAIN, "1c1f8d2e", "0c1f8d2e"), PLAIN, INVALID, "names it 2 times"),
    Case("a part of another try", everywhere(COPIED, f'"{COPIED}/1/', f'"{COPIED}/2/'), COPIED, INVALID, "another try's"),
    # schemas
    Case("a schema gone", gone(f"schema/{PLAIN}.json"), PLAIN, INCOMPLETE, "its schema is not there"),
    Case("a schema that is none", schema(COPIED, "{", "["), COPIED, INVALID, "it is no Schema"),
    Case("a schema of another table", copied_from(f"schema/{PLAIN}.json", f"schema/{COPIED}.json"), PLAIN, INVALID, f"another table, {COPIED}"),
    Case(
        "a schema with another key",
        document(f"schema/{PACKED}.json", '"AttributeType": "S"', '"AttributeType": "N"'),
        PACKED,
        INVALID,
        "its keys are id (N)",
    ),
    Case("a schema without keys", schema(PACKED, '"AttributeName": "id"', '"Attribute": "id"'), PACKED, INVALID, "it is no Schema"),
    Case("a schema of a table made anew", schema(EXPORTED, "2d3f", "aaaa"), EXPORTED, INVALID, "its table id is aaaa"),
    Case("a bit of a schema", schema(EXPORTED, "ACTIVE", "ACTIVF"), EXPORTED, INVALID, _SHA),
    # the engines' own manifests
    Case("the connector's manifest gone", gone(f"{PLAIN}/1/manifest"), PLAIN, INCOMPLETE, OWN_GONE),
    Case(
        "the connector's manifest cut short",
        lambda made: copied_from(f"{PLAIN}/1/manifest", f"{PLAIN}/1/_SUCCESS")(made),
        PLAIN,
        INVALID,
        "no manifest",
    ),
    Case("a name in the connector's manifest", document(f"{PACKED}/1/manifest", "0c1f8d2e", "9c1f8d2e"), PACKED, INVALID, "it names PROD_packed"),
    Case(
        "the copy engine's manifest gone",
        gone(f"{COPIED}/1/manifest.json"),
        COPIED,
        INCOMPLETE,
        OWN_GONE,
    ),
    Case("a checksum in it", document(f"{COPIED}/1/manifest.json", '"sha256": "', '"sha256": "0'), COPIED, INVALID, "it says otherwise of"),
    Case(
        "a count in it",
        document(f"{COPIED}/1/manifest.json", '"items": 5', '"items": 6'),
        COPIED,
        INVALID,
        "its items are 6, ours says 5",
    ),
    Case("a file left out of the connector's manifest", left_out, PACKED, INVALID, "it does not name PROD_packed/1/1c1f8d2e.gz"),
    Case("DynamoDB's list of files changed", flipped(f"{AWS}/manifest-files.json"), EXPORTED, INVALID, "does not have the MD5 that lies beside it"),
    Case("DynamoDB's summary gone", gone(f"{AWS}/manifest-summary.json"), EXPORTED, INCOMPLETE, OWN_GONE),
    # what an increment stands on
    Case("the base's manifest gone", no_base, CHANGED, INCOMPLETE, "is not there, and an increment stands on it"),
    Case("the base's part gone", no_base_part, CHANGED, INCOMPLETE, "is not as its manifest says, and an increment stands on it"),
    Case("the base made anew", base_of_another_time, CHANGED, INCOMPLETE, "stands on a dump that leads to 2026-11-21"),
    # the backup as a whole
    Case("the verdict gone", gone("backup.json"), "", INCOMPLETE, "backup.json: it is not there: the backup was never finished"),
    Case("the verdict gone while its run is alive", running, "", IN_PROGRESS, "it has no verdict yet"),
    Case("the verdict forgotten", forgotten, "", INCOMPLETE, "it was forgotten"),
    Case("a verdict that is none", document("backup.json", "{", "["), "", INVALID, "backup.json: it is no Backup"),
    Case("a verdict of a newer format", document("backup.json", '"format": 1', '"format": 2'), "", INVALID, "it has format 2, this version reads 1"),
    Case("a count in the verdict", document("backup.json", '"items": 5', '"items": 7'), PLAIN, INVALID, "its items are 5, backup.json says 7"),
    Case("a table that nobody has proven", another_verdict, "PROD_ghost", INCOMPLETE, "its manifest is not there"),
    Case("a table that the verdict has lost", forgotten_table, COPIED, INVALID, "backup.json does not name this table"),
    Case("a plan of another run", document("plan.json", "manual__1", "manual__2"), "", INVALID, "two have written here"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_damage_is_found_and_named(made: Fabricated, case: Case, deep: bool) -> None:
    assert_found(made, case, deep)


def test_a_flag_is_no_proof_and_no_damage(made: Fabricated) -> None:
    del made["BACKUP_COMPLETE_SUCCESS"]

    found = made.look()

    assert found.verdict is VALID and found.notes == ["its flags do not say that it is good: other programs may go by them"]


def test_without_its_plan_a_backup_is_as_good(made: Fabricated) -> None:
    made["plan.json"] = b"{"
    assert made.look().verdict is VALID and "it is no Planned" in made.look().notes[0]

    del made["plan.json"]
    assert made.look().verdict is VALID and made.look().notes == ["plan.json is not there"]


def test_there_are_many_kinds() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 30


@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_a_good_backup_is_good_whatever_else_lies_in_its_folder(made: Fabricated, deep: bool) -> None:
    for key in ("BACKUP_KEEP", "report.html", "importSteps.json", "readers/1", "clusters/0-1.json"):
        made[key] = b"{}"
    for key in (f"{PLAIN}/1/_temporary/x", f"{PLAIN}/1/.part.crc", f"{COPIED}/2/data/part-0-0000.json.gz", f"{COPIED}/1/_progress/job.json"):
        made[key] = b"{}"

    found = made.look(deep)

    assert (found.verdict, bad(found), words(found), found.notes) == (VALID, [], [], [])
    assert [table.items for table in found.tables] == [5] * len(TABLES) and all(table.engines for table in found.tables)


def _tables() -> st.SearchStrategy[Sequence[Sequence[Item]]]:
    """The items of each part of a table."""
    keyed = st.lists(ANY_ITEMS, max_size=6).map(lambda some: [{**each, "id": {"S": f"k{number}"}} for number, each in enumerate(some)])
    return st.tuples(keyed, st.integers(0, 6)).map(lambda made: [made[0][: made[1]], made[0][made[1] :]])


@given(_tables())
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_good_backup_is_called_bad(items: Sequence[Sequence[Item]]) -> None:
    """Of tables with these items, by each engine."""
    found = Fabricated(dict.fromkeys(TABLES, items)).look(deep=True)

    assert (found.verdict, [words(table) for table in found.tables]) == (VALID, [[]] * len(TABLES))
    assert [table.items for table in found.tables] == [sum(map(len, items))] * len(TABLES)
