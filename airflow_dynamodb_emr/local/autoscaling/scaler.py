"""What scalable targets do to tables: at once when they are registered, and after a while to a raise above their minimum."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from airflow_dynamodb_emr.local.dynamodb.capacity import Capacity
from airflow_dynamodb_emr.local.dynamodb.service import DynamoDB
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused, Request
from airflow_dynamodb_emr.local.knobs import Knobs

_TICK_SECONDS = 0.2
_SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


@dataclass(frozen=True)
class Target:
    """One dimension of one table or index that is kept between two bounds."""

    resource: str
    dimension: str
    lowest: int
    highest: int
    suspended: dict[str, bool]
    created: float
    scales: bool  # has a policy; without one, nothing happens after registration

    @property
    def suspended_state(self) -> dict[str, bool]:
        return {name: self.suspended.get(name, False) for name in _SUSPENSIONS}

    @property
    def table(self) -> str:
        return self.resource.split("/")[1]

    @property
    def index(self) -> str | None:
        parts = self.resource.split("/")
        return parts[3] if len(parts) > 3 else None

    @property
    def reads(self) -> bool:
        return self.dimension.endswith("ReadCapacityUnits")


class Autoscaler:
    """One thread for all targets of a region. The tables are those of *dynamodb*."""

    def __init__(self, dynamodb: DynamoDB, knobs: Knobs) -> None:
        self.targets: dict[tuple[str, str], Target] = {}
        self._dynamodb, self._knobs = dynamodb, knobs
        self._above_since: dict[tuple[str, str], float] = {}
        self._activities: list[dict[str, Any]] = []
        threading.Thread(target=self._watch, name="autoscaler", daemon=True).start()

    def register(self, target: Target) -> None:
        """Pulls the capacity into the bounds at once, whatever of the target changed; nothing happens to a table that is not ACTIVE."""
        key = target.resource, target.dimension
        self.targets[key] = target
        self._above_since.pop(key, None)
        now = self._capacity(target)
        if now and not target.lowest <= now <= target.highest:
            self._set(target, min(max(now, target.lowest), target.highest), "Capacity is brought into the bounds of its scalable target")

    def scale(self, key: tuple[str, str], on: bool) -> None:
        """Whether the target has a policy."""
        self.targets[key] = replace(self.targets[key], scales=on)

    def activities(self, resource: str | None) -> list[dict[str, Any]]:
        return [one for one in reversed(self._activities) if resource in (None, one["ResourceId"])]

    def _watch(self) -> None:
        while True:
            time.sleep(_TICK_SECONDS)
            for key, target in list(self.targets.items()):
                self._take_back(key, target)

    def _take_back(self, key: tuple[str, str], target: Target) -> None:
        """An idle table's low alarm stands all the time: what is above the minimum goes back to it."""
        now = self._capacity(target)
        if not target.scales or target.suspended_state["DynamicScalingInSuspended"] or not now or now <= target.lowest:
            self._above_since.pop(key, None)
        elif time.monotonic() - self._above_since.setdefault(key, time.monotonic()) >= self._knobs.autoscale_seconds:
            self._set(target, target.lowest, "The low alarm is in state ALARM")

    def _capacity(self, target: Target) -> int | None:
        """None where there is no provisioned capacity that could be changed now."""
        found = self._find(target)
        if not found or not found[1].provisioned:
            return None
        return found[1].read if target.reads else found[1].write

    def _find(self, target: Target) -> tuple[Table, Capacity] | None:
        table = self._dynamodb.tables.find(target.table)
        if not table or table.status != "ACTIVE":
            return None
        if not target.index:
            return table, table.capacity
        return next(((table, index.capacity) for index in table.global_indexes if index.name == target.index and index.capacity), None)

    def _set(self, target: Target, units: int, cause: str) -> None:
        found = self._find(target)
        if not found:
            return
        table, capacity = found
        read, write = (units, capacity.write) if target.reads else (capacity.read, units)
        throughput = {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
        try:
            self._dynamodb.update_table(_update(table.name, target.index, throughput), by="autoscaling")
            self._note(target, f"Setting {target.dimension.split(':')[2]} to {units}", cause, "Successful")
        except Refused as refusal:  # as on AWS, the autoscaler tries again with the next alarm
            self._note(target, f"Failed to set {target.dimension.split(':')[2]} to {units}: {refusal.message}", cause, "Failed")
            self._above_since[target.resource, target.dimension] = time.monotonic()

    def _note(self, target: Target, description: str, cause: str, status: str) -> None:
        about = {"ServiceNamespace": "dynamodb", "ResourceId": target.resource, "ScalableDimension": target.dimension}
        times = {"StartTime": time.time(), "EndTime": time.time()}
        self._activities.append({**about, **times, "ActivityId": str(uuid.uuid4()), "Description": description, "Cause": cause, "StatusCode": status})


def _update(table: str, index: str | None, throughput: Request) -> Request:
    if index:
        return {"TableName": table, "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": index, "ProvisionedThroughput": throughput}}]}
    return {"TableName": table, "ProvisionedThroughput": throughput}
