"""`dynamodb-emr plan`: what a backup would do, take and cost. It touches nothing."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

import boto3

from airflow_dynamodb_emr.aws import planning
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.inputs import cluster_template, exclude_list
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import names
from airflow_dynamodb_emr.core.plan import TableDump
from airflow_dynamodb_emr.core.report import plan_lines
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.settings import Settings

OPTIONS = ("exclude", "spike", "read_ratio", "max_read_units", "step_concurrency", "core_nodes")
_RUN = "plan"  # a real run gives its cluster a name and tag of its own


def run(arguments: Namespace) -> int:
    """The settings of the environment, with the options in place of the form of a run."""
    settings = Settings.from_environment().with_form({option: getattr(arguments, option) for option in OPTIONS})
    clients = Clients.of(boto3.Session(region_name=settings.region or None))
    store = Store(clients.s3)
    if not arguments.prefix:
        raise BadInput("PREFIX: it is empty", "say what the names of the tables start with")
    selection = names.Selection(prefix=arguments.prefix, exclude=[*settings.exclude, *exclude_list(store, settings.exclude_list)])
    cluster = settings.cluster(cluster_template(store, settings.cluster_template))
    estimate = planning.preview(clients, selection, settings.read_pace, cluster)
    if not arguments.json:
        print("\n".join(plan_lines(estimate)))
        return 0
    logs = settings.logs if settings.base or settings.log_uri else None
    request = {"Name": names.cluster_name(_RUN), **cluster.request(_RUN, logs)}
    answer = {"tables": list(map(_table, estimate.tables)), "cluster": request, "seconds": estimate.seconds, "dollars": estimate.dollars}
    print(json.dumps(answer, indent=2))
    return 0


def _table(table: TableDump) -> dict[str, Any]:
    """Throughput is read units a second; null on demand."""
    spike = {"before": table.before.read, "during": table.during.read, "after": table.before.read}
    return {
        "name": table.name,
        "engine": table.engine,
        "items": table.items,
        "bytes": table.bytes,
        "spike": spike if table.before.read else None,
        "segments": table.segments,
        "seconds": table.seconds,
        "dollars": table.dollars,
        "why": table.rate.why,
    }
