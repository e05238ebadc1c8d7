"""Which backup is meant: the newest good one, the newest good one at or before a time, or one named by its URI."""

from __future__ import annotations

from datetime import datetime

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput

LATEST = "latest"


class Entry(Noun, frozen=True, kw_only=True):
    """One backup in the catalogue."""

    uri: str
    prefix: str
    region: str
    time: datetime
    verdict: Verdict  # as the verdict says, and as the last look at it in S3 found
    tables: int
    items: int
    bytes: int  # stored
    run: str = ""
    kept: bool = False  # marked: retention never chooses it
    older: bool = False  # the older system's: flags, and the connector's own manifests
    verified: datetime | None = None  # when each part of each table was last read
    stands_on: list[str] | None = None  # folders of the backups that its increments need; None: nobody has said
    reason: str = ""  # why it is not good, where its verdict does not say

    @property
    def good(self) -> bool:
        """It may be restored without asking."""
        return self.verdict is Verdict.VALID


class Wanted(Noun, frozen=True, kw_only=True):
    """One of the two is set, or neither: the newest there is."""

    uri: S3Uri | None = None
    at_or_before: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> Wanted:
        """`latest`, an S3 URI, or an ISO 8601 time with its zone."""
        if text == LATEST:
            return cls()
        if text.startswith("s3"):
            return cls(uri=S3Uri.parse(text, "backup"))
        return cls(at_or_before=_time(text))

    def __str__(self) -> str:
        if self.uri:
            return str(self.uri)
        return f"newest at or before {self.at_or_before:%Y-%m-%d %H:%M:%S %Z}" if self.at_or_before else LATEST


def _time(text: str) -> datetime:
    hint = "give `latest`, a time as 2026-11-23T02:00:00Z, or a backup's s3:// folder"
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise BadInput(f"backup: {text!r} is neither a time nor an S3 URI", hint) from error
    if time.tzinfo is None:
        raise BadInput(f"backup: {text!r} has no time zone", hint)
    return time
