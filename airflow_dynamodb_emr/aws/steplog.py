"""What a step wrote on its stderr, which EMR ships to the cluster's log URI as a gzip file some time after it ends."""

from __future__ import annotations

import gzip
import re
import zlib

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri

_COUNTER = re.compile(r"^\s*(?P<name>[A-Z_]+)=(?P<value>\d+)\s*$", re.MULTILINE)
_END = "Counters: "  # the head of the list that a job prints when it has succeeded


def uri(logs: S3Uri, cluster: str, step: str) -> S3Uri:
    return logs / cluster / "steps" / step / "stderr.gz"


def read(store: Store, log: S3Uri) -> str | None:
    """None while EMR has not shipped it; empty when it is no whole gzip file, which proves nothing."""
    data = store.read(log)
    try:
        return None if data is None else gzip.decompress(data).decode(errors="replace")
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return ""


def counters(text: str) -> dict[str, int]:
    """Hadoop's counters, as the connector prints them at the end of a job."""
    return {match["name"]: int(match["value"]) for match in _COUNTER.finditer(text)}


def count(text: str | None, counter: str) -> int | None:
    """None where the log is not there or the job did not come to its end; Hadoop leaves out a counter that was never touched."""
    return counters(text).get(counter, 0) if text and _END in text else None


def last_lines(text: str, number: int = 10) -> list[str]:
    return text.strip().splitlines()[-number:]


def tail(text: str) -> str:
    return " | ".join(line.strip() for line in last_lines(text, 5))
