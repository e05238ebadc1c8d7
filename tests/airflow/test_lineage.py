"""What the OpenLineage provider is told, as it asks operators; and that nobody needs it."""

from __future__ import annotations

import sys
from typing import Any
from unittest.mock import Mock

import pytest
from airflow.providers.openlineage.extractors.base import DefaultExtractor
from msgspec import structs

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.lineage import Data, Flow, stored, table
from airflow_dynamodb_emr.lineage import reported
from airflow_dynamodb_emr.operators.dump import DumpOperator
from airflow_dynamodb_emr.operators.publish import PublishBackupOperator
from tests.core import makers

FOLDER = Folder.parse("s3://backups/dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00")
PLAN = makers.plan(makers.table("orders"))
OBJECTS = {
    FOLDER.plan: documents.encode(PLAN),
    FOLDER.schema("orders"): documents.encode(
        structs.replace(makers.schema("orders"), table={**makers.description("orders"), "CreationDateTime": 0})
    ),
    FOLDER.verdict: documents.encode(makers.backup(makers.judged("orders", items=3, bytes=10))),
}


@pytest.fixture(autouse=True)
def in_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup, and nothing else of AWS."""
    monkeypatch.setattr("airflow_dynamodb_emr.operators.base.clients", Mock())
    monkeypatch.setattr("airflow_dynamodb_emr.aws.store.Store.read", lambda _, uri: OBJECTS.get(uri))


def told(operator: Any) -> Any:
    """As the provider's listener asks when a task is done."""
    found = DefaultExtractor(operator).extract_on_complete(task_instance=None)
    assert found, "the provider has logged why"
    return found


def test_a_dump_reads_a_table_and_writes_a_folder() -> None:
    flow = told(DumpOperator(task_id="dump", tables=["orders"], plan=str(FOLDER.plan)))

    (source,), (dump,) = flow.inputs, flow.outputs
    assert (source.namespace, source.name) == ("arn:aws:dynamodb:eu-west-1:123456789012", "table/orders")
    assert [(field.name, field.type) for field in source.facets["schema"].fields] == [("id", "S")]
    assert (dump.namespace, dump.name, dump.outputFacets) == ("s3://backups", f"{FOLDER.uri.key}/orders", {})


def test_what_is_published_is_counted() -> None:
    flow = told(PublishBackupOperator(task_id="publish", plan=str(FOLDER.plan), verify="v", spike="s", reset="r"))

    assert [data.name for data in flow.inputs] == ["table/orders"]
    counted = {data.name: data.outputFacets["outputStatistics"] for data in flow.outputs}
    assert {name: (facet.rowCount, facet.size) for name, facet in counted.items()} == {f"{FOLDER.uri.key}/orders": (3, 10), FOLDER.uri.key: (3, 10)}


def test_a_dataset_of_which_nothing_is_known_has_no_facets() -> None:
    flow = reported(Flow(inputs=[table("eu-west-1", "1", "orders")], outputs=[stored(S3Uri("backups", "a")), Data(namespace="n", name="m")]))

    assert [data.facets for data in [*flow.inputs, *flow.outputs]] == [{}, {}, {}]


def test_an_operator_works_without_openlineage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "airflow.providers.openlineage.extractors", None)

    assert DumpOperator(task_id="dump", tables=["orders"], plan=str(FOLDER.plan)).whole_plan.prefix == PLAN.prefix
