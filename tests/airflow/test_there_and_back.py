"""The shortest whole story, for every Airflow that is supported: one table backed up, and restored under another name."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.scan import scan

from .conftest import BASE, SECRETS, World


@pytest.fixture(scope="module")
def ran(world: World) -> dict[str, bool]:
    world.table("BACK_and-forth", 12)
    there = world.runs.together({"there": ("dynamodb_backup", {"prefix": "BACK_"})})
    return {**there, **world.runs.together({"back": ("dynamodb_restore", {"prefix": "BACK_", "rename_prefix": "NEW_"})})}


def test_a_table_is_backed_up_and_restored(world: World, ran: dict[str, bool]) -> None:
    assert ran["there"], world.runs.log("there")
    assert ran["back"], world.runs.log("back")

    left, right = ([item for page in scan(world.aws.endpoint, name) for item in page] for name in ("BACK_and-forth", "NEW_BACK_and-forth"))
    assert compare(left, right, ["id"]).equal == len(left) == len(right) == 12


def left_behind(world: World) -> Iterator[tuple[str, bytes]]:
    """Logs, Airflow's database with its XComs, and all that lies in S3: plans, schemas, steps and their logs, manifests, reports."""
    for name in ("there", "back"):
        yield from ((str(file), file.read_bytes()) for file in (world.runs.folder / name).rglob("*") if file.is_file())
    for uri, _ in world.store.objects(BASE):
        data = world.store.read(uri) or b""
        yield str(uri), gzip.decompress(data) if uri.key.endswith(".gz") else data


def test_nothing_secret_is_left_behind(world: World, ran: dict[str, bool]) -> None:
    found = dict(left_behind(world))

    assert any(b"BACK_and-forth" in data for name, data in found.items() if name.endswith((".db", "-wal"))), "no XComs were looked through"
    assert {"plan.json", "backup.json", "run.log"} <= {name.rpartition("/")[2] for name in found}
    assert [name for name, data in found.items() if any(secret.encode() in data for secret in SECRETS.values())] == []
