"""Where else a ledger lies: a run that is given another base than the configured one says so beside the configured ledger, for the janitor."""

from __future__ import annotations

import logging

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri

log = logging.getLogger(__name__)


def note(store: Store, configured: str, base: str) -> None:
    """An object whose name is the other base; nothing where none is configured, because no janitor runs there."""
    if not configured or S3Uri.parse(configured) == S3Uri.parse(base):
        return
    other = S3Uri.parse(base)
    try:
        store.put_new(_notes(S3Uri.parse(configured)) / other.bucket / other.key, b"")
    except ClientError as error:  # the run needs it only if it dies
        log.warning("the janitor will not look in %s: %s", base, error)


def others(store: Store, configured: S3Uri) -> list[S3Uri]:
    """Each other base that a run was ever given."""
    notes = _notes(configured)
    return [S3Uri.parse(f"s3://{notes.relative(uri)}") for uri, _ in store.objects(notes)]


def _notes(configured: S3Uri) -> S3Uri:
    return configured / "elsewhere"
