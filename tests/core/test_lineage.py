from __future__ import annotations

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core import lineage
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.lineage import Data
from airflow_dynamodb_emr.core.loading import table_load
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.restore import Restore, TableLoaded, restore_plan
from airflow_dynamodb_emr.core.source import Source
from airflow_dynamodb_emr.core.verdict import Verdict

from .makers import NOON, RUN, backup, judged, manifest, restore_request, schema

KEY = "dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00"
ACCOUNT = "arn:aws:dynamodb:eu-west-1:123456789012"
BUCKET = "s3://backups"


@pytest.mark.parametrize(
    ("region", "namespace"),
    [
        pytest.param("eu-west-1", "arn:aws:dynamodb:eu-west-1:1", id="AWS"),
        pytest.param("cn-north-1", "arn:aws-cn:dynamodb:cn-north-1:1", id="China"),
        pytest.param("us-gov-west-1", "arn:aws-us-gov:dynamodb:us-gov-west-1:1", id="GovCloud"),
    ],
)
def test_a_table_is_named_by_its_arn(region: str, namespace: str) -> None:
    assert lineage.table(region, "1", "orders") == Data(namespace=namespace, name="table/orders")


def test_a_dump_comes_from_its_table_and_counts_nothing_yet() -> None:
    ranged = schema(
        "orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in (("at", "N"), ("indexed", "B"), ("id", "S"))],
    )

    flow = lineage.dumped("eu-west-1", "123456789012", S3Uri("backups", KEY), [ranged])

    assert flow.inputs == [Data(namespace=ACCOUNT, name="table/orders", fields={"id": "S", "at": "N"})]
    assert flow.outputs == [Data(namespace=BUCKET, name=f"{KEY}/orders")]


def test_a_whole_backup_is_an_output_beside_its_dumps() -> None:
    flow = lineage.published(backup(judged("a", items=1, bytes=10), judged("b", items=2, bytes=20)))

    assert [data.name for data in flow.inputs] == ["table/a", "table/b"]
    assert [(data.name, data.items, data.bytes) for data in flow.outputs] == [(f"{KEY}/a", 1, 10), (f"{KEY}/b", 2, 20), (KEY, 3, 30)]


def test_of_a_failed_backup_only_the_good_dumps_are_told() -> None:
    flow = lineage.published(backup(judged("a", items=1), judged("b", Verdict.INCOMPLETE)))

    assert [data.name for data in flow.inputs] == ["table/a"]
    assert [data.name for data in flow.outputs] == [f"{KEY}/a"]


def test_a_restored_table_comes_from_its_dump() -> None:
    load = table_load(Source(schema=schema("orders"), manifest=manifest("orders"), name="NEW_orders", there=None), Pace())
    plan = restore_plan(restore_request(), backup(judged("orders")), [load], RUN, "123456789012", NOON)
    done = TableLoaded(name="NEW_orders", source="orders", engine="worker", items=3, seconds=1)
    restore = Restore(verdict=Verdict.VALID, run=RUN, backup=plan.backup, uri=plan.folder, ended=NOON, loaded=[done], missing={}, raised=[])

    flow, told = lineage.loaded(plan, ["NEW_orders"]), lineage.restored(plan, restore)

    assert flow.outputs == [Data(namespace=ACCOUNT, name="table/NEW_orders")]
    assert told.outputs == [structs.replace(flow.outputs[0], items=3)]
    assert [each.inputs[0].name for each in (flow, told)] == [f"{KEY}/orders"] * 2
