"""A table's point-in-time recovery: from when to when DynamoDB can tell what it held, and which moment or window is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.manifest import Increment, TableManifest
from airflow_dynamodb_emr.core.schema import Schema

SETTING = "DescribeContinuousBackups"
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=24)  # an incremental export spans


class Recovery(Noun, frozen=True, kw_only=True):
    """The moments that can be exported."""

    earliest: datetime
    latest: datetime  # about five minutes ago

    @classmethod
    def of(cls, schema: Schema) -> Recovery | None:
        """As it was when the schema was saved; None: it was off, or could not be read."""
        answer = schema.settings.get(SETTING, {}).get("ContinuousBackupsDescription", {})
        told = msgspec.convert(answer.get("PointInTimeRecoveryDescription", {}), _Told)
        if told.status != "ENABLED" or told.earliest is None or told.latest is None:
            return None
        return cls(earliest=told.earliest, latest=told.latest)


class _Told(msgspec.Struct):
    status: str = msgspec.field(default="DISABLED", name="PointInTimeRecoveryStatus")
    earliest: datetime | None = msgspec.field(default=None, name="EarliestRestorableDateTime")
    latest: datetime | None = msgspec.field(default=None, name="LatestRestorableDateTime")


def whole_second(moment: datetime) -> datetime:
    """AWS is told times without fractions (botocore cuts them off); what is written down must be what AWS was told."""
    return moment.replace(microsecond=0)


def common_moment(recoveries: Iterable[Recovery]) -> datetime | None:
    """The latest moment at which all tables of a backup can be exported, so that they fit together; None: there is none."""
    each = list(recoveries)
    if not each:
        return None
    moment = whole_second(min(recovery.latest for recovery in each))
    return moment if all(recovery.earliest <= moment for recovery in each) else None


def increment_after(base: TableManifest, base_uri: str, until: datetime) -> Increment:
    """What has changed since *base*, which is consistent. A second that both cover does no harm: a change says what an item is, not what is added."""
    assert base.consistent
    return Increment(base=base_uri, base_time=base.consistent, start=whole_second(base.consistent), end=whole_second(until))


def no_increment(base: TableManifest, recovery: Recovery | None, until: datetime) -> str:
    """Why the changes since *base* cannot be exported; empty when they can."""
    if recovery is None:
        return "its point-in-time recovery is off"
    if base.consistent is None:
        # What came and went while it was read may be in it, and is in no increment.
        return "the last dump was read while the table was written to: an increment needs one that shows a single moment"
    increment = increment_after(base, "", until)
    if increment.start < recovery.earliest:
        return f"its point-in-time recovery reaches back to {_text(recovery.earliest)}, the last dump shows {_text(increment.start)}"
    if increment.end - increment.start < SHORTEST:
        return f"the last dump shows {_text(increment.start)}: an increment spans 15 minutes at least"
    if increment.end - increment.start > LONGEST:
        return f"the last dump shows {_text(increment.start)}: an increment spans 24 hours at most"
    return ""


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
