from __future__ import annotations

import pytest

from airflow_dynamodb_emr.transfer.raw.useful import LOOK_SECONDS, Useful


class Process:
    """A clock, and the processor time that a process has spent."""

    def __init__(self) -> None:
        self.now = self.spent = 100.0

    def works(self, share: float, useful: Useful, looks: int = 20) -> int:
        for _ in range(looks):
            self.now += LOOK_SECONDS
            self.spent += LOOK_SECONDS * share
            useful.look()
        return useful.number


@pytest.mark.parametrize(("share", "hands"), [(0.0, 8), (0.1, 8), (0.64, 8), (0.9, 2), (1.0, 1), (1.6, 1)])
def test_hands_are_as_many_as_the_processor_has_time_for(share: float, hands: int) -> None:
    process = Process()

    assert process.works(share, Useful(8, lambda: process.now, lambda: process.spent)) == hands


def test_there_is_always_one_and_never_more_than_there_may_be() -> None:
    process = Process()
    useful = Useful(1, lambda: process.now, lambda: process.spent)

    assert [process.works(share, useful) for share in (0.0, 2.0)] == [1, 1]


def test_it_does_not_judge_by_a_moment() -> None:
    process = Process()
    useful = Useful(8, lambda: process.now, lambda: process.spent)

    process.now += LOOK_SECONDS / 2
    useful.look()

    assert useful.number == 2
