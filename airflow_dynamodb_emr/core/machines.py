"""What is known of EC2's machine types as EMR uses them: memory, processors, and which could stand in for which."""

from __future__ import annotations

from airflow_dynamodb_emr.core.documents import Noun

SIZES = {"xlarge": 1, "2xlarge": 2, "4xlarge": 4}  # in memory, processors and price
_XLARGE_VCPUS = 4
_GIB = {"m": 16, "r": 32, "c": 8}  # of an xlarge, by the kind of family
# Families of the same memory, processors and architecture, by what they are called before the dot.
_FAMILIES = [
    ["m5", "m5a", "m6i", "m6a", "m5d", "m4"],
    ["r5", "r5a", "r6i", "r6a", "r5d", "r4"],
    ["c5", "c5a", "c6i", "c6a", "c5d"],
    ["m6g", "m7g", "m6gd"],
    ["r6g", "r7g", "r6gd"],
    ["c6g", "c7g", "c6gd"],
]


class Machine(Noun, frozen=True, kw_only=True):
    """One type of machine."""

    type: str
    vcpus: int
    gib: int  # memory

    @property
    def yarn_gib(self) -> float:
        """What YARN may give to containers of it (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-task-config.html)."""
        return self.gib * 0.75 if self.gib <= 32 else self.gib - 8


def machine(type_: str) -> Machine | None:
    """None for a type that is not known here."""
    family, _, size = type_.partition(".")
    times = SIZES.get(size)
    if times is None or not any(family in each for each in _FAMILIES):
        return None
    return Machine(type=type_, vcpus=_XLARGE_VCPUS * times, gib=_GIB[family[0]] * times)


def siblings(type_: str) -> list[str]:
    """Other types of the same memory, processors and architecture, the likest first; none for a type that is not known here."""
    family, _, size = type_.partition(".")
    if size not in SIZES:
        return []
    return [f"{other}.{size}" for families in _FAMILIES if family in families for other in families if other != family]


def sizes(type_: str) -> list[str]:
    """The types of the same family, from this size up."""
    family, _, size = type_.partition(".")
    return [f"{family}.{each}" for each, times in SIZES.items() if times >= SIZES.get(size, 99)] or [type_]
