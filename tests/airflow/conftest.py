"""DAG runs on the stand-in: real task instances and triggers by `dag.test()`, in forked processes, so that nothing of Airflow leaks between tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.dag_runs import DagRuns
from airflow_dynamodb_emr.local.process import StandIn, stand_in

# That of an assumed role, as Airflow mostly has one; whatever a run leaves behind is looked through for them.
SECRETS = {"AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-may-read", "AWS_SESSION_TOKEN": "a-token-that-nobody-may-read"}
BASE = S3Uri.parse("s3://local-backups/dynamodb")


class World:
    """One stand-in, and runs of our DAGs on it."""

    def __init__(self, aws: StandIn, runs: DagRuns) -> None:
        self.aws, self.runs = aws, runs
        self.dynamodb, self.emr, self.store = aws.client("dynamodb"), aws.client("emr"), Store(aws.client("s3"))

    def table(self, name: str, items: int = 3, read: int | None = None, **attributes: Any) -> str:
        """A table of *items* items; provisioned with *read* units, or on demand."""
        capacity: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
        if read:
            capacity = {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": 50}}
        key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
        self.dynamodb.create_table(TableName=name, **key, **capacity)
        self.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        for number in range(items):
            self.dynamodb.put_item(TableName=name, Item={"id": {"S": f"item {number}"}, **attributes})
        return name

    def units(self, table: str) -> int:
        return int(self.dynamodb.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]["ReadCapacityUnits"])

    @cached_property
    def stream(self) -> str:
        """Of Kinesis: its ARN."""
        kinesis = self.aws.client("kinesis")
        kinesis.create_stream(StreamName="changes", ShardCount=1)
        return str(kinesis.describe_stream(StreamName="changes")["StreamDescription"]["StreamARN"])

    def live_clusters(self) -> list[str]:
        return [each["Name"] for each in self.emr.list_clusters(ClusterStates=["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"])["Clusters"]]

    def ledger(self) -> list[str]:
        return [str(uri) for uri, _ in self.store.objects(BASE / "ledger")]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("dag-runs")
    policy = {"AIRFLOW__DYNAMODB_EMR__KEEP_BY_PREFIX": '{"RET_": {"last": 1}}'}
    with stand_in(update_seconds=0.3, emr_start_seconds=0.3) as aws, DagRuns(folder, {**aws.env, **SECRETS, **policy}) as runs:
        yield World(aws, runs)
