"""The services that are ours, one of each in every region that is asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from airflow_dynamodb_emr.local import simulator
from airflow_dynamodb_emr.local.autoscaling.scaler import Autoscaler
from airflow_dynamodb_emr.local.autoscaling.service import AutoScaling
from airflow_dynamodb_emr.local.dynamodb.service import DynamoDB
from airflow_dynamodb_emr.local.emr.cluster import Cluster
from airflow_dynamodb_emr.local.emr.runner import Runner
from airflow_dynamodb_emr.local.emr.service import Emr
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.http.protocol import Call, Service
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord
from airflow_dynamodb_emr.local.serverless.service import EmrServerless

# What EMR answers without looking at a cluster, moto answers well.
_MOTO_EMR = {
    "CreateSecurityConfiguration", "DeleteSecurityConfiguration", "DescribeSecurityConfiguration", "GetBlockPublicAccessConfiguration",
    "ListReleaseLabels", "ListSupportedInstanceTypes", "PutBlockPublicAccessConfiguration",
}  # fmt: skip


class Region:
    """Our services in one region."""

    def __init__(self, name: str, runner: Runner, faults: Faults, knobs: Knobs, record: CapacityRecord) -> None:
        self.name = name
        self.dynamodb = DynamoDB(name, knobs, record, faults)
        self.autoscaling = AutoScaling(name, Autoscaler(self.dynamodb, knobs))
        self.emr = Emr(name, runner, faults, knobs)
        self.serverless = EmrServerless(name, runner.jobs, knobs)
        self.services: dict[str, Service] = {
            "dynamodb": self.dynamodb,
            "application-autoscaling": self.autoscaling,
            "emr": self.emr,
            "emr-serverless": self.serverless,
        }


class Regions:
    """Made when first asked for."""

    def __init__(self, child_environment: Mapping[str, str], faults: Faults, knobs: Knobs, record: CapacityRecord) -> None:
        self._runner = Runner(child_environment, faults, knobs)
        self._of_all = self._runner, faults, knobs, record
        self._simulator = simulator.Simulator()
        self._regions: dict[str, Region] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Region:
        region = self._regions.get(name)
        if region:
            return region
        with self._lock:
            return self._regions.setdefault(name, Region(name, *self._of_all))

    def of(self, call: Call) -> Service | None:
        """None: moto has it."""
        if call.service == "emr" and call.operation in _MOTO_EMR:
            return None
        if call.service == "iam" and call.operation == simulator.OPERATION:
            return self._simulator
        return self[call.region].services.get(call.service)

    def clusters(self) -> list[Cluster]:
        """Of all regions, also those that have ended."""
        return [cluster for region in list(self._regions.values()) for cluster in region.emr.all()]

    def abandon(self) -> None:
        """No child process outlives this."""
        for region in list(self._regions.values()):
            region.emr.abandon()
            region.serverless.abandon()
        self._runner.close()
