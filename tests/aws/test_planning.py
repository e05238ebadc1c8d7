from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import planning, readers
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.engines import SPARK, Wished
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Increment
from airflow_dynamodb_emr.core.names import Selection
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.plan import BackupPlan, Request
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.core.spiking import Absolute, Off
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.process import StandIn
from tests.core import makers
from tests.core.makers import NOON

from .conftest import MakeTable
from .helpers import JAR, nothing_touched, refusal

NOWHERE = S3Uri("no-such-bucket", "x")


@pytest.fixture
def asked(make_table: MakeTable, prefix: str, folder: S3Uri) -> Request:
    """A backup of two tables, one of them provisioned; a third only contains the prefix."""
    make_table(prefix + "a", 5)
    make_table(prefix + "b")
    make_table("OLD_" + prefix + "a")
    return structs.replace(makers.request(prefix), base=folder, logs=folder / "logs", app=prefix, region="us-east-1", jar=JAR)


def draft(clients: Clients, request: Request, run: str = "run") -> planning.Draft:
    return planning.draft(clients, request, run, NOON, NOON + timedelta(minutes=1))


def below(store: Store, folder: S3Uri) -> list[str]:
    return sorted(folder.relative(uri) for uri, _ in store.objects(folder))


def test_a_draft_holds_what_starts_with_the_prefix_and_touches_nothing(aws: StandIn, clients: Clients, asked: Request, prefix: str) -> None:
    with nothing_touched(aws):
        made = draft(clients, asked)

    assert sorted(dump.name for dump in made.plan.tables) == [prefix + "a", prefix + "b"] == [schema.name for schema in made.schemas]
    assert (made.plan.account, made.plan.excluded, made.plan.vanished) == ("123456789012", {}, [])


def test_excluded_and_vanished_tables_are_named(aws: StandIn, clients: Clients, make_table: MakeTable, asked: Request, prefix: str) -> None:
    aws.set(delete_seconds=600)
    clients.dynamodb.delete_table(TableName=make_table(prefix + "going"))

    plan = draft(clients, structs.replace(asked, selection=Selection(prefix=prefix, exclude=["*_b"]))).plan

    assert [dump.name for dump in plan.tables] == [prefix + "a"]
    assert (plan.excluded, plan.vanished) == ({prefix + "b": "*_b"}, [prefix + "going"])


def test_a_plan_that_is_committed_is_written_before_anything_else(clients: Clients, asked: Request, prefix: str) -> None:
    class Watched(Store):
        written: list[str] = []

        def put_new(self, uri: S3Uri, data: bytes) -> bool:
            self.written.append(uri.key)
            return super().put_new(uri, data)

        def put(self, uri: S3Uri, data: bytes = b"") -> None:
            self.written.append(uri.key)
            super().put(uri, data)

    store = Watched(clients.s3)
    plan = planning.commit(store, draft(clients, asked))

    assert store.written[0] == plan.root.plan.key
    assert below(store, plan.root.uri) == sorted(
        ["plan.json", "BACKUP_RUNNING", "exportSteps.json", f"schema/{prefix}a.json", f"schema/{prefix}b.json"]
    )
    assert store.load(plan.root.plan, BackupPlan) == plan
    saved = store.load(plan.root.schema(prefix + "a"), Schema)
    assert saved and saved.table["ProvisionedThroughput"]["ReadCapacityUnits"] == 5


def test_what_increments_will_stand_on_is_read_until_their_own_verdict_is_there(clients: Clients, store: Store, asked: Request, prefix: str) -> None:
    base = Folder(asked.base / "us-east-1" / prefix / "2026/11/22/12_00.00")
    store.put(base.verdict)
    increment = Increment(base=str(base.manifest(prefix + "a")), base_time=NOON, start=NOON, end=NOON)
    made = draft(clients, asked)

    plan = planning.commit(store, structs.replace(made, plan=structs.replace(made.plan, increments={prefix + "a": increment})))

    assert readers.of(store, base, NOON).startswith(f"{plan.run} reads it")
    store.write_once(plan.root.verdict, structs.replace(makers.backup(makers.judged()), ended=plan.made))
    assert not readers.of(store, base, NOON)


def test_a_second_try_of_a_run_keeps_to_its_first_plan(clients: Clients, store: Store, make_table: MakeTable, asked: Request, prefix: str) -> None:
    first = planning.commit(store, draft(clients, asked))
    make_table(prefix + "new")

    second = planning.commit(store, draft(clients, structs.replace(asked, pace=Pace(ratio=1.5))))

    assert second == first and len(first.tables) == 2


def test_another_run_at_the_same_time_is_refused_and_changes_nothing(clients: Clients, store: Store, asked: Request) -> None:
    first = planning.commit(store, draft(clients, asked, "one"))
    before = below(store, asked.base)

    with pytest.raises(BadInput) as raised:
        planning.commit(store, draft(clients, asked, "other"))

    assert refusal(raised)[0] == f"base: {first.root.plan} is there already, of run one"
    assert below(store, asked.base) == before and store.load(first.root.plan, BackupPlan) == first


def test_a_bucket_that_cannot_be_written_to_is_refused_and_nothing_is_left(clients: Clients, store: Store, asked: Request, unwritable: S3Uri) -> None:
    made = draft(clients, structs.replace(asked, base=unwritable))

    with pytest.raises(BadInput) as raised:
        planning.commit(store, made)

    assert refusal(raised)[0].startswith(f"base: {unwritable} (writing to it) is not allowed to us")
    assert "s3:PutObject" in raised.value.hint and not below(store, unwritable)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown bucket": ({"base": NOWHERE}, "base: bucket no-such-bucket is not there"),
    "unknown bucket for logs": ({"logs": NOWHERE}, "log_uri: bucket no-such-bucket is not there"),
    "no such prefix": ({"selection": Selection(prefix="NOBODY_")}, "prefix: no table starts with 'NOBODY_'"),
    "a prefix that is only contained": ({"selection": Selection(prefix="LD_")}, "prefix: no table starts with 'LD_'"),
    "units that raise nothing": ({"pace": Pace(spike=Absolute(number=5))}, "spike: 5 units would raise no table: each has 5 or more already"),
    "no such jar": ({"jar": JAR + "x"}, f"connector_jar: {JAR}x is not there"),
    "a template that EMR would refuse": (
        {"cluster": ClusterSpec(template={"AutoTerminationPolicy": {"IdleTimeout": 1}})},
        "cluster_template: AutoTerminationPolicy.IdleTimeout: 1 is not from 60 to 604800 seconds",
    ),
    "a template that is none": ({"cluster": ClusterSpec(template={"Instances": {"Ec2Key": "k"}})}, "cluster_template: Instances.Ec2Key: there is"),
    "logs of a template elsewhere": (
        {"cluster": ClusterSpec(template={"LogUri": f"{NOWHERE}/"})},
        "log_uri: bucket no-such-bucket is not there",
    ),
    "no such role": ({"cluster": ClusterSpec(service_role="Nobody")}, "service_role: Nobody is not there"),
    "no such profile": ({"cluster": ClusterSpec(instance_profile="Nobody")}, "instance_profile: Nobody is not there"),
    "no such subnet": ({"cluster": ClusterSpec(subnets=["subnet-0"])}, "subnets: subnet-0 is not there"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_line_and_a_hint_and_leaves_nothing_behind(aws: StandIn, clients: Clients, asked: Request, what: str) -> None:
    changes, facts = BAD[what]

    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        draft(clients, structs.replace(asked, **changes))

    assert refusal(raised)[0].startswith(facts)


def test_limits_are_asked_for_once_and_only_where_something_may_be_raised(aws: StandIn, clients: Clients, asked: Request, prefix: str) -> None:
    on_demand_only = structs.replace(asked, selection=Selection(prefix=prefix, exclude=["*_a"]))

    for request, times in [(asked, 1), (structs.replace(asked, pace=Pace(spike=Off())), 0), (on_demand_only, 0)]:
        aws.reset_calls()
        draft(clients, request)
        assert aws.calls().get("dynamodb.DescribeLimits", 0) == times


def test_units_that_no_table_can_have_leave_nothing_behind(aws: StandIn, clients: Clients, asked: Request) -> None:
    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        draft(clients, structs.replace(asked, pace=Pace(spike=Absolute(number=40_001), max_units=50_000)))

    assert refusal(raised)[0] == "spike: 40001 units is above the 40000 that the account allows a table"


def test_an_exclusion_of_everything_leaves_nothing_behind(aws: StandIn, clients: Clients, asked: Request, prefix: str) -> None:
    everything = Selection(prefix=prefix, exclude=[prefix + "?"])

    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        draft(clients, structs.replace(asked, selection=everything))

    assert refusal(raised)[0] == f"exclude: all 2 tables that start with '{prefix}' are excluded"


def test_tables_that_were_all_deleted_just_now_leave_nothing_behind(aws: StandIn, clients: Clients, asked: Request, prefix: str) -> None:
    aws.set(delete_seconds=600)
    for name in "ab":
        clients.dynamodb.delete_table(TableName=prefix + name)

    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        draft(clients, asked)

    assert "were deleted just now" in refusal(raised)[0]


def test_a_job_run_writes_its_logs_without_a_cluster_into_a_bucket_that_must_be_there(aws: StandIn, clients: Clients, asked: Request) -> None:
    spark: dict[str, Any] = {"wished": Wished(engine=SPARK, serverless=True), "program": Program(main="s3://b/main.py", modules="s3://b/modules.zip")}

    with nothing_touched(aws), pytest.raises(BadInput) as raised:
        draft(clients, structs.replace(asked, logs=NOWHERE, serverless=ServerlessSpec(role="arn"), **spark))

    assert refusal(raised)[0].startswith("log_uri: bucket no-such-bucket")
