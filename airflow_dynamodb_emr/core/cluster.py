"""The EMR cluster of a run: the request that makes it, and what its states mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from airflow_dynamodb_emr.core import cost, fleet, template
from airflow_dynamodb_emr.core.custody import Custody
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.fleet import Size, Wish, Work
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.machines import siblings
from airflow_dynamodb_emr.core.prices import LIST, Prices

OWNER_TAG = "airflow-dynamodb-emr"  # on every cluster of ours: its value is the run
LIVE = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]
READY = ["RUNNING", "WAITING"]
_NO_TAG = re.compile(r"[^\w .:/=+@-]")
_SPOT_MINUTES = 10  # that EMR waits for spot machines before it takes on-demand ones


class ClusterSpec(Noun, frozen=True, kw_only=True):
    """What of a cluster people change most; anything else goes into `template`, in RunJobFlow's own form."""

    release: str = "emr-7.13.0"
    instance_type: str = "m5.xlarge"
    core_nodes: int = 0  # workers; 0: as many as the plan needs
    max_core_nodes: int = 20  # and no more than these
    concurrency: int = 0  # steps at once; 0: as many as the plan needs
    max_lanes: int = 4  # clusters of one run
    spot: bool = True  # for workers beyond those that hold the application masters
    hour_dollars: float = 1.0  # what an hour less of the run is worth
    prices: Prices = LIST
    subnets: list[str] = []  # none: the default VPC's
    service_role: str = "EMR_DefaultRole"
    instance_profile: str = "EMR_EC2_DefaultRole"
    idle_minutes: int = 30  # the safety net: an idle cluster ends itself
    custody: Custody = Custody()
    template: dict[str, Any] = {}

    @property
    def step_hour_dollars(self) -> float:
        """What an hour of one table's share costs; 0 where the price of the machines is not known."""
        if self.core_nodes and self.concurrency:
            return (cost.cluster(self.instance_type, 1 + self.core_nodes, 3600, self.prices) or 0) / self.concurrency
        return fleet.step_hour_dollars(self.instance_type, self.prices)

    def size(self, works: Sequence[Work], most_lanes: int | None = None) -> Size:
        """Of the clusters for these steps; what settings or template fix is kept."""
        given = template.given(self.template)
        wish = Wish(
            primary=given.primary or self.instance_type,
            worker=given.worker or self.instance_type,
            primary_fixed=bool(given.primary),
            concurrency=given.concurrency or self.concurrency,
            nodes=given.nodes or self.core_nodes,
            most_nodes=self.max_core_nodes,
            most_lanes=self.max_lanes if most_lanes is None else most_lanes,
            hour_dollars=self.hour_dollars,
            prices=self.prices,
        )
        return fleet.choose(works, wish)

    def logs(self, default: S3Uri) -> S3Uri:
        """Where the cluster puts its logs; a template's place wins."""
        return S3Uri.parse(self.template["LogUri"], "cluster_template: LogUri") if self.template.get("LogUri") else default

    def request(self, run: str, logs: S3Uri | None, size: Size | None = None, spark: bool = False) -> dict[str, Any]:
        """For RunJobFlow, but for the name, which each start of each cluster gets. *spark*: steps of Spark will run on it.

        The template wins, but name, tag, keep-alive and no protection are ours: a cluster must not be left behind.
        """
        request = template.merged(self._defaults(logs, size or self.size([]), spark), self.template)
        request.pop("Name", None)
        others = [tag for tag in request.get("Tags", []) if tag.get("Key") != OWNER_TAG]
        request["Tags"] = [*others, {"Key": OWNER_TAG, "Value": _NO_TAG.sub("_", run)[-256:]}]
        request["Instances"] |= {"KeepJobFlowAliveWhenNoSteps": True, "TerminationProtected": False}
        request["AutoTerminationPolicy"] = request.get("AutoTerminationPolicy") or {"IdleTimeout": self.idle_minutes * 60}
        return request

    def spot_nodes(self, size: Size) -> int:
        """Workers of a cluster that may be spot machines; a template's own are its own."""
        return size.nodes - size.masters if self.spot and not template.given(self.template).nodes else 0

    def _defaults(self, logs: S3Uri | None, size: Size, spark: bool) -> dict[str, Any]:
        return {
            "ReleaseLabel": self.release,
            **({"LogUri": f"{logs}/"} if logs else {}),
            "Applications": [{"Name": "Hadoop"}, *([{"Name": "Spark"}] if spark else [])],
            "Configurations": [*self._configurations(size), *self.custody.configurations],
            **self.custody.cluster,
            "StepConcurrencyLevel": size.concurrency,
            "ServiceRole": self.service_role,
            "JobFlowRole": self.instance_profile,
            "VisibleToAllUsers": True,
            "Instances": self._instances(size),
        }

    def _configurations(self, size: Size) -> list[dict[str, Any]]:
        """YARN's own limit for application masters is a tenth of the workers, which few steps would fill. With spot machines they have the
        core nodes to themselves (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-instances-guidelines.html): losing one loses
        its step, losing a mapper just that mapper's work. Without, mappers must find room beside them."""
        spot = self.spot_nodes(size) > 0
        limit = {"yarn.scheduler.capacity.maximum-am-resource-percent": "1" if spot else "0.5"}
        labels = {"yarn.node-labels.enabled": "true", "yarn.node-labels.am.default-node-label-expression": "CORE"}
        capacity = {"Classification": "capacity-scheduler", "Properties": limit}
        return [capacity, *([{"Classification": "yarn-site", "Properties": labels}] if spot else [])]

    def _instances(self, size: Size) -> dict[str, Any]:
        """The primary and the nodes of the application masters on demand, the rest spot machines of several types, in any of the subnets."""
        subnets, spot = {"Ec2SubnetIds": self.subnets} if self.subnets else {}, self.spot_nodes(size)
        fleets = [_on_demand("MASTER", size.primary_type, 1), _on_demand("CORE", size.worker_type, size.nodes - spot)]
        return {**subnets, "InstanceFleets": [*fleets, *([_spot("TASK", size.worker_type, spot)] if spot else [])]}


def _on_demand(kind: str, type_: str, nodes: int) -> dict[str, Any]:
    return {"Name": kind.lower(), "InstanceFleetType": kind, "TargetOnDemandCapacity": nodes, "InstanceTypeConfigs": [_type(type_)]}


def _spot(kind: str, type_: str, nodes: int) -> dict[str, Any]:
    """Losing one makes MapReduce do a mapper's work again: a dump then has files that no manifest names, a load writes the same items twice."""
    waits = {"TimeoutDurationMinutes": _SPOT_MINUTES, "TimeoutAction": "SWITCH_TO_ON_DEMAND", "AllocationStrategy": "price-capacity-optimized"}
    return {
        "Name": kind.lower(),
        "InstanceFleetType": kind,
        "TargetSpotCapacity": nodes,
        "InstanceTypeConfigs": [_type(each) for each in [type_, *siblings(type_)]],
        "LaunchSpecifications": {"SpotSpecification": waits, "OnDemandSpecification": {"AllocationStrategy": "lowest-price"}},
    }


def _type(type_: str) -> dict[str, Any]:
    return {"InstanceType": type_, "WeightedCapacity": 1}


def subnets_of(request: dict[str, Any]) -> list[str]:
    instances = request["Instances"]
    return [*instances.get("Ec2SubnetIds", []), *([instances["Ec2SubnetId"]] if "Ec2SubnetId" in instances else [])]
