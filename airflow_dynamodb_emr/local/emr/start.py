"""How a cluster comes up: a subnet that has capacity, the machines, the bootstrap actions; or how it does not."""

from __future__ import annotations

import time

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.emr import reasons
from airflow_dynamodb_emr.local.emr.cluster import ACTIVE, Cluster
from airflow_dynamodb_emr.local.emr.pools import Pool
from airflow_dynamodb_emr.local.emr.reasons import Reason
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.knobs import Knobs


class Start:
    """Runs in the cluster's thread, under its lock."""

    def __init__(self, cluster: Cluster, faults: Faults, knobs: Knobs) -> None:
        self._cluster, self._faults, self._knobs = cluster, faults, knobs
        self._name = cluster.request["Name"]

    def run(self) -> None:
        fails = self._take("fail_clusters")
        self._pause(self._knobs.emr_start_seconds / 2)
        if fails:
            self._cluster.shut_down(reasons.NO_CAPACITY)
        self._provision()
        if self._alive:
            self._cluster.state = "BOOTSTRAPPING"
        self._pause(self._knobs.emr_start_seconds / 2)
        if self._alive and self._take("fail_bootstrap"):
            self._cluster.shut_down(reasons.bootstrap_failed(self._cluster.primary.ec2_id))
        self._cluster.ready = time.time() if self._alive else None

    @property
    def _alive(self) -> bool:
        return self._cluster.state in ACTIVE

    def _take(self, kind: str) -> bool:
        return self._faults.take(kind, self._name) > 0

    def _pause(self, seconds: float | None) -> None:
        """Until the cluster ends, or *seconds* are over."""
        self._cluster.lock.wait_for(lambda: not self._alive, seconds)

    def _provision(self) -> None:
        subnets = self._cluster.subnets or [""]
        subnet = next((subnet for subnet in subnets if not self._lacking(subnet)), None)
        self._place(subnets[0] if subnet is None else subnet)
        if subnet is None:
            self._cluster.shut_down(reasons.out_of_capacity(self._lacking(subnets[0]), self._cluster.zone))
        self._launch(self._cluster.pools, "ON_DEMAND")
        if self._alive and any(pool.target("SPOT") for pool in self._cluster.pools):
            self._spot()

    def _place(self, subnet: str) -> None:
        self._cluster.subnet = subnet
        self._cluster.zone = moto_side.zone(self._cluster.region, subnet) if subnet else f"{self._cluster.region}a"

    def _lacking(self, subnet: str) -> str:
        """The types of the first primary or core pool of which none can be had in *subnet*; empty: all can start there."""
        for pool in self._cluster.pools:
            types = [one["InstanceType"] for one in pool.types]
            if pool.needed and not any(self._has_capacity(subnet, type) for type in types):
                return ", ".join(types)
        return ""

    def _has_capacity(self, subnet: str, type: str) -> bool:
        return not self._faults.lasting("no_capacity", type, *([subnet, f"{subnet}/{type}"] if subnet else []))

    def _launch(self, pools: list[Pool], market: str, in_place_of: str = "") -> None:
        for pool in pools if self._alive else ():
            pool.launch(market, pool.target(in_place_of or market), lambda type: self._has_capacity(self._cluster.subnet, type))

    def _spot(self) -> None:
        if not self._take("no_spot"):
            self._launch(self._cluster.pools, "SPOT")
            return
        waiting = [pool for pool in self._cluster.pools if pool.target("SPOT") and (pool.fleet or pool.needed)]
        # A group waits for spot machines for ever; a fleet for as long as it says, which emr_start_seconds stands for.
        self._pause(self._knobs.emr_start_seconds if all(pool.fleet for pool in waiting) else None)
        ends = next((pool for pool in waiting if pool.spot_specification.get("TimeoutAction") != "SWITCH_TO_ON_DEMAND"), None)
        if ends:
            self._cluster.shut_down(_timeout(ends))
        self._launch(waiting, "ON_DEMAND", in_place_of="SPOT")


def _timeout(fleet: Pool) -> Reason:
    return reasons.no_spot(fleet.kind, fleet.spot_specification.get("TimeoutDurationMinutes", 60))
