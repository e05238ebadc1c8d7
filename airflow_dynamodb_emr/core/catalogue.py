"""Which backup is meant: the newest good one, the newest good one at or before a time, or one named by its URI."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timezone

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput

LATEST = "latest"
_WANTED_HINT = "give `latest`, a time as 2026-11-23T02:00:00Z, or a backup's s3:// folder"


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
    running: datetime | None = None  # when its run last said that it is at it
    readable: bool = True  # its verdict, and the record of the last look at it; else nobody knows what it is worth

    @property
    def good(self) -> bool:
        """`latest` may mean it."""
        return self.verdict is Verdict.VALID and not self.older

    @property
    def counted(self) -> bool:
        """Somebody has counted its items and bytes; else they are 0."""
        return bool(self.run)


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
        return cls(at_or_before=_time(text, "backup", "neither a time nor an S3 URI", _WANTED_HINT))

    def __str__(self) -> str:
        if self.uri:
            return str(self.uri)
        return f"newest at or before {self.at_or_before:%Y-%m-%d %H:%M:%S %Z}" if self.at_or_before else LATEST


class Window(Noun, frozen=True, kw_only=True):
    """The times between which a backup was made, both included; None: no matter when."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def parse(cls, since: str = "", until: str = "") -> Window:
        """Of times as `Wanted` takes them, or of days of UTC: from the first moment of the one to the last of the other."""
        return cls.of(since=_bound(since, "--since", time.min), until=_bound(until, "--until", time.max))

    @classmethod
    def of(cls, *, since: datetime | None = None, until: datetime | None = None) -> Window:
        for name, moment in (("since", since), ("until", until)):
            if moment and moment.tzinfo is None:
                raise BadInput(f"{name}: {moment} has no time zone", "give it one, as datetime.timezone.utc")
        if since and until and since > until:
            raise BadInput(f"since {since} is after until {until}", "swap them")
        return cls(since=since, until=until)

    def __str__(self) -> str:
        since = f" since {self.since:%Y-%m-%d %H:%M:%S %Z}" if self.since else ""
        return since + (f" until {self.until:%Y-%m-%d %H:%M:%S %Z}" if self.until else "")


def _bound(text: str, source: str, of_day: time) -> datetime | None:
    if not text:
        return None
    with suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), of_day, timezone.utc)
    return _time(text, source, "neither a day nor a time", "give a day, as 2026-11-23, or a time, as 2026-11-23T02:00:00Z")


def _time(text: str, source: str, otherwise: str, hint: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise BadInput(f"{source}: {text!r} is {otherwise}", hint) from error
    if moment.tzinfo is None:
        raise BadInput(f"{source}: {text!r} has no time zone", hint)
    return moment
