"""A watchdog that never barks proves nothing."""

from __future__ import annotations

import pytest

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable
from .helpers import nothing_touched


@pytest.mark.parametrize("change", ["object", "cluster", "throughput", "target"])
def test_a_change_does_not_go_unnoticed(
    aws: StandIn, clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str, cluster_request: dict[str, object], change: str
) -> None:
    make_table(prefix, 5)
    target = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{prefix}", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}

    with pytest.raises(AssertionError), nothing_touched(aws):
        if change == "object":
            store.put(folder / "x")
        elif change == "cluster":
            clients.emr.terminate_job_flows(JobFlowIds=[clients.emr.run_job_flow(**cluster_request)["JobFlowId"]])  # type: ignore[arg-type]
        elif change == "throughput":
            clients.dynamodb.update_table(TableName=prefix, ProvisionedThroughput={"ReadCapacityUnits": 6, "WriteCapacityUnits": 6})
        else:
            clients.autoscaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=9)  # type: ignore[arg-type]
