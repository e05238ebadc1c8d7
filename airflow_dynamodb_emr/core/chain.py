"""Increments and what they stand on: an unbroken row of dumps of one table, from one of the whole table to the latest change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.errors import DataDamaged

LONGEST = 400  # a year of daily increments; to restore more takes longer than to dump the table anew
_URI = re.compile(r"s3://[a-z0-9.-]{3,63}/.+/tables/[^/]+\.json")
_LABEL = 6  # YYYY/MM/DD/HH_MM.SS/tables/<table>.json


def base_uris(recorded: str, own: S3Uri) -> list[S3Uri]:
    """Where the manifest of an increment's base may lie: as it was recorded, or beside the increment, if both were copied elsewhere since.

    *own*: the URI of the increment's manifest. Raises DataDamaged for what is *recorded* and is no manifest's.
    """
    if not (_URI.fullmatch(recorded)):
        raise DataDamaged(f"{recorded!r} is no manifest of a backup, and an increment stands on it", "restore from a backup that does not need it")
    there = S3Uri.parse(recorded)
    beside = S3Uri(own.bucket, "/".join([*own.key.split("/")[:-_LABEL], *there.key.split("/")[-_LABEL:]]))
    return [beside, *([there] if there != beside else [])]


def folder_of(manifest: str) -> str:
    """The URI of the backup's folder, from that of one of its manifests."""
    return manifest.rpartition("/tables/")[0]


def refuse_gaps(chain: Sequence[TableManifest]) -> None:
    """*chain* begins with the dump of the whole table. Raises DataDamaged where what lies between two of them is not known."""
    if chain[0].increment or chain[0].consistent is None:
        raise DataDamaged(f"{chain[0].table}: the first of its dumps does not show the whole table at a single moment")
    for before, after in pairwise(chain):
        _refuse_gap(before, after)


def _refuse_gap(before: TableManifest, after: TableManifest) -> None:
    step = after.increment
    if step is None or after.table != before.table:
        raise DataDamaged(f"{after.table}: a dump that stands on another is no increment of the same table")
    if before.consistent is None or step.base_time != before.consistent or step.start > before.consistent or after.consistent != step.end:
        facts = f"{after.table}: an increment from {step.start:%Y-%m-%d %H:%M:%S} on stands on a dump that leads to {before.consistent}"
        raise DataDamaged(facts, "one between them was deleted or made anew; restore from an earlier increment, or from a dump of the whole table")
