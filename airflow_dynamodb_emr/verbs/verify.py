"""`dynamodb-emr verify`: is this backup restorable, and by which engines."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from datetime import datetime, timezone

from airflow_dynamodb_emr.aws import backups, verifications, verifying
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verification import DAMAGED, Verification
from airflow_dynamodb_emr.core.verified import hint, lines
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs import account, bar


def run(given: Namespace) -> int:
    """0 when every table that was looked at is VALID."""
    folder, settings = Folder(S3Uri.parse(given.backup, "S3URI")), Settings.from_environment()
    clients = account.clients(settings)
    found = _deep(clients, folder, given) if given.deep else verifying.verify(clients, folder, _now(), tables=given.table)
    if given.record:
        verifications.record(Store(clients.s3), folder, found)
    print(documents.encode(found).decode() if given.json else "\n".join(lines(found)))
    if not found.is_good:
        unwritten = "; --record writes it down, so that no restore takes it for good" if found.verdict in DAMAGED and not given.record else ""
        print(f"HINT: {hint(found)}{unwritten}", file=sys.stderr)
    return 0 if found.is_good else 1


def _deep(clients: Clients, folder: Folder, given: Namespace) -> Verification:
    with bar.told("verify", _announced(Store(clients.s3), folder) if not given.table else 0) as meter:
        return verifying.verify(
            clients,
            folder,
            _now(),
            tables=given.table,
            deep=True,
            at_once=given.at_once or os.cpu_count() or 1,
            told=lambda _, size, items: meter.told(items, size, 0),
        )


def _announced(store: Store, folder: Folder) -> int:
    """Items, as far as a verdict says: just for the bar."""
    try:
        known = backups.read(store, folder)
    except DataDamaged:
        return 0
    return known.items if known else 0


def _now() -> datetime:
    return datetime.now(timezone.utc)
