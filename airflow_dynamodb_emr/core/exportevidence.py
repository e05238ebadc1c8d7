"""Whether an export that DynamoDB made counts, judged by what it says of itself and by what lies in S3."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.exported import JSON, DataFile, Exported, Stored, Summary, hexed
from airflow_dynamodb_emr.core.manifest import Increment


class Expected(Noun, frozen=True, kw_only=True):
    """What an export has to be."""

    arn: str
    table_id: str = ""  # of the table whose schema was saved; empty: not known
    at: datetime | None = None  # the moment that was asked for, where one was
    increment: Increment | None = None  # what was asked for, where it was not the whole table
    items: int | None = None  # as DescribeExport says, where it could be asked


def reasons(found: Exported, expected: Expected) -> list[str]:
    """Why it does not count as the whole of what was asked for; none when it does."""
    summary = found.summary
    if summary.export_arn != expected.arn:
        return [f"its summary is of another export, {summary.export_arn}"]
    if summary.output_format != JSON:
        return [f"its format is {summary.output_format}, expected {JSON}"]
    if expected.table_id not in ("", summary.table_id):
        return [f"the table was made anew after its schema was saved: its id is {summary.table_id}, not {expected.table_id}"]
    return [*_wrong_time(summary, expected), *_wrong_files(found), *_wrong_counts(found, expected.items)]


def _wrong_time(summary: Summary, expected: Expected) -> list[str]:
    increment = expected.increment
    if increment:
        window = summary.export_from_time, summary.export_to_time
        return [] if window == (increment.start, increment.end) else [f"it has what changed from {window[0]} to {window[1]}, which nobody asked for"]
    if summary.export_time is None:
        return ["its summary names no moment that it shows"]
    if expected.at and summary.export_time != expected.at:
        return [f"it shows the table at {summary.export_time}, expected {expected.at}"]
    return []


def _wrong_files(found: Exported) -> list[str]:
    twice = [path for path, times in Counter(file.path for file in found.files).items() if times > 1]
    lost = [file.path for file in found.files if file.path not in found.stored]
    changed = [file.path for file in found.files if file.path in found.stored and not _same(file, found.stored[file.path])]
    wrong = {"named twice": twice, "gone": lost, "not as they were written": changed}
    return [f"{len(paths)} data files are {what}, {paths[0]} among them" for what, paths in wrong.items() if paths]


def _same(file: DataFile, stored: Stored) -> bool:
    """A copy made by S3 in one piece has the MD5 for its ETag."""
    return stored.etag in (file.etag, hexed(file.md5_checksum))


def _wrong_counts(found: Exported, items: int | None) -> list[str]:
    named, summed = sum(file.item_count for file in found.files), found.summary.item_count
    told = summed if items is None else items
    if named == summed == told:
        return []
    return [f"its files hold {named} items, its summary says {summed}" + ("" if items is None else f", DynamoDB {items}")]
