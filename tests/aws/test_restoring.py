from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import readers, restoring
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import parse_connector_manifest
from airflow_dynamodb_emr.core.names import Rename
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.restore import RestoreRequest
from airflow_dynamodb_emr.core.spiking import Absolute
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.errors import BadInput, DataDamaged
from airflow_dynamodb_emr.local.process import StandIn
from tests.core import makers
from tests.core.makers import NOON

from .conftest import MakeTable
from .helpers import JAR, nothing_touched, refusal
from .saved import backup_of, verdict_at

NOWHERE = S3Uri("no-such-bucket", "x")


@pytest.fixture
def backup(clients: Clients, make_table: MakeTable, prefix: str, folder: S3Uri) -> Backup:
    return backup_of(clients, folder, prefix, [make_table(prefix + "a", 5), make_table(prefix + "b")])


@pytest.fixture
def asked(backup: Backup, folder: S3Uri, prefix: str) -> RestoreRequest:
    asked = makers.restore_request()
    return structs.replace(asked, app=prefix, base=folder, logs=folder / "logs", region="us-east-1", jar=JAR, rename=Rename(prefix="R_"))


def test_a_draft_loads_every_table_under_its_new_name_and_touches_nothing(
    aws: StandIn, clients: Clients, asked: RestoreRequest, backup: Backup, prefix: str
) -> None:
    with nothing_touched(aws):
        plan = restoring.draft(clients, asked, "run", NOON)

    assert {load.source: load.name for load in plan.tables} == {prefix + "a": f"R_{prefix}a", prefix + "b": f"R_{prefix}b"}
    assert all(load.create and load.create["TableName"] == load.name for load in plan.tables)
    assert (plan.backup, plan.account) == (backup.uri, "123456789012") and plan.cluster


def test_a_plan_that_is_committed_is_known_and_every_load_has_a_manifest(
    clients: Clients, store: Store, asked: RestoreRequest, backup: Backup
) -> None:
    plan = restoring.draft(clients, asked, "run", NOON)
    assert restoring.known(store, asked, "run") is None

    restoring.commit(store, plan, NOON)

    assert restoring.known(store, asked, "run") == plan and restoring.known(store, asked, "another run") is None
    for load in plan.tables:
        manifest = store.read(plan.root.uri / load.name / "manifest")
        assert parse_connector_manifest(manifest or b"") == [S3Uri.parse(backup.uri) / f"{load.source}/1/a.gz"]


def test_a_restore_says_in_the_backup_that_it_reads_it_and_is_refused_when_that_was_forgotten(
    clients: Clients, store: Store, asked: RestoreRequest, backup: Backup
) -> None:
    plan, folder = restoring.draft(clients, asked, "a/run", NOON), Folder.parse(backup.uri)
    assert plan.reads == [backup.uri]

    restoring.commit(store, plan, NOON)

    assert [uri.key.rpartition("/")[2] for uri, _ in store.objects(folder.readers)] == ["a_run"]
    assert readers.of(store, folder, NOON) == "a/run reads it, since 2026-11-23 12:00 UTC"
    store.delete(folder.verdict)
    late = structs.replace(plan, run="late", folder=f"{plan.folder}-late")
    with pytest.raises(DataDamaged, match="was forgotten meanwhile"):
        restoring.commit(store, late, NOON)
    assert not list(store.objects(late.root.uri)) and len(list(store.objects(folder.readers))) == 1


def test_a_copied_backup_is_loaded_from_the_copy(clients: Clients, store: Store, asked: RestoreRequest, backup: Backup, folder: S3Uri) -> None:
    source, copy = S3Uri.parse(backup.uri), folder / "copy"
    for uri, _ in list(store.objects(source)):
        store.put(copy / source.relative(uri), store.read(uri) or b"")

    plan = restoring.draft(clients, structs.replace(asked, wanted=Wanted(uri=copy)), "run", NOON)

    assert all(uri.key.startswith(copy.key) for load in plan.tables for uri in plan.part_uris(load))


def test_a_table_that_exists_is_loaded_into_where_that_is_allowed(
    clients: Clients, make_table: MakeTable, asked: RestoreRequest, prefix: str
) -> None:
    make_table(f"R_{prefix}a", 9)

    plan = restoring.draft(clients, structs.replace(asked, into_existing=True), "run", NOON)

    assert plan.table(f"R_{prefix}a").create is None and plan.table(f"R_{prefix}a").before.write == 9
    assert plan.table(f"R_{prefix}b").create


def test_a_table_that_exists_is_refused_and_nothing_is_left(
    aws: StandIn, clients: Clients, make_table: MakeTable, asked: RestoreRequest, prefix: str
) -> None:
    make_table(f"R_{prefix}b")

    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        restoring.draft(clients, asked, "run", NOON)

    assert refusal(raised)[0] == f"table R_{prefix}b exists already"


def test_the_source_itself_is_a_table_that_exists(aws: StandIn, clients: Clients, asked: RestoreRequest, prefix: str) -> None:
    with nothing_touched(aws), pytest.raises(BadInput, match=f"table {prefix}a exists already"):
        restoring.draft(clients, structs.replace(asked, rename=Rename()), "run", NOON)


def test_a_table_of_other_keys_is_refused(aws: StandIn, clients: Clients, make_table: MakeTable, asked: RestoreRequest, prefix: str) -> None:
    keys = {"KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "x", "AttributeType": "S"}]}
    make_table(f"R_{prefix}a", **keys)

    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        restoring.draft(clients, structs.replace(asked, into_existing=True), "run", NOON)

    assert refusal(raised)[0] == f"table R_{prefix}a has the keys ['x'], the dump of {prefix}a has ['id']"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown bucket": ({"base": NOWHERE}, "base: bucket no-such-bucket is not there"),
    "unknown bucket for logs": ({"logs": NOWHERE}, "log_uri: bucket no-such-bucket is not there"),
    "no backup of this app": ({"app": "NOBODY_"}, "backup: there is no good one (latest) in "),
    "no backup of that time": ({"wanted": Wanted.parse("2020-01-01T00:00:00Z")}, "backup: there is no good one (newest at or before 2020-01-01"),
    "no backup there": ({"wanted": Wanted(uri=NOWHERE)}, "backup: s3://no-such-bucket/x has no backup.json"),
    "no such table": ({"tables": ["nobody*"]}, "tables: 'nobody*' is in no way in s3://"),
    "too many tables": ({"most_tables": 1}, "tables: 2 were chosen, one run takes 1"),
    "a name that becomes too long": ({"rename": Rename(suffix="x" * 255)}, "rename: "),
    "units that raise nothing": ({"pace": Pace(spike=Absolute(number=5))}, "spike: 5 units would raise no table: each has 5 or more already"),
    "units no table can have": ({"pace": Pace(spike=Absolute(number=50_000))}, "spike: 50000 units is above the 40000 that the account allows"),
    "no such jar": ({"jar": JAR + "x"}, f"connector_jar: {JAR}x is not there"),
    "no such role": ({"cluster": ClusterSpec(service_role="Nobody")}, "service_role: Nobody is not there"),
    "no such subnet": ({"cluster": ClusterSpec(subnets=["subnet-0"])}, "subnets: subnet-0 is not there"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_line_and_a_hint_and_leaves_nothing_behind(aws: StandIn, clients: Clients, asked: RestoreRequest, what: str) -> None:
    changes, facts = BAD[what]

    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        restoring.draft(clients, structs.replace(asked, **changes), "run", NOON)

    assert refusal(raised)[0].startswith(facts)


def test_a_base_that_cannot_be_written_to_is_refused_and_nothing_is_left(
    clients: Clients, store: Store, asked: RestoreRequest, backup: Backup, unwritable: S3Uri
) -> None:
    plan = restoring.draft(clients, structs.replace(asked, base=unwritable, wanted=Wanted.parse(backup.uri)), "run", NOON)

    with pytest.raises(BadInput) as raised:
        restoring.commit(store, plan, NOON)

    assert refusal(raised)[0].startswith(f"base: {unwritable} (writing to it) is not allowed to us")
    assert not list(store.objects(unwritable))


def test_a_backup_in_which_one_table_failed_is_refused_unless_only_others_are_named(
    clients: Clients, store: Store, asked: RestoreRequest, folder: S3Uri
) -> None:
    failed = verdict_at(store, folder, "FAILED_", NOON, Verdict.INCOMPLETE)

    with pytest.raises(BadInput, match=r"1 of them cannot be restored from .*: orders: its step is FAILED"):
        restoring.draft(clients, structs.replace(asked, wanted=Wanted.parse(failed.uri)), "run", NOON)


@pytest.mark.parametrize("what", ["schema", "manifest"])
def test_a_backup_of_which_somebody_deleted_a_part_is_damaged(
    clients: Clients, store: Store, asked: RestoreRequest, backup: Backup, prefix: str, what: str
) -> None:
    folder = Folder.parse(backup.uri)
    store.delete(folder.schema(prefix + "a") if what == "schema" else folder.manifest(prefix + "a"))

    with pytest.raises(DataDamaged, match="is not there, although the backup's verdict says so"):
        restoring.draft(clients, asked, "run", NOON)


@pytest.mark.parametrize("what", ["schema", "manifest"])
def test_a_backup_in_which_somebody_changed_a_document_is_damaged(
    clients: Clients, store: Store, asked: RestoreRequest, backup: Backup, prefix: str, what: str
) -> None:
    """Nobody need have verified it before."""
    folder = Folder.parse(backup.uri)
    uri = folder.schema(prefix + "a") if what == "schema" else folder.manifest(prefix + "a")
    store.put(uri, (store.read(uri) or b"") + b"\n")

    with pytest.raises(DataDamaged, match=f"{uri} is not as it was when the backup was made"):
        restoring.draft(clients, asked, "run", NOON)


def test_a_restore_without_cluster_needs_neither_jar_nor_role(clients: Clients, make_table: MakeTable, asked: RestoreRequest, prefix: str) -> None:
    backup_of(clients, asked.base, prefix + "w", [make_table(prefix + "w")], engines=("worker",))

    plan = restoring.draft(clients, structs.replace(asked, app=prefix + "w", jar=JAR + "x", cluster=ClusterSpec(service_role="Nobody")), "run", NOON)

    assert plan.cluster is None and [load.engine for load in plan.tables] == ["worker"]
