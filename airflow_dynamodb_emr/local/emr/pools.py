"""What a cluster runs on: its instance groups or fleets, and their machines."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from airflow_dynamodb_emr.local.emr.ids import new_id
from airflow_dynamodb_emr.local.http.protocol import Request

_BY_PRIORITY = ("prioritized", "capacity-optimized-prioritized")


@dataclass
class Machine:
    """*capacity* is what it counts of its fleet's."""

    type: str
    market: str
    capacity: int = 1
    up: bool = True
    id: str = field(default_factory=lambda: new_id("ci-"))
    ec2_id: str = field(default_factory=lambda: f"i-{secrets.token_hex(9)[:17]}")


class Pool:
    """An instance group or an instance fleet: what was asked for, and the machines that came."""

    def __init__(self, asked: Request) -> None:
        self.asked = asked
        self.fleet = "InstanceFleetType" in asked
        self.id = new_id("if-" if self.fleet else "ig-")
        self.kind: str = asked["InstanceFleetType" if self.fleet else "InstanceRole"]
        self.machines: list[Machine] = []

    @property
    def needed(self) -> bool:
        """The cluster cannot do without it."""
        return self.kind != "TASK"

    @property
    def types(self) -> list[Request]:
        """In the form of InstanceTypeConfig."""
        return list(self.asked["InstanceTypeConfigs"]) if self.fleet else [self.asked]

    def target(self, market: str) -> int:
        """ON_DEMAND or SPOT."""
        if self.fleet:
            return int(self.asked.get({"SPOT": "TargetSpotCapacity", "ON_DEMAND": "TargetOnDemandCapacity"}[market], 0))
        return int(self.asked["InstanceCount"]) if self.asked.get("Market", "ON_DEMAND") == market else 0

    def provisioned(self, market: str) -> int:
        return sum(machine.capacity for machine in self.machines if machine.up and machine.market == market)

    @property
    def spot_specification(self) -> Request:
        return dict(self.asked.get("LaunchSpecifications", {}).get("SpotSpecification", {}))

    def launch(self, market: str, target: int, has_capacity: Callable[[str], bool]) -> None:
        """As many machines as make up *target*, or one more where the last is larger than what is left; none without a type that can be had."""
        types = [one for one in self._in_order(market) if has_capacity(one["InstanceType"])]
        machines = cycle(types if self._strategy(market) == "diversified" else types[:1])
        while types and target > 0:
            one = next(machines)
            # The primary node counts 1 whatever its weight.
            self.machines.append(Machine(one["InstanceType"], market, 1 if self.kind == "MASTER" else int(one.get("WeightedCapacity", 1))))
            target -= self.machines[-1].capacity

    def _in_order(self, market: str) -> Sequence[Request]:
        """The first is taken: by priority where that is the strategy, else as they were listed, because there are no prices here."""
        if self._strategy(market) in _BY_PRIORITY:
            return sorted(self.types, key=lambda one: float(one.get("Priority", "inf")))
        return self.types

    def _strategy(self, market: str) -> str:
        name = {"SPOT": "SpotSpecification", "ON_DEMAND": "OnDemandSpecification"}[market]
        return str(self.asked.get("LaunchSpecifications", {}).get(name, {}).get("AllocationStrategy", ""))


def pools(instances: Request) -> list[Pool]:
    """*instances* is that of RunJobFlow."""
    return [Pool(asked) for asked in [*instances.get("InstanceFleets", []), *instances.get("InstanceGroups", [])]]
