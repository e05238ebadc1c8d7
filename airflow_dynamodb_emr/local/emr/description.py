"""A cluster in the words of DescribeCluster and ListClusters."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.emr.cluster import Cluster
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT

_ECHOED = (
    "LogUri", "ReleaseLabel", "OSReleaseLabel", "ServiceRole", "AutoScalingRole", "SecurityConfiguration", "ScaleDownBehavior",
    "CustomAmiId", "EbsRootVolumeSize", "Configurations", "PlacementGroups",
)  # fmt: skip


def arn(cluster: Cluster, region: str) -> str:
    return f"arn:aws:elasticmapreduce:{region}:{ACCOUNT}:cluster/{cluster.id}"


def summary(cluster: Cluster, region: str) -> dict[str, Any]:
    return {
        "Id": cluster.id,
        "Name": cluster.request["Name"],
        "Status": _status(cluster),
        "NormalizedInstanceHours": 0,
        "ClusterArn": arn(cluster, region),
    }


def description(cluster: Cluster, region: str) -> dict[str, Any]:
    request = cluster.request
    return {
        **summary(cluster, region),
        **{name: request[name] for name in _ECHOED if name in request},
        "Applications": request.get("Applications", []),
        "AutoTerminate": not cluster.keep_alive,
        "Ec2InstanceAttributes": _attributes(cluster),
        "InstanceCollectionType": "INSTANCE_FLEET" if cluster.instances.get("InstanceFleets") else "INSTANCE_GROUP",
        "MasterPublicDnsName": "ip-10-0-0-1.ec2.internal",
        "StepConcurrencyLevel": cluster.concurrency,
        "Tags": [{"Key": key, "Value": value} for key, value in cluster.tags.items()],
        "TerminationProtected": cluster.protected,
        "VisibleToAllUsers": request.get("VisibleToAllUsers", True),
    }


def _status(cluster: Cluster) -> dict[str, Any]:
    reason = {"Code": cluster.reason.code, "Message": cluster.reason.message} if cluster.reason else {}
    details = {"ErrorDetails": cluster.reason.details()} if cluster.reason and cluster.reason.error else {}
    return {"State": cluster.state, "StateChangeReason": reason, "Timeline": cluster.timeline(), **details}


def _attributes(cluster: Cluster) -> dict[str, Any]:
    asked = cluster.instances
    attributes = {
        "Ec2SubnetId": cluster.subnet or asked.get("Ec2SubnetId"),
        "RequestedEc2SubnetIds": cluster.subnets,
        "Ec2KeyName": asked.get("Ec2KeyName"),
        "Ec2AvailabilityZone": cluster.zone or None,
        "IamInstanceProfile": cluster.request.get("JobFlowRole"),
        "EmrManagedMasterSecurityGroup": asked.get("EmrManagedMasterSecurityGroup"),
        "EmrManagedSlaveSecurityGroup": asked.get("EmrManagedSlaveSecurityGroup"),
    }
    return {name: value for name, value in attributes.items() if value is not None}
