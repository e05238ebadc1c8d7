"""A policy of retention: how many backups of which kind are kept. It says itself in one sentence, the same in log, terminal and docs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.words import counted
from airflow_dynamodb_emr.errors import BadInput

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_HINT = "give numbers from 0 on, as daily=7, and a span as within=30d"
# What a rule takes together, in UTC: of each it keeps the newest good backup. ISO weeks: they begin on Monday.
PERIODS = {"hourly": "%Y-%m-%d %H:00", "daily": "%Y-%m-%d", "weekly": "%G-W%V", "monthly": "%Y-%m", "yearly": "%Y"}


class Keep(Noun, frozen=True, kw_only=True):
    """Of good backups alone: a failed one uses up no rule's number."""

    last: int = 0  # keep the newest n
    hourly: int = 0  # keep the newest of each of the last n hours that have one
    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0
    within: timedelta = timedelta(0)  # keep all that are no older

    @classmethod
    def parse(cls, values: Mapping[str, Any], source: str = "keep") -> Keep:
        """Numbers, and `within` as 36h, 30d or 8w. Raises BadInput, naming *source*."""
        unknown = sorted(values.keys() - set(cls.__struct_fields__))
        if unknown:
            raise BadInput(f"{source}: there is no rule {unknown[0]!r}", f"the rules are {', '.join(cls.__struct_fields__)}")
        numbers = {rule: _number(value, f"{source}: {rule}") for rule, value in values.items() if rule != "within"}
        return cls(**numbers, within=_span(str(values.get("within") or ""), f"{source}: within"))

    @property
    def is_off(self) -> bool:
        """It names nothing to keep: then nothing is ever forgotten."""
        return self == Keep()

    def rules(self) -> list[tuple[str, int]]:
        """Those that count, and how far."""
        return [(rule, number) for rule in ("last", *PERIODS) if (number := getattr(self, rule))]

    def __str__(self) -> str:
        if self.is_off:
            return "no policy is set: every backup is kept"
        span = f"within {_spoken(self.within)}"
        if not self.rules():
            return f"keep all backups {span}"
        return f"keep {_counts(self.rules())}" + (f", and all {span}" if self.within else "")


def period(rule: str, time: datetime) -> str:
    return time.astimezone(timezone.utc).strftime(PERIODS[rule])


def _counts(rules: list[tuple[str, int]]) -> str:
    said = [(f"the last {number}" if number > 1 else "the last") if rule == "last" else f"{number} {rule}" for rule, number in rules]
    listed = " and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))
    return f"{listed} backup{'' if rules[-1][1] == 1 else 's'}"


def _spoken(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    return counted(hours // 24, "day") if hours % 24 == 0 else counted(hours, "hour")


def _number(value: Any, source: str) -> int:
    if not re.fullmatch(r"\d{1,6}", str(value)):
        raise BadInput(f"{source}: {value!r} is no number from 0 on", _HINT)
    return int(value)


def _span(text: str, source: str) -> timedelta:
    match = re.fullmatch(r"\s*(\d{1,5})\s*([hdw])\s*", text)
    if not match:
        if text.strip() in ("", "0"):
            return timedelta(0)
        raise BadInput(f"{source}: {text!r} is no span of time", "write hours, days or weeks as 36h, 30d or 8w")
    return int(match[1]) * _UNITS[match[2]]
