"""Axes: where on a line a number or a time stands, and which round ones are written beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from math import ceil, floor, log10
from typing import NamedTuple

_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]  # seconds
_DAY, _NOTHING = 86_400, 1e-9


class Tick(NamedTuple):
    share: float  # of the axis, from 0 to 1
    value: float


class Scale(NamedTuple):
    """From 0 to a round number that holds all values."""

    top: float
    step: float

    @classmethod
    def of(cls, values: Iterable[float], most_ticks: int = 4, base: float = 10) -> Scale:
        """*base*: 1024 for bytes, so that a tick is a round number of KiB, MiB or GiB."""
        found = max(values, default=0)
        largest = found if found > _NOTHING else 1
        unit = 1.0
        while base != 10 and largest >= unit * base:
            unit *= base
        step = _round(largest / unit / most_ticks) * unit
        return cls(step * max(1, ceil(largest / step - 1e-9)), step)

    def share(self, value: float) -> float:
        return value / self.top

    @property
    def ticks(self) -> list[Tick]:
        return [Tick(number * self.step / self.top, number * self.step) for number in range(round(self.top / self.step) + 1)]


class Clock(NamedTuple):
    """From one moment to another."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, moments: Iterable[datetime]) -> Clock:
        known = sorted(moment.astimezone(timezone.utc) for moment in moments)
        return cls(known[0], max(known[-1], known[0] + timedelta(seconds=1)))

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()

    def share(self, moment: datetime) -> float:
        return (moment - self.start).total_seconds() / self.seconds

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Round moments, and what is written at them: times, or days where they are further apart."""
        step = next((each for each in _STEPS if self.seconds / each <= most), _DAY * ceil(self.seconds / _DAY / most))
        first = ceil(self.start.timestamp() / step) * step
        moments = [datetime.fromtimestamp(first + number * step, timezone.utc) for number in range(floor((self.end.timestamp() - first) / step) + 1)]
        words = "%Y-%m-%d" if step >= _DAY else "%H:%M:%S" if step < 60 else "%H:%M"
        return [(self.share(moment), moment.strftime(words)) for moment in moments]


def _round(step: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(step))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= step * (1 - 1e-9))
