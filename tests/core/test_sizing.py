from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.pace import Pace, Rate, Room
from airflow_dynamodb_emr.core.prices import LIST
from airflow_dynamodb_emr.core.rates import PARTITION_BYTES, PARTITION_READ_UNITS, PARTITION_WRITE_UNITS, read_rate, write_rate
from airflow_dynamodb_emr.core.spiking import Absolute, Deadline, Multiple, Off, Present, Spike
from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Decreases, Table, Throughput

from .makers import table

MIB, GIB = 2**20, 2**30
RICH = 1e18  # dollars an hour: what a spike costs does not matter

UNITS = st.builds(lambda read, write: Throughput(read=read, write=write), st.integers(1, 3000), st.integers(1, 3000))
TABLES = st.builds(
    lambda own, indexes, size, items: table(read=own.read, write=own.write, indexes=indexes, bytes=size, items=items),
    UNITS,
    st.dictionaries(st.sampled_from("abc"), UNITS),
    st.integers(0, 2**42),
    st.integers(0, 10**9),
)
SPIKES: st.SearchStrategy[Spike] = st.one_of(
    st.builds(Deadline, minutes=st.floats(0.1, 600)),
    st.builds(Multiple, times=st.floats(1.001, 1000)),
    st.builds(Absolute, number=st.integers(1, 40_000)),
    st.just(Off()),
)
PACES = st.builds(
    Pace,
    ratio=st.floats(0.01, 1.5),
    spike=SPIKES,
    max_units=st.integers(1, 40_000),
    hour_dollars=st.sampled_from([0, 0.05, 1, 100, RICH]),
    room=st.builds(Room, most=st.integers(1, 40_000), left=st.integers(-1000, 80_000)),
)


def present_of(capacity: int) -> Present:
    return Present(capacity=capacity, work=0, seconds=0, kept=0, stretch=1)


def both(table: Table, pace: Pace) -> list[tuple[Rate, list[int], int]]:
    """How it is read and written, what is raised together for that, and what its partitions serve."""
    reads, writes = (1 + table.bytes // PARTITION_BYTES) * PARTITION_READ_UNITS, max(1, ceil(table.bytes / PARTITION_BYTES)) * PARTITION_WRITE_UNITS
    return [
        (read_rate(table, pace), [table.throughput.read], reads),
        (write_rate(table, pace, table.bytes, table.items), [units.write for units in table.capacities], writes),
    ]


@given(TABLES, PACES)
def test_a_spike_is_above_what_there_is_and_below_every_limit(table: Table, pace: Pace) -> None:
    for rate, present, useful in both(table, pace):
        kept = min(present) * max(0, 1 - pace.ratio)
        if rate.spike is not None:
            assert min(present) < rate.spike <= min(pace.max_units, pace.room.most, ceil(useful + kept))
            assert sum(max(0, rate.spike - units) for units in present) <= pace.room.left


@given(TABLES, PACES)
def test_the_application_keeps_its_share_whatever_the_spike_was_held_to(table: Table, pace: Pace) -> None:
    for rate, present, _ in both(table, pace):
        kept = (rate.spike or min(present)) - rate.units

        assert kept >= min(present) * (1 - pace.ratio) - 1e-6 or pace.ratio > 1


@given(TABLES, PACES)
def test_a_spike_never_saves_less_than_it_costs(table: Table, pace: Pace) -> None:
    own = Pace(ratio=pace.ratio, spike=Off())
    for (rate, present, _), (slow, _, _), price in zip(both(table, pace), both(table, own), (LIST.read_unit_hour, LIST.write_unit_hour), strict=True):
        assert rate.seconds <= slow.seconds
        hours = max(1, ceil((rate.seconds + cost.STEP_SECONDS) / 3600))
        assert rate.dollars == pytest.approx(sum(max(0, (rate.spike or 0) - units) for units in present) * hours * price)
        assert rate.dollars <= (slow.seconds - rate.seconds) / 3600 * pace.hour_dollars


@given(TABLES, st.floats(0.1, 600), st.floats(0.01, 1.5))
def test_a_deadline_is_met_where_neither_limit_nor_cost_holds_it_back(table: Table, minutes: float, ratio: float) -> None:
    no_limit = 10**15
    pace = Pace(spike=Deadline(minutes=minutes), ratio=ratio, max_units=no_limit, hour_dollars=RICH, room=Room(most=no_limit, left=no_limit))
    for rate, _, useful in both(table, pace):
        assert rate.units >= max(1, ratio) * useful or rate.seconds <= minutes * 60 * (1 + 1e-9), rate.why


@given(TABLES, st.one_of(st.builds(Multiple, times=st.floats(1.001, 1000)), st.builds(Absolute, number=st.integers(1, 10**6))))
def test_what_was_asked_for_is_had_where_no_limit_holds_it_back(table: Table, spike: Spike) -> None:
    no_limit = 10**15
    for rate, present, useful in both(table, Pace(spike=spike, max_units=no_limit, hour_dollars=RICH, room=Room(most=no_limit, left=no_limit))):
        wanted = ceil(spike.units(present_of(min(present))))
        if rate.seconds and min(present) < wanted < useful:
            assert rate.spike == wanted


@given(TABLES, PACES)
def test_a_table_is_told_why_in_every_case(table: Table, pace: Pace) -> None:
    for rate, _, _ in both(table, pace):
        assert rate.why.startswith("spiked from " if rate.spike else ("not spiked", "done within", "spikes are switched off"))


def test_a_large_table_is_spiked_to_be_done_in_time() -> None:
    rate = read_rate(table(read=10, bytes=8192 * 120_000), Pace(ratio=0.5, spike=Deadline(minutes=20)))  # 120,000 units of work

    assert rate.spike == 105  # 100 for the dump, 5 for the application
    assert (rate.units, rate.seconds) == (100, 1200)
    assert rate.why == "spiked from 10 to 105 units"


def test_a_share_above_one_is_taken_of_the_spike_too() -> None:
    rate = read_rate(table(read=10, bytes=8192 * 180_000), Pace(ratio=1.5, spike=Deadline(minutes=20)))

    assert (rate.spike, rate.ratio, rate.units) == (100, 1.5, 150)


@pytest.mark.parametrize(
    ("spike", "to"),
    [pytest.param(Multiple(times=10), 1000, id="ten times"), pytest.param(Absolute(number=700), 700, id="so many units")],
)
def test_a_table_is_spiked_as_was_asked(spike: Spike, to: int) -> None:
    rate = read_rate(table(read=100, bytes=GIB), Pace(ratio=0.5, spike=spike))

    assert (rate.spike, rate.units) == (to, to - 50)
    assert rate.why == f"spiked from 100 to {to} units"


BOUND = table(read=100, bytes=GIB)


@pytest.mark.parametrize(
    ("pace", "to", "why"),
    [
        pytest.param(Pace(max_units=500), 500, "as much as max_read_units allows", id="the user's limit"),
        pytest.param(Pace(room=Room(most=600)), 600, "as much as the account's limit for a table allows", id="the account's, for a table"),
        pytest.param(Pace(room=Room(left=300)), 400, "as much as what the account has left allows", id="the account's, beside the other tables"),
        pytest.param(Pace(max_units=9000), 3050, "as much as what its partitions serve allows", id="what can be used"),
    ],
)
@pytest.mark.parametrize("spike", [Deadline(minutes=0.2), Multiple(times=80), Absolute(number=8000)], ids=str)
def test_a_limit_that_holds_a_spike_back_is_named(spike: Spike, pace: Pace, to: int, why: str) -> None:
    rate = read_rate(BOUND, Pace(spike=spike, max_units=pace.max_units, room=pace.room, hour_dollars=100))

    assert rate.spike == to and rate.why == f"spiked from 100 to {to} units, {why}"


def test_indexes_are_raised_within_what_the_account_has_left_too() -> None:
    indexed = table(write=100, bytes=GIB, indexes={"slow": Throughput(read=1, write=40), "fast": Throughput(read=1, write=900)})

    rate = write_rate(indexed, Pace(spike=Absolute(number=4000), room=Room(left=200), hour_dollars=100), GIB, 10)

    assert rate.spike == 170  # 70 more for the table, 130 more for the slow index


@pytest.mark.parametrize(
    ("spiked", "pace", "why"),
    [
        pytest.param(table(bytes=GIB), Pace(spike=Off()), "spikes are switched off", id="switched off"),
        pytest.param(table(bytes=MIB), Pace(spike=Deadline(minutes=2)), "done within 2 minutes as it is", id="small enough"),
        pytest.param(table(bytes=GIB, decreases=Decreases(today=QUICK_DECREASES)), Pace(), "lowered 4 times today", id="no decrease left"),
        pytest.param(
            table(read=500, bytes=GIB * 200),
            Pace(max_units=400),
            "not spiked: its 500 units are as much as max_read_units allows",
            id="above the limit as it is",
        ),
        pytest.param(
            table(read=9000, bytes=GIB * 8), Pace(spike=Deadline(minutes=0.1), max_units=20_000), "what its partitions serve", id="no partitions"
        ),
        pytest.param(table(read=50, bytes=GIB), Pace(spike=Absolute(number=50)), "50 units are not above the 50 it has", id="no more units"),
        pytest.param(table(), Pace(spike=Multiple(times=9)), "not spiked: 0.0 minutes less are worth $0.00", id="an empty table"),
    ],
)
def test_a_table_is_not_spiked_without_need_or_use(spiked: Table, pace: Pace, why: str) -> None:
    rate = read_rate(spiked, pace)

    assert rate.spike is None and why in rate.why and rate.dollars == 0


def test_an_index_without_a_decrease_left_holds_back_a_load_and_not_a_dump() -> None:
    spent, spike = {"i": Decreases(today=QUICK_DECREASES)}, Pace(spike=Multiple(times=10), hour_dollars=100)
    indexed = table(write=5, bytes=GIB, indexes={"i": Throughput(read=5, write=5)}, index_decreases=spent)

    assert read_rate(indexed, spike).spike == 50
    load = write_rate(indexed, spike, GIB, 10)
    assert load.spike is None and "lowered 4 times today" in load.why


@pytest.mark.parametrize("spike", [Deadline(minutes=20), Multiple(times=1.25), Absolute(number=25_000)], ids=str)
def test_a_spike_that_saves_less_than_it_costs_is_not_made(spike: Spike) -> None:
    large = table(read=20_000, bytes=8192 * 18_000_000)  # half an hour at half of its units; 20 minutes with 25,000

    rates = [read_rate(large, Pace(spike=spike, max_units=40_000, hour_dollars=dollars)) for dollars in (1, 4)]

    assert [rate.spike for rate in rates] == [None, 25_000]
    assert rates[0].why == "not spiked: 10.0 minutes less are worth $0.17, 25000 read units would cost $0.65"
