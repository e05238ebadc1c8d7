from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import accumulate, cycle, islice
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.transfer.raw.limiter import Limiter, NoLimit


class Asleep(Exception):
    """Instead of waiting: for so many seconds."""


class Awake:
    """An event that is never set, in a world without time."""

    def wait(self, seconds: float) -> bool:
        raise Asleep(seconds)


class Copy:
    """Hands that read page after page, in a time of their own; each call takes a tenth of a second. *taken* is when which units were consumed."""

    def __init__(self, rate: float, hands: int, pages: Iterator[float], until: float) -> None:
        self.now = 0.0
        self.limiter = Limiter(rate, clock=lambda: self.now)
        self.taken: list[tuple[float, float]] = []
        agenda = [(0.0, hand, 0.0) for hand in range(hands)]
        while agenda and agenda[0][0] < until:
            self.now, hand, reading = heapq.heappop(agenda)
            heapq.heappush(agenda, self._acted(hand, reading, pages))

    def _acted(self, hand: int, reading: float, pages: Iterator[float]) -> tuple[float, int, float]:
        """When this hand does what next."""
        if reading:
            self.limiter.took(reading)
            self.taken.append((self.now, reading))
            return self.now, hand, 0.0
        try:
            self.limiter.wait(Awake())  # type: ignore[arg-type]
        except Asleep as sleep:
            return self.now + sleep.args[0], hand, 0.0
        return self.now + 0.1, hand, next(pages)

    def units(self, since: float, until: float) -> float:
        return sum(units for at, units in self.taken if since <= at < until)


@settings(max_examples=20)
@given(st.floats(1, 1000), st.integers(1, 8), st.lists(st.sampled_from([0.5, 3.0, 40.0, 128.0]), min_size=1, max_size=5))
def test_no_more_is_taken_than_the_rate_allows(rate: float, hands: int, pages: list[float]) -> None:
    copy = Copy(rate, hands, cycle(pages), until=20)

    totals = accumulate(units for _, units in copy.taken)
    assert all(total <= rate * (at + 1) + hands * max(pages) for (at, _), total in zip(copy.taken, totals, strict=True))


def test_the_rate_is_used() -> None:
    copy = Copy(1000, 8, cycle([128.0]), until=60)

    assert 0.97 * 1000 * 40 < copy.units(20, 60) <= 1000 * 40 + 128


def test_hands_do_not_set_out_together_for_what_is_enough_for_one() -> None:
    copy = Copy(100, 8, cycle([128.0]), until=120)

    later = [copy.units(at, at + 1) for at in range(20, 120)]
    assert max(later) == 128


def test_another_rate_holds_from_then_on() -> None:
    limiter = Limiter(10, clock=lambda: 0)
    limiter.took(1000)
    limiter.rate = 1000

    with pytest.raises(Asleep) as sleep:
        limiter.wait(Awake())  # type: ignore[arg-type]

    assert sleep.value.args[0] < 1


def test_nobody_sleeps_for_longer_than_a_second_at_once() -> None:
    limiter = Limiter(1, clock=lambda: 0)
    limiter.took(1000)

    with pytest.raises(Asleep) as sleep:
        limiter.wait(Awake())  # type: ignore[arg-type]

    assert sleep.value.args == (1,)


def test_who_is_told_to_stop_waits_no_more() -> None:
    limiter, stop = Limiter(1), Event()
    limiter.took(1e9)
    stop.set()

    limiter.wait(stop)


def test_without_a_limit_nobody_waits() -> None:
    limiter: Any = NoLimit()

    for units in islice(cycle([1e9]), 100):
        limiter.wait(Awake())
        limiter.took(units)
