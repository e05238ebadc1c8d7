from __future__ import annotations

import gzip
from typing import Any

import pytest

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.probes import PROBES
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable, index
from .helpers import JOB_LOG, until


def test_clusters_are_waited_for_until_the_last_has_ended(clients: Clients, cluster: str, cluster_request: dict[str, Any]) -> None:
    other = clients.emr.run_job_flow(**cluster_request)["JobFlowId"]
    clusters.terminate(clients.emr, [other])
    assert PROBES["clusters_ended"](clients, [cluster, other]) is None

    clusters.terminate(clients.emr, [cluster])

    answer = until(lambda: PROBES["clusters_ended"](clients, [cluster, other]))
    assert {id: status["state"] for id, status in answer["clusters"].items()} == {cluster: "TERMINATED", other: "TERMINATED"}


@pytest.mark.parametrize("what", ["table", "index"])
def test_a_table_is_waited_for_until_nothing_changes(aws: StandIn, clients: Clients, make_table: MakeTable, prefix: str, what: str) -> None:
    make_table(prefix, 5, GlobalSecondaryIndexes=[index(5)])
    assert PROBES["table_settled"](clients, prefix) == {}
    aws.set(update_seconds=600)
    units: Any = {"ProvisionedThroughput": {"ReadCapacityUnits": 9, "WriteCapacityUnits": 9}}
    change: Any = units if what == "table" else {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by_id", **units}}]}

    clients.dynamodb.update_table(TableName=prefix, **change)

    assert PROBES["table_settled"](clients, prefix) is None


def test_a_table_that_is_gone_is_waited_for_no_longer(clients: Clients) -> None:
    assert PROBES["table_settled"](clients, "nowhere") == {}


def test_logs_are_waited_for_until_the_last_has_its_count(clients: Clients, store: Store, folder: S3Uri) -> None:
    ref = {"logs": [str(folder / "a.gz"), str(folder / "b.gz")], "counter": "DYNAMODB_ITEMS_READ"}
    store.put(folder / "a.gz", gzip.compress(JOB_LOG.encode()))
    assert PROBES["logs_complete"](clients, ref) is None

    store.put(folder / "b.gz", gzip.compress(JOB_LOG[:60].encode()))
    assert PROBES["logs_complete"](clients, ref) is None, "the log of a step that still runs was taken for the whole"

    store.put(folder / "b.gz", gzip.compress(JOB_LOG.encode()))
    assert PROBES["logs_complete"](clients, ref) == {}


def test_a_table_that_is_not_known_yet_is_not_created_yet(clients: Clients) -> None:
    assert PROBES["table_created"](clients, "nowhere") is None
