"""What the copy engine says of a dump is held against the plan and against S3; what does not count is not taken up again."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import copies
from airflow_dynamodb_emr.aws.proof import prove
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.engines import WORKER, Wished
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Copied, KeyAttribute, Part, Proof, TableManifest
from airflow_dynamodb_emr.core.plan import backup_plan
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST
from tests.core.makers import NOON, RUN, request, schema, table

ID = str(schema().table["TableId"])


class Dump:
    """A copy of one part, as a worker leaves it; each test damages it in its own way."""

    def __init__(self, store: Store, folder: S3Uri) -> None:
        made = backup_plan(structs.replace(request(), wished=Wished(engine=WORKER)), RUN, NOON, NOON, [table()], {}, [])
        self.store, self.plan = store, structs.replace(made, folder=str(folder))
        self.into = self.plan.root.data("orders", 1)
        self.part = self.into / "data/part-0-0000.json.gz"
        store.write_once(self.plan.root.schema("orders"), schema())
        store.put(self.part, b"packed")
        self.says()

    def says(self, **more: Any) -> None:
        _, size, etag = next(each for each in self.store.etags(self.into) if each[0] == self.part)
        said: dict[str, Any] = {
            "engine": WORKER,
            "form": "dynamodb-json",
            "table": "orders",
            "arn": "arn",
            "table_id": ID,
            "keys": ["id"],
            "items": 3,
            "bytes": size,
            "content_bytes": 9,
            "read_units": 1,
            "started": NOON,
            "ended": NOON,
            "seconds": 1,
            "parts": [Part(key="data/part-0-0000.json.gz", bytes=size, etag=etag, items=3)],
        }
        self.store.put(self.into / MANIFEST, documents.encode(Copied(**{**said, **more})))

    def prove(self) -> list[str]:
        return prove(self.store, self.plan, self.plan.tables[0], None, NOON)

    @property
    def manifest(self) -> TableManifest | None:
        return self.store.load(self.plan.root.manifest("orders"), TableManifest)

    @property
    def next_try(self) -> int:
        copies.refuse(self.store, self.plan.root, "orders")
        return copies.number_of(self.store, self.plan.root, "orders")


@pytest.fixture
def dump(store: Store, folder: S3Uri) -> Dump:
    return Dump(store, folder)


def test_a_whole_copy_counts(dump: Dump) -> None:
    assert dump.prove() == []

    made = dump.manifest
    assert made and (made.engine, made.items, made.attempt, made.counter) == (WORKER, 3, 1, 3)
    assert [part.key for part in made.parts] == ["orders/1/data/part-0-0000.json.gz"]
    assert (made.proof, made.read_units, made.table_id, made.keys) == (Proof.WRITTEN, 1, ID, [KeyAttribute(name="id", type="S")])
    assert (made.settings.segments, made.settings.read_units_a_second, made.settings.jar) == (1, 2.5, "")
    assert made.schema_sha256 == hashlib.sha256(dump.store.read(dump.plan.root.schema("orders")) or b"").hexdigest()


def refused(dump: Dump) -> str:
    """The only reason why it does not count."""
    (reason,) = dump.prove()
    assert dump.manifest is None
    return reason


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param({"table": "users"}, "it is a dump of users", id="another table"),
        pytest.param({"table_id": "other"}, "table orders was deleted and made anew since the plan was made", id="made anew"),
        pytest.param({"items": 4}, "its parts hold 3 items, it says 4", id="other items than its parts"),
        pytest.param({"parts": [], "items": 0}, "data/part-0-0000.json.gz is no part of it", id="a part too many"),
    ],
)
def test_a_copy_of_anything_else_than_was_planned_does_not_count(dump: Dump, said: dict[str, Any], why: str) -> None:
    dump.says(**said)

    assert refused(dump) == why
    assert dump.next_try == 2


def test_a_part_that_was_written_over_since_is_found(dump: Dump) -> None:
    dump.store.put(dump.part, b"another")

    assert refused(dump) == "1 part is not what was written: data/part-0-0000.json.gz"
    assert dump.next_try == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"{]", "is no Copied: ", id="damaged"),
        pytest.param(b'{"format": 2, "tool": "9"}', "has format 2, this version reads 1", id="newer"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_the_reason_of_its_own_table(dump: Dump, data: bytes, why: str) -> None:
    dump.store.put(dump.into / MANIFEST, data)

    assert why in refused(dump)
    assert dump.next_try == 2


def test_a_copy_without_its_schema_could_not_be_restored(dump: Dump) -> None:
    dump.store.delete(dump.plan.root.schema("orders"))

    assert refused(dump) == "its schema was not saved"


def test_a_copy_that_was_broken_off_says_why_and_is_taken_up_where_it_was(dump: Dump) -> None:
    dump.store.delete(dump.into / MANIFEST)
    assert refused(dump) == "its copy was not finished"

    copies.failed(dump.store, dump.plan.root, "orders", "Scan was refused")
    assert refused(dump) == "its copy was not finished: Scan was refused"
    assert dump.next_try == 1


def test_a_new_try_forgets_why_the_last_one_failed(dump: Dump) -> None:
    dump.store.delete(dump.into / MANIFEST)
    copies.failed(dump.store, dump.plan.root, "orders", "Scan was refused")

    copies.forget_failure(dump.store, dump.plan.root, "orders")

    assert refused(dump) == "its copy was not finished"
