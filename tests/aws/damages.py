"""Kinds of damage: what a test does to a good backup, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import msgspec

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.manifest import connector_manifest
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.verification import TableVerification, Verification
from airflow_dynamodb_emr.transfer.lines import connector_line, dynamodb_line
from tests.core.makers import NOON

from .fabricated import CHANGED, COPIED, EXPORTED, ITEMS, PACKED, PLAIN, Fabricated, change_line, item, packed

VALID, INVALID, INCOMPLETE, IN_PROGRESS, UNVERIFIED = Verdict.VALID, Verdict.INVALID, Verdict.INCOMPLETE, Verdict.IN_PROGRESS, Verdict.UNVERIFIED
OLD = NOON - timedelta(days=2)


class Case(NamedTuple):
    """One kind of damage."""

    name: str
    damage: Callable[[Fabricated], None]
    table: str  # that suffers; empty: the backup as a whole
    verdict: Verdict
    words: str  # of the reason
    shallow: bool = True  # whether it can be seen without reading data


def flip(data: bytes, at: int = -1) -> bytes:
    """One bit of it, in the middle unless told."""
    at = len(data) // 2 if at < 0 else at
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def rotten(name: str, change: Callable[[bytes], bytes] = flip) -> Callable[[Fabricated], None]:
    def damage(made: Fabricated) -> None:
        key = made.key(name)
        made.rot(key, change(made[key]))

    return damage


def written(name: str, change: Callable[[bytes], bytes]) -> Callable[[Fabricated], None]:
    def damage(made: Fabricated) -> None:
        made[made.key(name)] = change(made[made.key(name)])

    return damage


def gone(key: str) -> Callable[[Fabricated], None]:
    return lambda made: made.__delitem__(key)


def dropped(name: str, number: int = 0) -> Callable[[Fabricated], None]:
    return lambda made: made.__delitem__(made.key(name, number))


def swapped(made: Fabricated) -> None:
    first, second = made.key(COPIED, 0), made.key(COPIED, 1)
    made[first], made[second] = made[second], made[first]


def another_tables_part(made: Fabricated) -> None:
    """Made to fit the manifest in all that S3 tells of it: only its bytes tell."""
    other = packed([dynamodb_line({**each, "n": {"N": "7"}}) for each in ITEMS[0]])
    made.rot(made.key(EXPORTED), other.ljust(117, b"\0")[:117])


def left_out(made: Fabricated) -> None:
    made[f"{PACKED}/1/manifest"] = connector_manifest([made.folder.uri / made.key(PACKED)])


def counts_exchanged(made: Fabricated) -> None:
    found = made.manifest(PLAIN)
    wrong = [msgspec.structs.replace(part, items=5 - (part.items or 0)) for part in found.parts]
    made[f"tables/{PLAIN}.json"] = documents.encode(msgspec.structs.replace(found, parts=wrong))
    made.publish()


def doubled(made: Fabricated) -> None:
    made[made.key(COPIED).replace("0000", "0002")] = made[made.key(COPIED)]


def added(name: str, file: str) -> Callable[[Fabricated], None]:
    def damage(made: Fabricated) -> None:
        made[f"{made.key(name).rpartition('/')[0]}/{file}"] = b"{}"

    return damage


def document(key: str, old: str, new: str) -> Callable[[Fabricated], None]:
    return lambda made: made.edit(key, old, new)


def manifest(name: str, old: str, new: str) -> Callable[[Fabricated], None]:
    return document(f"tables/{name}.json", old, new)


def schema(name: str, old: str, new: str) -> Callable[[Fabricated], None]:
    return document(f"schema/{name}.json", old, new)


def everywhere(name: str, old: str, new: str) -> Callable[[Fabricated], None]:
    """Somebody has changed the manifest, and made the verdict fit it."""

    def damage(made: Fabricated) -> None:
        made.edit(f"tables/{name}.json", old, new)
        made.publish()

    return damage


def copied_from(key: str, other: str) -> Callable[[Fabricated], None]:
    def damage(made: Fabricated) -> None:
        made[key] = made[other]

    return damage


def remade(name: str, *lines: bytes) -> Callable[[Fabricated], None]:
    """By an engine that has written these lines, counted them and believes itself."""
    return lambda made: become(made, Fabricated(lines={name: [lines, [line_of(name, 5)]]}, read_back=-1 if name == PLAIN else 2**30))


def become(made: Fabricated, other: Fabricated) -> None:
    made.s3.objects, made.s3.etags = other.s3.objects, other.s3.etags


def line_of(name: str, number: int) -> bytes:
    return {PLAIN: connector_line, COPIED: dynamodb_line, EXPORTED: dynamodb_line, CHANGED: change_line}[name](item(number))


def miscounted(made: Fabricated) -> None:
    """A large dump, which nobody has read: one line was lost on its way, and the names and sizes of its parts are what they were."""
    become(made, Fabricated(read_back=-1))
    key = made.key(PLAIN)
    lines = made[key].splitlines(keepends=True)
    made.rot(key, lines[0] + lines[1][:-1] + b" " * len(lines[2]) + b"\n")


def no_base(made: Fabricated) -> None:
    del made.s3.objects[made.base.manifest(CHANGED).key]


def no_base_part(made: Fabricated) -> None:
    del made.s3.objects[(made.base.uri / made.manifest(CHANGED, made.base).parts[0].key).key]


def base_of_another_time(made: Fabricated) -> None:
    found = made.manifest(CHANGED, made.base)
    made.store.put(made.base.manifest(CHANGED), documents.encode(msgspec.structs.replace(found, consistent=OLD)))


def another_verdict(made: Fabricated) -> None:
    """With a table that nobody has planned or proven."""
    told = made.verdict
    more = msgspec.structs.replace(told.tables[0], name="PROD_ghost")
    made["backup.json"] = documents.encode(msgspec.structs.replace(told, tables=[*told.tables, more]))


def forgotten_table(made: Fabricated) -> None:
    told = made.verdict
    made["backup.json"] = documents.encode(msgspec.structs.replace(told, tables=[each for each in told.tables if each.name != COPIED]))


def forgotten(made: Fabricated) -> None:
    made["forgotten.json"] = made["backup.json"]
    del made["backup.json"]


def running(made: Fabricated) -> None:
    del made["backup.json"]
    made["BACKUP_RUNNING"] = b""


def crc(data: bytes) -> bytes:
    return flip(data, len(data) - 6)


def flipped(key: str) -> Callable[[Fabricated], None]:
    def damage(made: Fabricated) -> None:
        made[key] = flip(made[key])

    return damage


def words(found: Verification | TableVerification) -> list[str]:
    return list(map(str, found.reasons))


def bad(found: Verification) -> list[str]:
    return [table.name for table in found.tables if table.verdict is not VALID]


def assert_found(made: Fabricated, case: Case, deep: bool) -> None:
    """That *case*'s damage is found and named, and no other table is blamed."""
    case.damage(made)

    found = made.look(deep)

    if not deep and not case.shallow:
        assert found.verdict is VALID, "that it cannot be seen is what a deep look is for"
        return
    about = found.table(case.table) if case.table else found
    assert about and (found.verdict, about.verdict) == (case.verdict, case.verdict)
    assert any(case.words in reason for reason in words(about)), words(about)
    assert bad(found) == ([case.table] if case.table else []), "no other table is blamed"
    assert not case.table or not about.engines  # type: ignore[union-attr]
