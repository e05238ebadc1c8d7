"""One thing that is wrong with a backup or a table of it, and what it makes of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from airflow_dynamodb_emr.core.looking import Read
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.verification import Fault
from airflow_dynamodb_emr.core.words import printable

_MOST = 1000
MISSING, WRONG, UNSURE = Verdict.INCOMPLETE, Verdict.INVALID, Verdict.UNVERIFIED


class Charge(NamedTuple):
    """One thing that is wrong."""

    verdict: Verdict  # that it makes of the table
    part: str  # its key relative to the backup's folder; empty: the table as a whole
    reason: str


Charges = Iterator[Charge]


def told(found: Sequence[Charge]) -> list[Fault]:
    """Of a great many, those that come first, and how many more there are: the record is a document that is read whole."""
    more = len(found) - _MOST
    faults = [Fault(part=printable(charge.part), reason=printable(charge.reason)) for charge in found[:_MOST]]
    return [*faults, *([Fault(reason=f"{more:,} more things are wrong")] if more > 0 else [])]


def differs(what: str, has: object, other: object, whose: str) -> str:
    """*what*: a field of a manifest."""
    return f"its {what.replace('_', ' ')} {'are' if what.endswith('s') else 'is'} {_shown(has)}, {whose} says {_shown(other)}"


def _shown(value: object) -> str:
    return " to ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def unread(read: Read, what: str) -> Charges:
    """Of a document that has to be there."""
    if read.damage:
        yield Charge(WRONG, read.key, read.damage)
    elif not read.there:
        yield Charge(MISSING, read.key, f"{what} is not there")
