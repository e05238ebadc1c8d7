from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core.machines import machine, siblings, sizes


@pytest.mark.parametrize(
    ("type_", "vcpus", "gib", "yarn_gib"),
    [("m5.xlarge", 4, 16, 12), ("m5.2xlarge", 8, 32, 24), ("m5.4xlarge", 16, 64, 56), ("r5.xlarge", 4, 32, 24), ("c5.xlarge", 4, 8, 6)],
)
def test_a_machine_of_twice_the_size_has_twice_as_much(type_: str, vcpus: int, gib: int, yarn_gib: float) -> None:
    known = machine(type_)

    assert known and (known.vcpus, known.gib, known.yarn_gib) == (vcpus, gib, yarn_gib)


@pytest.mark.parametrize("type_", ["z9.huge", "m5", "m5.metal", ""])
def test_an_unknown_machine_has_nothing_that_could_stand_in_for_it(type_: str) -> None:
    assert machine(type_) is None and siblings(type_) == [] and sizes(type_) == [type_]


@pytest.mark.parametrize("type_", ["m5.xlarge", "r5.2xlarge", "c6i.4xlarge", "m6g.xlarge"])
def test_what_stands_in_for_a_machine_is_as_large(type_: str) -> None:
    own = machine(type_)

    assert own and type_ not in siblings(type_)
    for other in map(machine, siblings(type_)):
        assert other and (other.gib, other.vcpus) == (own.gib, own.vcpus)


def test_a_larger_one_is_of_the_same_family() -> None:
    assert sizes("r5.2xlarge") == ["r5.2xlarge", "r5.4xlarge"]
