from __future__ import annotations

import pytest

from airflow_dynamodb_emr.transfer.raw.patience import Patience, Waited


def test_pauses_grow_to_a_limit_and_are_anything_below_it() -> None:
    patience = Patience(first_seconds=1, most_seconds=8)

    assert all(0 <= patience.pause_seconds(0) <= 1 for _ in range(100))
    assert 4 < max(patience.pause_seconds(10**6) for _ in range(100)) <= 8
    assert min(patience.pause_seconds(10**6) for _ in range(100)) < 4


@pytest.mark.parametrize(
    ("tries", "too_long"),
    [
        pytest.param([(11, True)], False, id="throttled for less than the deadline"),
        pytest.param([(99, True), (101, True)], True, id="throttled beyond the deadline"),
        pytest.param([(9, False)], False, id="silent for a while"),
        pytest.param([(9, False), (11, False)], True, id="silent for long"),
        pytest.param([(95, True), (96, False)], False, id="one answer is lost after much throttling"),
        pytest.param([(5, False), (6, True), (15, False)], False, id="silence begins with the last answer"),
    ],
)
def test_a_call_is_given_up_after_a_deadline_and_sooner_in_silence(tries: list[tuple[float, bool]], too_long: bool) -> None:
    waited = Waited(Patience(deadline_seconds=100, silence_seconds=10), 1000)

    assert [waited.too_long(1000 + at, answered) for at, answered in tries][-1] is too_long
    assert (waited.tries, waited.seconds) == (len(tries), tries[-1][0])
