"""Each kind of damage to a dump is found, and a dump that does not count gets no manifest."""

from __future__ import annotations

import gzip
import hashlib
import math
from datetime import timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.proof import prove
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute, Proof, Settings, TableManifest, connector_manifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from tests.core.makers import NOON, plan, schema, table

from .helpers import JOB_LOG

LINE = b'{"id":{"s":"k1"}}\n'
LATER = NOON + timedelta(seconds=9)


class Dump:
    """A dump of three items in two parts, as the connector leaves it; each test damages it in its own way."""

    def __init__(self, store: Store, folder: S3Uri) -> None:
        made = plan(table("orders"))
        self.store = store
        self.plan: BackupPlan = structs.replace(made, folder=str(folder), logs=str(folder / "logs"))
        self.attempt = self.at("COMPLETED")
        self.data = self.plan.root.data("orders", 2)
        self.parts = [self.data / "a.gz", self.data / "b.gz"]
        self.log = self.attempt.log(self.plan.logs)
        store.write_once(self.plan.root.schema("orders"), schema())
        store.put(self.parts[0], gzip.compress(LINE * 2))
        store.put(self.parts[1], gzip.compress(LINE))
        store.put(self.data / "manifest", connector_manifest(self.parts))
        store.put(self.log, gzip.compress(JOB_LOG.encode()))

    def at(self, state: str, reason: str = "") -> Attempt:
        step = Step(id="s-1", name="orders/2", state=state, reason=reason, started=NOON, ended=LATER)
        return Attempt(number=2, cluster="j-1", step=step)

    def prove(self, attempt: Attempt | None = None, read_back: float = math.inf) -> list[str]:
        return prove(self.store, self.plan, self.plan.tables[0], attempt or self.attempt, NOON, read_back)

    def says(self, count: int) -> None:
        self.store.put(self.log, gzip.compress(JOB_LOG.replace("READ=3", f"READ={count}").encode()))

    @property
    def manifest(self) -> TableManifest | None:
        return self.store.load(self.plan.root.manifest("orders"), TableManifest)


@pytest.fixture
def dump(store: Store, folder: S3Uri) -> Dump:
    return Dump(store, folder)


def refused(dump: Dump, attempt: Attempt | None = None) -> str:
    """The only reason why it does not count."""
    (reason,) = dump.prove(attempt)
    assert dump.manifest is None
    return reason


def test_a_whole_dump_counts_and_gets_its_manifest(dump: Dump) -> None:
    assert dump.prove() == []

    made = dump.manifest
    assert made and (made.items, made.counter, made.attempt, made.cluster, made.step, made.seconds) == (3, 3, 2, "j-1", "s-1", 9)
    assert [(part.key, part.items) for part in made.parts] == [("orders/2/a.gz", 2), ("orders/2/b.gz", 1)]
    assert made.bytes == sum(dump.store.size(part) or 0 for part in dump.parts) and made.engines == ["connector", "worker"]


def test_a_manifest_says_what_it_is_of_and_how_it_was_made(dump: Dump) -> None:
    dump.prove()

    made, saved = dump.manifest, dump.store.read(dump.plan.root.schema("orders"))
    assert made and saved
    assert (made.arn, made.table_id) == (schema().table["TableArn"], schema().table["TableId"])
    assert made.keys == [KeyAttribute(name="id", type="S")] and made.schema_sha256 == hashlib.sha256(saved).hexdigest()
    assert (made.proof, made.read_units, made.ignored) == (Proof.READ, None, [])
    assert made.settings == Settings(release="emr-7.13.0", jar="s3://jars/tools.jar", segments=1, read_units_a_second=2.5, spiked_to=None)


def test_a_large_dump_counts_by_its_steps_counter_and_is_not_read(dump: Dump) -> None:
    dump.store.put(dump.parts[1], b"whatever it is")

    assert dump.prove(read_back=1) == []

    made = dump.manifest
    assert made and (made.proof, made.items, made.counter, made.engines) == (Proof.COUNTED, 3, 3, ["worker"])
    assert [(part.key, part.items, part.sha256) for part in made.parts] == [("orders/2/a.gz", None, None), ("orders/2/b.gz", None, None)]
    assert [(part.bytes, part.etag) for part in made.parts] == [(size, etag) for uri, size, etag in dump.store.etags(dump.data) if uri in dump.parts]


@pytest.mark.parametrize(("beside", "proof"), [(0, Proof.READ), (-1, Proof.COUNTED)], ids=["at the limit", "above it"])
def test_a_dump_is_large_above_the_limit(dump: Dump, beside: int, proof: Proof) -> None:
    stored = sum(dump.store.size(part) or 0 for part in dump.parts)

    assert dump.prove(read_back=stored + beside) == []

    assert dump.manifest and dump.manifest.proof is proof


def test_a_large_dump_lacks_no_part(dump: Dump) -> None:
    dump.store.delete(dump.parts[1])

    assert dump.prove(read_back=1) == ["1 part is gone: orders/2/b.gz"]


def test_a_large_dump_without_count_does_not_count(dump: Dump) -> None:
    dump.store.delete(dump.log)

    assert dump.prove(read_back=1) == ["the step's log has no item count (DYNAMODB_ITEMS_READ)"]


def test_a_step_that_read_nothing_leaves_no_parts(dump: Dump) -> None:
    dump.says(0)

    assert dump.prove(read_back=1) == ["the step read no item, and left 2 parts"]


def test_what_a_lost_mapper_has_left_is_written_down(dump: Dump) -> None:
    dump.store.put(dump.data / "orphan", b"{}")

    assert dump.prove() == []

    assert dump.manifest and dump.manifest.ignored == ["orders/2/orphan"]


def test_a_dump_that_was_proven_keeps_its_manifest(dump: Dump) -> None:
    dump.prove()
    first = dump.manifest
    dump.store.delete(dump.parts[0])

    assert dump.prove() and dump.manifest == first


def test_a_lost_part_is_found(dump: Dump) -> None:
    dump.store.delete(dump.parts[1])

    reasons = dump.prove()

    assert "1 part is gone: orders/2/b.gz" in reasons and dump.manifest is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(gzip.compress(LINE * 100)[:-10], "is no whole gzip file", id="cut short"),
        pytest.param(b"not packed", "is no whole gzip file", id="no gzip"),
        pytest.param(gzip.compress(LINE + b'{"id":{"s":'), ", line 2: ", id="half an item"),
        pytest.param(gzip.compress(b"hello\n"), ", line 1: ", id="no item"),
    ],
)
def test_a_damaged_part_is_found_and_named(dump: Dump, body: bytes, why: str) -> None:
    dump.store.put(dump.parts[1], body)

    reasons = dump.prove()

    assert any(reason.startswith(f"1 parts cannot be read: {dump.parts[1]}") and why in reason for reason in reasons)
    assert dump.manifest is None


@pytest.mark.parametrize("count", [0, 2, 4])
def test_a_count_that_differs_from_the_parts_is_found(dump: Dump, count: int) -> None:
    dump.says(count)

    assert refused(dump) == f"the step read {count} items, the parts hold 3"


def test_a_part_with_an_item_too_few_is_found(dump: Dump) -> None:
    dump.store.put(dump.parts[0], gzip.compress(LINE))

    assert refused(dump) == "the step read 3 items, the parts hold 2"


def test_a_missing_manifest_is_found_although_the_parts_are_there(dump: Dump) -> None:
    dump.store.delete(dump.data / "manifest")

    assert "the step left no manifest" in dump.prove() and dump.manifest is None


def test_a_manifest_that_cannot_be_read_is_found(dump: Dump) -> None:
    dump.store.put(dump.data / "manifest", b'{"version":3,"entries":[')

    assert any("is no manifest of the connector" in reason for reason in dump.prove()) and dump.manifest is None


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(gzip.compress(JOB_LOG.encode())[:-12], id="cut short"),
        pytest.param(gzip.compress(b"killed\n"), id="no count"),
    ],
)
def test_a_log_without_count_is_found(dump: Dump, log: bytes | None) -> None:
    dump.store.delete(dump.log)
    if log is not None:
        dump.store.put(dump.log, log)

    assert refused(dump) == "the step's log has no item count (DYNAMODB_ITEMS_READ)"


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "INTERRUPTED", "RUNNING", "PENDING"])
def test_a_step_that_did_not_complete_makes_no_dump_whatever_lies_there(dump: Dump, state: str) -> None:
    assert refused(dump, dump.at(state, "no space left")) == f"its step is {state}: no space left"


def test_a_failed_step_of_which_emr_says_nothing_is_explained_by_its_log(dump: Dump) -> None:
    dump.store.put(dump.log, gzip.compress(b"one\njava.io.IOException: disk full\n"))

    assert refused(dump, dump.at("FAILED")) == "its step is FAILED: one | java.io.IOException: disk full"


def test_a_table_that_no_step_was_submitted_for_is_said_so(dump: Dump) -> None:
    assert prove(dump.store, dump.plan, dump.plan.tables[0], None, NOON) == ["no EMR step was submitted for it"]


def test_the_dump_of_an_empty_table_counts(dump: Dump) -> None:
    dump.store.put(dump.data / "manifest", connector_manifest([]))
    dump.store.put(dump.log, gzip.compress(JOB_LOG.replace("DYNAMODB_ITEMS_READ", "OTHER").encode()))

    assert dump.prove() == []
    assert dump.manifest and (dump.manifest.items, dump.manifest.parts) == (0, [])


def test_a_dump_that_the_connector_cannot_load_is_for_the_worker(dump: Dump) -> None:
    dump.store.put(dump.parts[1], gzip.compress(b'{"id":{"s":"k"},"empty":{"l":[]}}\n'))

    assert dump.prove() == []
    assert dump.manifest and dump.manifest.engines == ["worker"]


def test_a_copy_of_a_backup_is_proven_where_it_lies(dump: Dump) -> None:
    elsewhere = [S3Uri("other-bucket", part.key) for part in dump.parts]
    dump.store.put(dump.data / "manifest", connector_manifest(elsewhere))

    assert dump.prove() == []


def test_a_dump_without_its_schema_could_not_be_restored(dump: Dump) -> None:
    dump.store.delete(dump.plan.root.schema("orders"))

    assert refused(dump) == "its schema was not saved"
