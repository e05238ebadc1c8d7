"""Which files an import reads."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tests.local.connector.dumps import ITEMS, dump, lines


def test_the_manifest_alone_says_which_files(machine: Any, load: Any) -> None:
    folder = dump(machine, lines(ITEMS))
    machine.write(folder / "orphan", lines([{"id": {"S": "orphan"}}]))
    target = machine.table()

    load(folder, target)

    assert machine.items(target) == ITEMS


def test_the_manifest_of_a_copy_still_points_to_the_original(machine: Any, load: Any) -> None:
    original, copy, target = dump(machine, lines(ITEMS)), machine.folder(), machine.table()
    machine.write(copy / "manifest", machine.read(original / "manifest"))

    ran = load(copy, target)

    assert (ran.code, machine.items(target)) == (0, ITEMS)


def test_without_a_manifest_every_file_that_is_not_hidden_is_read(machine: Any, load: Any) -> None:
    folder = dump(machine, lines(ITEMS[:30]), manifest=False)
    machine.write(folder / "more.gz", gzip.compress(lines(ITEMS[30:])))
    machine.write(folder / "_SUCCESS", b"")
    machine.write(folder / ".hidden", b"no item")
    target = machine.table()

    load(folder, target)

    assert machine.items(target) == ITEMS


def test_only_a_name_tells_a_packed_file(machine: Any, load: Any) -> None:
    ran = load(dump(machine, gzip.compress(lines(ITEMS))), machine.table())

    assert ran.code == 1


@pytest.mark.parametrize(
    ("manifest", "facts"),
    [
        pytest.param(b'{"version":2,"entries":[{"url":"s3://local-backups/x"}]}', "Unknown version: 2", id="another version"),
        pytest.param(
            b'{"version":3,"entries":[{"url":"s3://local-backups/nothing/here"}]}',
            "No such file or directory: s3://local-backups/nothing/here",
            id="a file is gone",
        ),
        pytest.param(b'{"version":3,', "JsonSyntaxException", id="cut short"),
    ],
)
def test_a_manifest_that_is_wrong_fails_the_job(machine: Any, load: Any, manifest: bytes, facts: str) -> None:
    folder = dump(machine, manifest=False)
    machine.write(folder / "manifest", manifest)

    ran = load(folder, machine.table())

    assert ran.code == 1
    assert facts in ran.err


def test_a_folder_that_is_not_there_is_named(machine: Any, load: Any) -> None:
    folder = machine.folder()

    ran = load(folder, machine.table())

    assert ran.code == 1
    assert f"No such file or directory: {folder}" in ran.err


def test_a_folder_within_the_folder_is_no_file(machine: Any, load: Any) -> None:
    folder = dump(machine, lines(ITEMS), manifest=False)
    machine.write(folder / "deeper/x", b"")

    ran = load(folder, machine.table())

    assert ran.code == 1
    assert f"Not a file: {folder}/deeper" in ran.err
