"""`dynamodb-emr show`: one backup, a line a table."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime, timezone

import boto3
import msgspec

from airflow_dynamodb_emr.aws import catalogue
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.listing import shown_lines
from airflow_dynamodb_emr.core.words import printable


def run(given: Namespace) -> int:
    """0 whatever its verdict: it is told."""
    uri = S3Uri.parse(given.backup, "URI")
    with refused_as_bad_input(f"backup: {uri}", catalogue.BASE_HINT):
        backup, verification = catalogue.show(Store(Clients.of(boto3.Session()).s3), Folder(uri))
    if given.json:
        print(documents.encode({**msgspec.structs.asdict(backup), "verification": verification}).decode())
    else:
        print("\n".join(map(printable, shown_lines(backup, verification, datetime.now(timezone.utc)))))
    return 0
