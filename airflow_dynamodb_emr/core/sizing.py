"""How high a table is spiked: what is asked for, below every limit, and only where it saves more than it costs."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from msgspec import structs

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.pace import Pace, Rate
from airflow_dynamodb_emr.core.spiking import Present


class Work(NamedTuple):
    """What is to be done, in units of reads or of writes."""

    kind: str
    units: float
    present: list[int]  # units a second of what has to be raised together: the table, for writes its indexes too
    serves: int  # units a second, on demand
    useful: int  # more than so many units a second is more than its partitions serve
    unit_hour: float  # dollars
    requests: float  # dollars, on demand

    @property
    def capacity(self) -> int:
        """An index that is slower than its table holds writes back."""
        return min(self.present)


def spiked(pace: Pace, work: Work, own: Rate, now: Present) -> Rate:
    """Or *own*, with the reason. What is above the application's share is ours."""
    wanted, (limit, most) = pace.spike.units(now), min(_limits(pace, work, now).items(), key=lambda each: each[1])
    target, held = ceil(min(wanted, most)), f"as much as {limit} allows" if most < wanted else ""
    if target <= now.capacity:
        return because(own, f"not spiked: its {now.capacity} units are {held or 'enough'}")
    units = target * now.stretch - now.kept
    why = f"spiked from {now.capacity} to {target} units{held and ', '}{held}"
    fast = structs.replace(own, units=units, ratio=units / target, seconds=now.work / units, spike=target, why=why)
    return _if_it_pays(pace, work, own, structs.replace(fast, dollars=_dollars(work, fast)))


def _limits(pace: Pace, work: Work, now: Present) -> dict[str, float]:
    return {
        f"max_{work.kind}_units": pace.max_units,
        "the account's limit for a table": pace.room.most,
        "what the account has left": _level(work.present, pace.room.left),
        "what its partitions serve": work.useful + now.kept,
    }


def _level(present: list[int], more: int) -> int:
    """As high as all of these can be raised with so many units *more* between them: the lowest first."""
    lowest, level = sorted(present), 0
    for number, ceiling in enumerate([*lowest[1:], None], start=1):
        level = (sum(lowest[:number]) + more) // number
        if ceiling is None or level <= ceiling:
            break
    return level


def _dollars(work: Work, fast: Rate) -> float:
    """The table is raised around its step, not for the time of the data alone."""
    more = sum(max(0, (fast.spike or 0) - units) for units in work.present)
    return cost.spike(more, fast.seconds + cost.STEP_SECONDS, work.unit_hour)


def _if_it_pays(pace: Pace, work: Work, own: Rate, fast: Rate) -> Rate:
    saved = own.seconds - fast.seconds
    worth = saved / 3600 * pace.hour_dollars
    if worth >= fast.dollars:
        return fast
    minutes = f"{saved / 60:,.1f} minutes less are worth {cost.amount(worth)}"
    return because(own, f"not spiked: {minutes}, {fast.spike} {work.kind} units would cost {cost.amount(fast.dollars)}")


def because(rate: Rate, why: str) -> Rate:
    return structs.replace(rate, why=why)
