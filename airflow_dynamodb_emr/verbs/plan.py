"""`dynamodb-emr plan`: what a backup would do, take and cost. It touches nothing."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from typing import Any

import yaml

from airflow_dynamodb_emr.aws import planning
from airflow_dynamodb_emr.aws.inputs import cluster_template, exclude_list, prices
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import names
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.estimate import Estimate
from airflow_dynamodb_emr.core.report import plan_lines
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs import account

OPTIONS = ("engine", "exclude", "spike", "read_ratio", "max_read_units", "step_concurrency", "core_nodes", "cluster_template")
_RUN = "plan"  # a real run gives its cluster a name and tag of its own


def run(arguments: Namespace) -> int:
    """The settings of the environment, with the options in place of the form of a run."""
    settings = Settings.from_environment().with_form({option: getattr(arguments, option) for option in OPTIONS})
    clients = account.clients(settings)
    store = Store(clients.s3)
    if not arguments.prefix:
        raise BadInput("PREFIX: it is empty", "say what the names of the tables start with")
    selection = names.Selection(prefix=arguments.prefix, exclude=[*settings.exclude, *exclude_list(store, settings.exclude_list)])
    listed = prices(store, settings.prices, clients.region)
    cluster = settings.cluster(cluster_template(store, settings.cluster_template), listed)
    estimate = planning.preview(clients, selection, settings.read_pace(listed), cluster, settings.wished)
    logs = settings.logs if settings.base or settings.log_uri else None
    request = {"Name": names.cluster_name(_RUN), **cluster.request(_RUN, logs, estimate.size)} if estimate.size else None
    if arguments.json:
        print(f"dollars are by {estimate.prices}", file=sys.stderr)
    print(_document(estimate, request) if arguments.json else _text(estimate, request))
    return 0


def _document(estimate: Estimate, request: dict[str, Any] | None) -> str:
    tables = list(map(_table, estimate.tables))
    return json.dumps({"tables": tables, "cluster": request, "seconds": estimate.seconds, "dollars": estimate.dollars}, indent=2)


def _text(estimate: Estimate, request: dict[str, Any] | None) -> str:
    """The request in the form of a cluster template, so that it can be a start for one."""
    if request is None or estimate.size is None:
        return "\n".join(plan_lines(estimate))
    each = f"the request for each of the {estimate.size.lanes} clusters" if estimate.size.lanes > 1 else "the request for the cluster"
    return "\n".join([*plan_lines(estimate), "", f"{each}:", "", yaml.safe_dump(request, sort_keys=False).rstrip()])


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
        "why": table.reasons,
    }
