"""What a spike and a reset have to change, and what they leave alone because somebody else has changed it meanwhile.

Each value of a table is compared with two others: what it was, and what the spike made of it. A value that is neither was set by
somebody else, later than the spike, and stays. Where autoscaling moves a capacity, its bounds are what is put back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.ledger import Entry, Target
from airflow_dynamodb_emr.core.table import Table, Throughput

_NEXT = re.compile(r"Next decrease can be made at (\w+, \w+ \d+, \d+ at \d+:\d+:\d+ [AP]M) Coordinated Universal Time")
_Choose = Callable[[int, int, int, bool], int]  # has, was, raised, autoscaled -> the value it should have


class Change(Noun, frozen=True, kw_only=True):
    """What RegisterScalableTarget and UpdateTable have to be told, in this order."""

    targets: list[Target] = []
    table: Throughput | None = None
    indexes: dict[str, Throughput] = {}
    kept: list[str] = []  # a line for each value that somebody else has set

    @property
    def nothing(self) -> bool:
        return not (self.targets or self.table or self.indexes)


def spike(entry: Entry, now: Table, found: Sequence[Target]) -> Change:
    """Nothing once the table has what was asked for; *found*: its scalable targets now."""
    if _another(entry, now):
        return Change()
    wanted = [(has, was.allowing(entry.raised_units(was))) for was, has in _pairs(entry, found) if has == was]
    table, indexes = _capacity(entry, now, found, _up)
    # Registered with a maximum below what somebody has set, a target would lower that.
    return Change(targets=[to for has, to in wanted if to != has and _units(now, to) <= to.most], table=table, indexes=indexes)


def reset(entry: Entry, now: Table, found: Sequence[Target]) -> Change:
    """Nothing once all is as it was, but for what somebody else has changed.

    A maximum follows in a step of its own, once the capacity is below it: at once, autoscaling would lower the capacity to it, and a
    second decrease would be spent on the rest of the way. Any bound does, where somebody has set the capacity above the maximum.
    """
    back = [(has, _bounds_back(has, was, was.allowing(entry.raised_units(was)))) for was, has in _pairs(entry, found)]
    if _another(entry, now):  # autoscaling goes by the name alone, and would raise it as it kept the one before raised
        gone = "the table was deleted, and another made in its place: left as it is"
        return Change(targets=[to for has, to in back if to != has], kept=[gone])
    wanted = [(has, structs.replace(to, most=max(to.most, min(has.most, _units(now, to))))) for has, to in back if _units(now, to) <= has.most]
    kept = [*_kept_capacity(entry, now, found), *_kept_targets(entry, now, found)]
    still_raised = [has for was, has in _pairs(entry, found) if has != was]  # else autoscaling is at work again, as it was before
    table, indexes = _capacity(entry, now, still_raised, _back)
    return Change(targets=[to for has, to in wanted if to != has], table=table, indexes=indexes, kept=kept)


def affordable(change: Change, now: Table, at: datetime) -> tuple[Change, datetime | None]:
    """The part of *change* that can be done at that time, and when the next of the rest can.

    Table and indexes have budgets of their own, and DynamoDB refuses a call as a whole when one part of it must wait.
    """
    waits = {name: now.next_decrease(at, name) for name, to in _parts(change) if _lowers(now.units(name), to)}
    late = {name: time for name, time in waits.items() if time > at}
    indexes = {name: units for name, units in change.indexes.items() if name not in late}
    return structs.replace(change, table=None if "" in late else change.table, indexes=indexes), min(late.values(), default=None)


def declined(entry: Entry, now: Table, at: datetime) -> str:
    """Why the table is not raised after all: much may have happened since the plan was made. Empty where it is."""
    if not now.provisioned:
        return "it is on demand by now"
    raised = [name for name in entry.known if entry.raises(name)]
    if not raised:
        return f"it has {now.throughput} by now"
    back, lowered = max(now.next_decrease(at, name) for name in raised), now.lowered_today(with_indexes=True)
    return f"its reset would have to wait until {back:%H:%M:%S} UTC: it was lowered {lowered} times today" if back > at else ""


def deleted(entry: Entry, found: Sequence[Target]) -> Change:
    """Of a table that is gone: nothing can be put back, but a new one of its name would be raised by targets that are still there."""
    left = [f"{_about(has)} is still set to {has}: it was {was}" for was, has in _pairs(entry, found) if has != was]
    return Change(kept=["the table was deleted", *left])


def refused_until(message: str, at: datetime) -> datetime:
    """When DynamoDB says that capacity may be lowered next; within an hour where it does not say so in words that are known."""
    found = _NEXT.search(message)
    if not found:
        return at + timedelta(hours=1)
    return datetime.strptime(found[1], "%A, %B %d, %Y at %I:%M:%S %p").replace(tzinfo=timezone.utc)


def _another(entry: Entry, now: Table) -> bool:
    return bool(entry.table_id and now.id and entry.table_id != now.id)


def _pairs(entry: Entry, found: Sequence[Target]) -> Iterator[tuple[Target, Target]]:
    """Each target that was there with what it is now."""
    known = {(target.resource, target.dimension): target for target in found}
    return ((was, known[was.resource, was.dimension]) for was in entry.targets if (was.resource, was.dimension) in known)


def _units(now: Table, target: Target) -> int:
    """Of the target's dimension; 0 on demand, and for an index that is gone."""
    units = now.units(target.index) if target.index in ("", *now.indexes) else Throughput(read=0, write=0)
    return units.read if target.units == "Read" else units.write


def _bounds_back(has: Target, was: Target, raised: Target) -> Target:
    least = was.least if has.least == raised.least else has.least
    most = was.most if has.most == raised.most else has.most
    return structs.replace(has, least=least, most=max(least, most))


def _capacity(entry: Entry, now: Table, found: Sequence[Target], choose: _Choose) -> tuple[Throughput | None, dict[str, Throughput]]:
    if not now.provisioned:  # somebody switched it to on demand: there is no capacity to change
        return None, {}
    wanted = {name: _chosen(entry, now, found, name, choose) for name in ["", *now.indexes] if name in entry.known}
    changed = {name: units for name, units in wanted.items() if units != now.units(name)}
    return changed.pop("", None), changed


def _chosen(entry: Entry, now: Table, found: Sequence[Target], name: str, choose: _Choose) -> Throughput:
    has, was, raised, scaled = now.units(name), entry.known[name], entry.wanted(name), _scaled(entry, found, name)
    return Throughput(
        read=choose(has.read, was.read, raised.read, "Read" in scaled), write=choose(has.write, was.write, raised.write, "Write" in scaled)
    )


def _up(has: int, was: int, raised: int, scaled: bool) -> int:
    return raised if has < raised and raised > was > 0 and (scaled or has == was) else has


def _back(has: int, was: int, raised: int, scaled: bool) -> int:
    return was if raised > was > 0 and (has == raised or (scaled and has > raised)) else has


def _scaled(entry: Entry, found: Sequence[Target], name: str) -> set[str]:
    """Which of Read and Write autoscaling moves, of the table (no name) or an index."""
    return {was.units for was, _ in _pairs(entry, found) if was.index == name}


def _kept_capacity(entry: Entry, now: Table, found: Sequence[Target]) -> list[str]:
    if not now.provisioned:
        return [] if entry.billing == now.billing else ["it was switched to on demand: left so"]
    return [
        f"{f'index {name}: ' if name else ''}{units.lower()} capacity was set to {has}: kept, it was {was}"
        for name, was_units in entry.known.items()
        if name in ("", *now.indexes)
        for units in sorted({"Read", "Write"} - _scaled(entry, found, name))
        for has, was, raised in [[getattr(one, units.lower()) for one in (now.units(name), was_units, entry.wanted(name))]]
        if has not in (was, raised)
    ]


def _kept_targets(entry: Entry, now: Table, found: Sequence[Target]) -> list[str]:
    pairs = [(was, has, _bounds_back(has, was, was.allowing(entry.raised_units(was)))) for was, has in _pairs(entry, found)]
    there = {(was.resource, was.dimension) for was, _, _ in pairs}
    gone = [was for was in entry.targets if (was.resource, was.dimension) not in there and (not was.index or was.index in now.indexes)]
    set_to = [f"{_about(was)} was set to {to}{_by(entry, was, to)}: kept, it was {was}" for was, _, to in pairs if to != was]
    return set_to + [f"{_about(was)} was removed: left so" for was in gone]


def _about(target: Target) -> str:
    return f"autoscaling of {target.resource} ({target.dimension})"


def _by(entry: Entry, was: Target, to: Target) -> str:
    """By whom, where it was no person."""
    return next((f" by its scheduled action {action.name}" for action in entry.schedules if action.explains(was, to)), "")


def _parts(change: Change) -> Iterator[tuple[str, Throughput]]:
    if change.table:
        yield "", change.table
    yield from change.indexes.items()


def _lowers(has: Throughput, to: Throughput) -> bool:
    return to.read < has.read or to.write < has.write
