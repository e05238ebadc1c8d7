"""The catalogue from Python: `airflow_dynamodb_emr.backups` and `.show`, as the command line has them. No Airflow is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import boto3

from airflow_dynamodb_emr.aws import catalogue
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Entry, Window
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Backup


def backups(
    base: str, prefix: str = "", *, region: str = "", since: datetime | None = None, until: datetime | None = None, session: Any = None
) -> Iterator[Entry]:
    """The backups under *base* of one prefix, or of all, from *since* to *until*; those of each prefix newest first.

    Lazy: `next(entry for entry in backups(base, "PROD_") if entry.good)` finds the newest good one among thousands with a handful of calls.
    *session* is a boto3.Session. Raises BadInput when *base* cannot be listed.
    """
    store, uri, window = _store(session), S3Uri.parse(base, "base"), Window.of(since=since, until=until)
    with refused_as_bad_input(f"base: {base}", catalogue.BASE_HINT):
        apps = catalogue.apps_of(store, uri, prefix, region)
    return chain.from_iterable(catalogue.entries(store, app, window.since, window.until) for app in apps)


def show(uri: str, *, session: Any = None) -> Backup:
    """The verdict of the backup in this folder, with its tables; as the last look at it found. Raises NotFound where there is none."""
    with refused_as_bad_input(f"backup: {uri}", catalogue.BASE_HINT):
        return catalogue.show(_store(session), Folder.parse(uri))[0]


def _store(session: Any) -> Store:
    return Store(Clients.of(session or boto3.Session()).s3)
