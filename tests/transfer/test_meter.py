from __future__ import annotations

from airflow_dynamodb_emr.transfer.meter import EVERY_SECONDS, Meter

MIB = 2**20


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_says_how_far_it_is_now_and_then() -> None:
    said: list[str] = []
    clock = Clock()
    meter = Meter(1000, said.append, clock)

    for _ in range(4):
        clock.now += EVERY_SECONDS / 2
        meter.told(100, MIB * 15, 30)

    assert said == [
        "200 items, 30.0 MiB, 1.0 MiB and 2 units a second; 20%, about 2 minutes left",
        "400 items, 60.0 MiB, 1.0 MiB and 2 units a second; 40%, about 2 minutes left",
    ]


def test_where_nobody_knows_how_many_there_are_it_does_not_guess() -> None:
    clock = Clock()
    meter = Meter(0, print, clock)
    clock.now += 2

    meter.told(3, 2048, 1)

    assert str(meter) == "3 items, 2.0 KiB, 1.0 KiB and 0 units a second"
    assert meter.share is None


def test_what_is_announced_is_hours_old_so_it_is_never_quite_done() -> None:
    meter = Meter(10, print, Clock())

    meter.told(20, 1, 1)

    assert meter.share == 0.99
