"""All of it, in the order in which one thing depends on another."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import limits, tables
from airflow_dynamodb_emr.aws.checks import buckets, caller, keys, machines, people, permissions
from airflow_dynamodb_emr.aws.checks import tables as of_tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.findings import Finding


def check(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    """Raises BotoCoreError where AWS cannot be reached. Nothing is changed: an object of its own is put, read and deleted below the base."""
    reached = True
    for finding in caller.check(clients):
        yield finding
        reached &= finding.name != "credentials" or finding.ok is True
    if not reached:
        return
    told = limits.describe(clients)
    yield from buckets.check(clients, wanted)
    yield from keys.check(clients, wanted)
    yield from people.check(clients, wanted)
    yield from machines.check(clients, wanted)
    yield from of_tables.check(clients, wanted, told)
    yield from permissions.check(clients, wanted, _sample(clients, wanted.prefix), told.told)


def _sample(clients: Clients, prefix: str) -> str:
    """The name of a table to try on; nothing where there is none, or none may be listed."""
    try:
        return next((name for name in tables.list_tables(clients.dynamodb) if prefix and name.startswith(prefix)), "")
    except ClientError:
        return ""
