"""The tables of a prefix, and what the account allows beside what a backup of them would raise."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from airflow_dynamodb_emr.aws import inputs, planning
from airflow_dynamodb_emr.aws.checks.looking import Seen, look
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.estimate import Estimate
from airflow_dynamodb_emr.core.findings import Finding
from airflow_dynamodb_emr.core.pace import Limits
from airflow_dynamodb_emr.core.prices import Prices
from airflow_dynamodb_emr.core.words import counted, duration

STEPS = 256  # active at once on a cluster


def check(clients: Clients, wanted: Checklist, told: Limits) -> Iterator[Finding]:
    found: list[Estimate] = []
    if wanted.prices:
        yield look("prices", lambda: str(_prices(clients, wanted)), "s3:GetObject on it")
    if wanted.prefix:
        allow = "dynamodb:ListTables, and dynamodb:DescribeTable on the tables"
        yield look("tables", lambda: _tables(found, clients, wanted, told), allow)
    yield _limits(told, found[0] if found else None)
    if found and found[0].size:
        yield _steps(found[0])


def _prices(clients: Clients, wanted: Checklist) -> Prices:
    return inputs.prices(Store(clients.s3), wanted.prices, clients.region)


def _tables(found: list[Estimate], clients: Clients, wanted: Checklist, told: Limits) -> Seen:
    """All that would stop a plan: a name that selects nothing, a table that DynamoDB cannot export, a spike that raises none."""
    store, prices = Store(clients.s3), _prices(clients, wanted)
    selection = structs.replace(wanted.selection, exclude=[*wanted.exclude, *inputs.exclude_list(store, wanted.exclude_list)])
    cluster = structs.replace(wanted.cluster, template=inputs.cluster_template(store, wanted.template), prices=prices)
    made = planning.preview(clients, selection, structs.replace(wanted.pace, prices=prices), cluster, wanted.wished, told)
    found.append(made)
    left = f", {len(made.excluded)} more are excluded" if made.excluded else ""
    cost = "" if made.dollars is None else f" and ${made.dollars:,.2f}"
    return f"{counted(len(made.tables), 'table')} of {wanted.prefix}{left}; a backup takes about {duration(made.seconds)}{cost}"


def _limits(told: Limits, estimate: Estimate | None) -> Finding:
    most, raised = told.table.read, [table for table in estimate.tables if table.raised] if estimate else []
    allowed = f"{most:,} read units a table, {told.account.read:,} in all"
    more = sum(table.during.read - table.before.read for table in raised)
    together = f"{counted(len(raised), 'table')} by {more:,} together" if raised else "none of them"
    planned = f"; a backup raises {together}" if estimate else ""
    if told.told:
        return Finding(name="limits", ok=True, detail=allowed + planned)
    hint = "allow dynamodb:DescribeLimits; it is answered once a minute"
    return Finding(name="limits", ok=None, detail=f"not told; taken as {allowed}{planned}", hint=hint)


def _steps(estimate: Estimate) -> Finding:
    assert estimate.size
    steps = sum(table.on_cluster for table in estimate.tables)
    at_once = f"{estimate.size.concurrency * estimate.size.lanes} at once on {counted(estimate.size.lanes, 'cluster')}"
    waits = f"; what is beyond the {STEPS} that EMR holds waits in Airflow" if steps > STEPS * estimate.size.lanes else ""
    return Finding(name="steps", ok=True, detail=f"{counted(steps, 'step')}, {at_once}{waits}")
