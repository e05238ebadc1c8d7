"""`dynamodb-emr backups`: the catalogue, newest first."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import datetime, timezone

import boto3

from airflow_dynamodb_emr.aws import catalogue
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.catalogue import Window
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.listing import Listed, listed_lines
from airflow_dynamodb_emr.core.words import printable
from airflow_dynamodb_emr.errors import BadInput


def run(given: Namespace) -> int:
    """1 when --good found none of some prefix, or no prefix at all; else 0."""
    base, window = S3Uri.parse(given.base, "--base"), Window.parse(given.since or "", given.until or "")
    if given.prefix == "":
        raise BadInput("--prefix: it is empty", "leave it out for the backups of all prefixes")
    store = Store(Clients.of(boto3.Session()).s3)
    with refused_as_bad_input(f"--base: {base}", catalogue.BASE_HINT):
        apps = catalogue.apps_of(store, base, given.prefix or "", given.region or "")
        found = [catalogue.listed(store, base, app, window, given.limit or 0, given.good) for app in apps]
    _tell(given, base, window, found)
    return 1 if given.good and not (found and all(each.entries for each in found)) else 0


def _tell(given: Namespace, base: S3Uri, window: Window, found: list[Listed]) -> None:
    if given.json:
        sys.stdout.write(documents.encode([entry for each in found for entry in each.entries]).decode() + "\n")
        return
    now = datetime.now(timezone.utc)
    print("\n\n".join("\n".join(map(printable, listed_lines(each, window, now))) for each in found) or _none(given, base))


def _none(given: Namespace, base: S3Uri) -> str:
    what = f" of {given.prefix}" if given.prefix else ""
    return f"no backups{what} in {base / given.region if given.region else base}"
