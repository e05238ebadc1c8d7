"""A cluster in the words of DescribeCluster, ListClusters and the lists of its machines."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.emr.cluster import ACTIVE, Cluster
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
        "Ec2InstanceAttributes": _attributes(cluster, region),
        "InstanceCollectionType": "INSTANCE_FLEET" if cluster.instances.get("InstanceFleets") else "INSTANCE_GROUP",
        "MasterPublicDnsName": "ip-10-0-0-1.ec2.internal",
        "StepConcurrencyLevel": cluster.concurrency,
        "Tags": [{"Key": key, "Value": value} for key, value in cluster.tags.items()],
        "TerminationProtected": cluster.protected,
        "VisibleToAllUsers": request.get("VisibleToAllUsers", True),
    }


def groups(cluster: Cluster) -> list[dict[str, Any]]:
    return [
        {
            **{name: group[name] for name in ("Name", "BidPrice", "Configurations") if name in group},
            "Id": f"ig-{cluster.id[2:]}{number}",
            "InstanceGroupType": group["InstanceRole"],
            "InstanceType": group["InstanceType"],
            "Market": group.get("Market", "ON_DEMAND"),
            "RequestedInstanceCount": group["InstanceCount"],
            "RunningInstanceCount": group["InstanceCount"] if cluster.state in ACTIVE else 0,
            "Status": _machines(cluster),
        }
        for number, group in enumerate(cluster.instances.get("InstanceGroups", []))
    ]


def fleets(cluster: Cluster) -> list[dict[str, Any]]:
    return [
        {
            **{name: value for name, value in fleet.items() if name not in ("InstanceTypeConfigs", "Context")},
            "Id": f"if-{cluster.id[2:]}{number}",
            "InstanceTypeSpecifications": fleet.get("InstanceTypeConfigs", []),
            "ProvisionedOnDemandCapacity": fleet.get("TargetOnDemandCapacity", 0) if cluster.state in ACTIVE else 0,
            "ProvisionedSpotCapacity": fleet.get("TargetSpotCapacity", 0) if cluster.state in ACTIVE else 0,
            "Status": _machines(cluster),
        }
        for number, fleet in enumerate(cluster.instances.get("InstanceFleets", []))
    ]


def machines(cluster: Cluster) -> list[dict[str, Any]]:
    return [
        {
            "Id": f"ci-{group['Id'][3:]}{number}",
            "Ec2InstanceId": f"i-{group['Id'][3:].lower()}{number}",
            "InstanceGroupId": group["Id"],
            "InstanceType": group["InstanceType"],
            "Market": group["Market"],
            "Status": group["Status"],
        }
        for group in groups(cluster)
        for number in range(group["RequestedInstanceCount"])
    ]


def _status(cluster: Cluster) -> dict[str, Any]:
    reason = {"Code": cluster.reason.code, "Message": cluster.reason.message} if cluster.reason else {}
    return {"State": cluster.state, "StateChangeReason": reason, "Timeline": cluster.timeline()}


def _machines(cluster: Cluster) -> dict[str, Any]:
    starting = cluster.state in ("STARTING", "BOOTSTRAPPING")
    state = "PROVISIONING" if starting else "RUNNING" if cluster.state in ACTIVE else "TERMINATED"
    return {"State": state, "StateChangeReason": {}, "Timeline": cluster.timeline()}


def _attributes(cluster: Cluster, region: str) -> dict[str, Any]:
    asked = cluster.instances
    subnet = asked.get("Ec2SubnetId") or next(iter(asked.get("Ec2SubnetIds", [])), None)
    attributes = {
        "Ec2SubnetId": subnet,
        "RequestedEc2SubnetIds": asked.get("Ec2SubnetIds"),
        "Ec2KeyName": asked.get("Ec2KeyName"),
        "Ec2AvailabilityZone": f"{region}a",
        "IamInstanceProfile": cluster.request.get("JobFlowRole"),
        "EmrManagedMasterSecurityGroup": asked.get("EmrManagedMasterSecurityGroup"),
        "EmrManagedSlaveSecurityGroup": asked.get("EmrManagedSlaveSecurityGroup"),
    }
    return {name: value for name, value in attributes.items() if value is not None}
