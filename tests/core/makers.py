"""Values for the tests of this folder."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part, TableManifest
from airflow_dynamodb_emr.core.names import Rename, Selection
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.plan import BackupPlan, Request, backup_plan
from airflow_dynamodb_emr.core.restore import RestoreRequest
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict, overall

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
BASE = S3Uri("backups", "dynamodb")
RUN = "dynamodb_backup/manual__1"


def units(read: int, write: int, **more: Any) -> dict[str, Any]:
    """The ProvisionedThroughput of DescribeTable."""
    return {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": read, "WriteCapacityUnits": write, **more}


def index(name: str, key: str, **more: Any) -> dict[str, Any]:
    schema = [{"AttributeName": key, "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}, "IndexArn": f"arn:of:{name}", "ItemCount": 0, **more}


def description(name: str = "orders", **more: Any) -> dict[str, Any]:
    """The Table of DescribeTable, of a table that was always provisioned."""
    return {
        "TableName": name,
        "TableArn": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}",
        "TableId": "2d3f0a6e-0000-4000-8000-000000000000",
        "TableStatus": "ACTIVE",
        "CreationDateTime": NOON,
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "ProvisionedThroughput": units(5, 5),
        "ItemCount": 0,
        "TableSizeBytes": 0,
        "DeletionProtectionEnabled": False,
        **more,
    }


ON_DEMAND: dict[str, Any] = {"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}, "ProvisionedThroughput": units(0, 0)}


def table(name: str = "orders", read: int = 5, write: int = 5, **more: Any) -> Table:
    """Provisioned, or on demand with read=0 and write=0."""
    values: dict[str, Any] = {
        "arn": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}",
        "status": "ACTIVE",
        "billing": "PROVISIONED" if read else "PAY_PER_REQUEST",
        "throughput": Throughput(read=read, write=write),
        "indexes": {},
        "keys": ["id"],
        "items": 0,
        "bytes": 0,
    }
    return Table(name=name, **{**values, **more})


def request(prefix: str = "", most_tasks: int = 1024, pace: Pace | None = None, cluster: ClusterSpec | None = None) -> Request:
    return Request(
        selection=Selection(prefix=prefix),
        base=BASE,
        app="PROD_",
        region="eu-west-1",
        jar="s3://jars/tools.jar",
        logs=BASE / "logs",
        pace=pace or Pace(),
        cluster=cluster or ClusterSpec(),
        most_tasks=most_tasks,
    )


def plan(*tables: Table, **more: Any) -> BackupPlan:
    return backup_plan(request(**more), RUN, NOON, NOON, list(tables) or [table()], {}, [])


def part(name: str = "orders/1/a.gz", items: int = 3) -> Part:
    return Part(key=name, bytes=10, etag="e", items=items, sha256="00")


def manifest(name: str = "orders", engines: tuple[str, ...] = ("connector", "worker")) -> TableManifest:
    return TableManifest(
        table=name,
        engine="connector",
        attempt=1,
        items=3,
        bytes=10,
        parts=[part(f"{name}/1/a.gz")],
        engines=list(engines),
        started=NOON,
        ended=NOON,
        seconds=1.5,
        counter=3,
    )


def judged(name: str = "orders", verdict: Verdict = Verdict.VALID, **more: Any) -> TableVerdict:
    return TableVerdict(name=name, verdict=verdict, engine="connector", **more)


def backup(*tables: TableVerdict) -> Backup:
    return Backup(
        verdict=overall(tables),
        run=RUN,
        prefix="PROD_",
        region="eu-west-1",
        account="123456789012",
        uri="s3://backups/dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00",
        time=NOON,
        started=NOON,
        ended=NOON,
        tables=list(tables),
    )


def restore_request(most_tables: int = 1024) -> RestoreRequest:
    return RestoreRequest(
        wanted=Wanted(),
        app="PROD_",
        tables=[],
        rename=Rename(),
        into_existing=False,
        base=BASE,
        region="eu-west-1",
        jar="s3://jars/tools.jar",
        logs=BASE / "logs",
        pace=Pace(),
        cluster=ClusterSpec(),
        most_tables=most_tables,
    )


def schema(name: str = "orders", **more: Any) -> Schema:
    return Schema(table=description(name, **more), settings={})


def recoverable(name: str, earliest: datetime, latest: datetime) -> Schema:
    """Of a table whose point-in-time recovery is on."""
    window = {"EarliestRestorableDateTime": earliest, "LatestRestorableDateTime": latest}
    told = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", **window}, "ContinuousBackupsStatus": "ENABLED"}
    return Schema(table=description(name), settings={"DescribeContinuousBackups": {"ContinuousBackupsDescription": told}})
