"""By when a run must be finished: a time of day for the daily run, or a length of time for each backup."""

from __future__ import annotations

import re
from datetime import timedelta

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.errors import BadInput

FORMS = "`06:00` (UTC, for the daily run), or `4 hours` or `90 minutes` (for each backup)"
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) *(hours?|h|minutes?|min)")
_DAY = timedelta(days=1)
# Airflow's own words for schedules that have one time of day.
_AT_MIDNIGHT = ("@daily", "@midnight", "@weekly", "@monthly", "@quarterly", "@yearly")


class Clock(Noun, frozen=True, kw_only=True):
    """A time of day, UTC: the daily run must be finished by then."""

    hour: int
    minute: int

    def after(self, schedule: str) -> timedelta:
        """How long after each scheduled start it is. Raises BadInput for a schedule that has no one time of day."""
        started = _start(schedule)
        if started is None:
            raise BadInput(
                f"deadline: {self} says nothing of schedule {schedule!r}, which does not start at one time of day",
                "give a length of time, as `4 hours`, or a schedule as `0 2 * * *`",
            )
        return (timedelta(hours=self.hour, minutes=self.minute) - started) % _DAY or _DAY

    def __str__(self) -> str:
        return f"{self.hour:02}:{self.minute:02}"


class Length(Noun, frozen=True, kw_only=True):
    """Each backup must be finished so long after its run is queued."""

    minutes: float

    @property
    def interval(self) -> timedelta:
        return timedelta(minutes=self.minutes)


def parse(text: str) -> Clock | Length | None:
    """None for an empty one; raises BadInput for what is neither."""
    text = text.strip().lower()
    if clock := _CLOCK.fullmatch(text):
        return Clock(hour=int(clock[1]), minute=int(clock[2]))
    length = _LENGTH.fullmatch(text)
    minutes = float(length[1]) * (60 if length[2].startswith("h") else 1) if length else 0
    if text and minutes <= 0:
        raise BadInput(f"deadline: {text!r} is neither a time of day nor a length of time", f"give {FORMS}")
    return Length(minutes=minutes) if text else None


def _start(schedule: str) -> timedelta | None:
    """The time of day at which a cron schedule starts, where there is one; on which days does not matter."""
    if schedule in _AT_MIDNIGHT:
        return timedelta()
    fields = schedule.split()
    if len(fields) != 5 or not (fields[0].isdecimal() and fields[1].isdecimal()):
        return None
    return timedelta(hours=int(fields[1]), minutes=int(fields[0]))
