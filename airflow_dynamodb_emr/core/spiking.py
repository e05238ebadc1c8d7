"""What a user says about spikes: a deadline, a multiple, an absolute number, or none. Each says which capacity it asks for a table."""

from __future__ import annotations

import re
from typing import NamedTuple

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.errors import BadInput

# Only what can be meant: more than no minutes, more than once the capacity, a unit or more. The web form refuses the rest by the same pattern.
_MINUTES = r"([1-9][0-9]{0,8}(\.[0-9]{1,8})?|0?\.[0-9]{0,7}[1-9]) *(minutes?|min)"
_TIMES = r"x *(([2-9]|[1-9][0-9]{1,8})(\.[0-9]{1,8})?|1\.[0-9]{0,7}[1-9])"
_UNITS = r"([1-9][0-9]{0,8}) *units?"
PATTERN = f"^({_MINUTES}|{_TIMES}|{_UNITS}|off)$"
FORMS = "`20 minutes` (any number above 0), `x10` (any above 1), `4000 units` (any from 1) or `off`"


class Present(NamedTuple):
    """A table as it is, at the user's share of its own capacity."""

    capacity: int
    work: float  # units in all
    seconds: float  # that the work takes
    kept: float  # units a second that stay the application's, raised or not
    stretch: float  # how much of what is above them may be taken: more than all of it where the share is above 1


class Off(Noun, frozen=True, kw_only=True):
    def declined(self, _now: Present) -> str:
        """Why a table needs no spike; empty where it does."""
        return "spikes are switched off"

    def units(self, now: Present) -> float:
        """The capacity that is asked for, before any limit."""
        return now.capacity

    def __str__(self) -> str:
        return "off"


class Deadline(Noun, frozen=True, kw_only=True):
    """A table that would take longer is spiked to be done by then; the start of its step is not counted."""

    minutes: float

    def declined(self, now: Present) -> str:
        return f"done within {self} as it is" if now.seconds <= self.minutes * 60 else ""

    def units(self, now: Present) -> float:
        return (now.work / (self.minutes * 60) + now.kept) / now.stretch

    def __str__(self) -> str:
        return f"{self.minutes:g} minute{'' if self.minutes == 1 else 's'}"


class Multiple(Noun, frozen=True, kw_only=True):
    """Each table is spiked to so many times its capacity."""

    times: float

    def declined(self, _now: Present) -> str:
        return ""

    def units(self, now: Present) -> float:
        return now.capacity * self.times

    def __str__(self) -> str:
        return f"x{self.times:g}"


class Absolute(Noun, frozen=True, kw_only=True):
    """Each table is spiked to this capacity."""

    number: int

    def declined(self, now: Present) -> str:
        return f"not spiked: {self} are not above the {now.capacity} it has" if self.number <= now.capacity else ""

    def units(self, _now: Present) -> float:
        return self.number

    def __str__(self) -> str:
        return f"{self.number} unit{'' if self.number == 1 else 's'}"


Spike = Off | Deadline | Multiple | Absolute


def parse(text: str) -> Spike:
    """Raises BadInput for what is none of the forms, and for numbers that raise nothing: `0 minutes`, `x1`, `-5 units`."""
    asked = text.strip().lower()
    for pattern, made in ((_MINUTES, _deadline), (_TIMES, _multiple), (_UNITS, _absolute)):
        if found := re.fullmatch(pattern, asked):
            return made(found[1])
    if asked == "off":
        return Off()
    raise BadInput(f"spike: {text!r} is neither a deadline nor a multiple nor a number of units", f"write {FORMS}")


def _deadline(number: str) -> Spike:
    return Deadline(minutes=float(number))


def _multiple(number: str) -> Spike:
    return Multiple(times=float(number))


def _absolute(number: str) -> Spike:
    return Absolute(number=int(number))
