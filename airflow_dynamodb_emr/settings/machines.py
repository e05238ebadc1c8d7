"""The clusters."""

from __future__ import annotations

from typing import Annotated, Any

from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.prices import LIST, Prices
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.settings.options import Limit, at_least, between, told
from airflow_dynamodb_emr.settings.safety import Safety

_TEMPLATE = "YAML or JSON file, path or S3 URI, in the form of RunJobFlow. What it says goes before these options; the rest comes from them."
_TYPE = "Machine type of all nodes; the primary may be a larger one of its family, spot machines others of the same size."
_SPOT = "Take spot machines for the worker nodes beyond those that hold the application masters, on-demand ones where there are none."
_STEPS = Limit(lambda steps: 0 <= steps <= 256, "from 1 to 256, or 0 for as many as needed")
_NODES = Limit(lambda nodes: nodes >= 0, "at least 1, or 0 for as many as needed")


class Machines(Safety, frozen=True, kw_only=True):
    connector_jar: Annotated[
        str,
        told("S3 URI of AWS' DynamoDB connector, the emr-dynamodb-tools jar.", "s3://my-jars/emr-dynamodb-tools-jar-with-dependencies.jar"),
    ] = ""
    cluster_template: Annotated[str, told(_TEMPLATE, "s3://my-config/cluster.yaml")] = ""
    subnets: Annotated[
        list[str], told("JSON list of the subnets a cluster may start in. Empty: the account's default.", '["subnet-0a1b2c3d4e5f"]')
    ] = []
    service_role: Annotated[str, told("Role that EMR works as.", "EMR_Backup")] = "EMR_DefaultRole"
    instance_profile: Annotated[str, told("Instance profile of the cluster's machines.", "EMR_EC2_Backup")] = "EMR_EC2_DefaultRole"
    release_label: Annotated[str, told("EMR release of the cluster.", "emr-7.14.0")] = "emr-7.13.0"
    instance_type: Annotated[str, told(_TYPE, "m7g.xlarge")] = "m5.xlarge"
    core_nodes: Annotated[int, told("Worker nodes of each cluster, beside its primary. 0: as many as the plan needs.", "8", _NODES)] = 0
    max_core_nodes: Annotated[int, told("No more worker nodes than this are planned for a cluster.", "50", at_least(1))] = 20
    step_concurrency: Annotated[
        int, told("Steps, that is tables, that one cluster works on at once; 1 to 256. 0: as many as the plan needs.", "20", _STEPS)
    ] = 0
    max_lanes: Annotated[int, told("No more clusters than this are planned for one backup; one is the rule.", "1", between(1, 20))] = 4
    spot: Annotated[bool, told(_SPOT, "False")] = True
    idle_minutes: Annotated[int, told("Minutes without a step after which EMR itself ends a cluster; 1 to 10080.", "60", between(1, 10_080))] = 30

    def cluster(self, template: dict[str, Any], prices: Prices = LIST) -> ClusterSpec:
        return ClusterSpec(
            release=self.release_label,
            instance_type=self.instance_type,
            core_nodes=self.core_nodes,
            max_core_nodes=self.max_core_nodes,
            concurrency=self.step_concurrency,
            max_lanes=self.max_lanes,
            spot=self.spot,
            hour_dollars=self.hour_dollars,
            prices=prices,
            subnets=self.subnets,
            service_role=self.service_role,
            instance_profile=self.instance_profile,
            idle_minutes=self.idle_minutes,
            custody=self.custody,
            template=template,
        )

    @property
    def serverless(self) -> ServerlessSpec:
        return ServerlessSpec(
            role=self.serverless_role,
            application=self.serverless_application,
            release=self.release_label,
            architecture=self.serverless_architecture,
            idle_minutes=self.idle_minutes,
            logs_key=self.logs_kms_key,
        )
