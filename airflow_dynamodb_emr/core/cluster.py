"""The EMR cluster of a run: the request that makes it, and what its states mean."""

from __future__ import annotations

import re
from typing import Any

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri

OWNER_TAG = "airflow-dynamodb-emr"  # on every cluster of ours: its value is the run
LIVE = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]
READY = ["RUNNING", "WAITING"]
_NO_TAG = re.compile(r"[^\w .:/=+@-]")


class ClusterSpec(Noun, frozen=True, kw_only=True):
    """What of a cluster people change most; anything else goes into `template`, in RunJobFlow's own form."""

    release: str = "emr-7.13.0"
    instance_type: str = "m5.xlarge"
    core_nodes: int = 2
    concurrency: int = 10  # steps at once; each has a driver on the primary node
    subnets: list[str] = []  # none: the default VPC's
    service_role: str = "EMR_DefaultRole"
    instance_profile: str = "EMR_EC2_DefaultRole"
    idle_minutes: int = 30  # the safety net: an idle cluster ends itself
    template: dict[str, Any] = {}

    @property
    def lane_dollars(self) -> float:
        """What an hour of one table's share costs; 0 where the price of the machines is not known."""
        return (cost.cluster(self.instance_type, 1 + self.core_nodes, 3600) or 0) / self.concurrency

    def request(self, run: str, logs: S3Uri | None) -> dict[str, Any]:
        """For RunJobFlow, but for the name, which each start of each cluster gets.

        The template wins, but name, tag, keep-alive and no protection are ours: a cluster must not be left behind.
        """
        request = _merged(self._defaults(logs), self.template)
        request.pop("Name", None)
        request["Tags"] = [*request.get("Tags", []), {"Key": OWNER_TAG, "Value": _NO_TAG.sub("_", run)[-256:]}]
        request["Instances"] |= {"KeepJobFlowAliveWhenNoSteps": True, "TerminationProtected": False}
        request["AutoTerminationPolicy"] = request.get("AutoTerminationPolicy") or {"IdleTimeout": self.idle_minutes * 60}
        return request

    def _defaults(self, logs: S3Uri | None) -> dict[str, Any]:
        return {
            "ReleaseLabel": self.release,
            **({"LogUri": f"{logs}/"} if logs else {}),
            "Applications": [{"Name": "Hadoop"}],
            "StepConcurrencyLevel": self.concurrency,
            "ServiceRole": self.service_role,
            "JobFlowRole": self.instance_profile,
            "VisibleToAllUsers": True,
            "Instances": self._instances(),
        }

    def _instances(self) -> dict[str, Any]:
        """Fleets of one type: the primary and the core nodes on demand, in any of the subnets."""
        subnets = {"Ec2SubnetIds": self.subnets} if self.subnets else {}
        return {**subnets, "InstanceFleets": [self._fleet("MASTER", 1), self._fleet("CORE", self.core_nodes)]}

    def _fleet(self, kind: str, nodes: int) -> dict[str, Any]:
        return {
            "Name": kind.lower(),
            "InstanceFleetType": kind,
            "TargetOnDemandCapacity": nodes,
            "InstanceTypeConfigs": [{"InstanceType": self.instance_type, "WeightedCapacity": 1}],
        }


def _merged(default: dict[str, Any], template: dict[str, Any]) -> dict[str, Any]:
    """Objects are merged, anything else is replaced; instance groups replace our fleets, which EMR refuses beside them."""
    merged = {**default}
    for key, value in template.items():
        known = default.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    if "InstanceGroups" in template:
        merged.pop("InstanceFleets", None)
    return merged


def subnets_of(request: dict[str, Any]) -> list[str]:
    instances = request["Instances"]
    return [*instances.get("Ec2SubnetIds", []), *([instances["Ec2SubnetId"]] if "Ec2SubnetId" in instances else [])]
