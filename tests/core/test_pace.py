from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core.pace import Limits, Pace, Raised, Room, raised_for_read, raised_for_write
from airflow_dynamodb_emr.core.spiking import Absolute, Deadline, Multiple, Off, Spike
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.errors import BadInput

from .makers import table

INDEX = Throughput(read=3, write=4)


def test_what_the_tables_and_their_indexes_have_is_taken_off_what_the_account_allows() -> None:
    limits = Limits(table=Throughput(read=50, write=60), account=Throughput(read=100, write=200), told=True)
    tables = [table(read=10, write=20, indexes={"i": INDEX}), table(read=0, write=0)]

    assert limits.reads(tables) == Room(most=50, left=87, told=True)
    assert limits.writes(tables) == Room(most=60, left=176, told=True)


@pytest.mark.parametrize(
    ("spike", "tables", "spikes"),
    [
        pytest.param(Deadline(minutes=1), [table(), table(read=0)], True, id="one is provisioned"),
        pytest.param(Deadline(minutes=1), [table(read=0)], False, id="none is provisioned"),
        pytest.param(Off(), [table()], False, id="switched off"),
    ],
)
def test_nothing_is_spiked_on_demand_or_where_that_is_switched_off(spike: Spike, tables: list[Table], spikes: bool) -> None:
    assert Pace(spike=spike).spikes(tables) is spikes


@pytest.mark.parametrize(
    ("spike", "present", "facts"),
    [
        pytest.param(200, [200, 300], "spike: 200 units would raise no table: each has 200 or more already", id="all have as much"),
        pytest.param(1, [5], "spike: 1 unit would raise no table: each has 5 or more already", id="below"),
        pytest.param(901, [5], "spike: 901 units is above the 900 that the account allows a table", id="above the limit of the account"),
    ],
)
def test_a_number_of_units_that_raises_nothing_or_cannot_be_is_refused(spike: int, present: list[int], facts: str) -> None:
    with pytest.raises(BadInput) as raised:
        Pace(spike=Absolute(number=spike), room=Room(most=900, told=True)).refuse_useless(present)

    assert raised.value.facts == facts and raised.value.hint


@pytest.mark.parametrize(
    ("pace", "present"),
    [
        pytest.param(Pace(spike=Absolute(number=200)), [200, 199], id="one table has less"),
        pytest.param(Pace(spike=Absolute(number=200)), [], id="all are on demand"),
        pytest.param(Pace(spike=Absolute(number=50_000)), [5], id="a limit that is only assumed"),
        pytest.param(Pace(spike=Multiple(times=2)), [40_000], id="a multiple"),
        pytest.param(Pace(spike=Deadline(minutes=2)), [40_000], id="a deadline"),
    ],
)
def test_anything_that_may_raise_a_table_or_is_told_for_each_is_not_refused(pace: Pace, present: list[int]) -> None:
    pace.refuse_useless(present)


def test_a_dump_raises_reads_alone_and_no_index() -> None:
    assert raised_for_read(50) == Raised(table=Throughput(read=50, write=0))


def test_a_load_raises_the_writes_of_the_table_and_of_every_index() -> None:
    raised = raised_for_write(table(indexes={"i": INDEX}), 60)

    assert raised == Raised(table=Throughput(read=0, write=60), indexes={"i": Throughput(read=0, write=60)})


def test_a_share_of_a_spike_is_that_of_what_it_adds_and_leaves_the_rest() -> None:
    planned = Raised(table=Throughput(read=0, write=60), indexes={"i": Throughput(read=0, write=60), "gone": Throughput(read=0, write=60)})

    half = planned.shrunk(Throughput(read=5, write=20), {"i": Throughput(read=5, write=40)}, 0.5)

    assert (half.table.write, {name: units.write for name, units in half.indexes.items()}) == (40, {"i": 50})
    assert half.table.read < 5 and half.indexes["i"].read < 5  # below what there is: not raised


def test_what_is_not_spiked_is_not_raised() -> None:
    assert raised_for_read(None) is None and raised_for_write(table(), None) is None
