"""EMR's operations on what can be set on a live cluster: tags, policies, protection, step concurrency."""

from __future__ import annotations

from airflow_dynamodb_emr.local.emr.checks import check_concurrency, check_idle_timeout
from airflow_dynamodb_emr.local.emr.clusters import Clusters
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request


def _set_termination_protection(clusters: Clusters, request: Request) -> Answer:
    for cluster in [clusters.job_flow(id) for id in request["JobFlowIds"]]:
        cluster.protected = request["TerminationProtected"]
    return {}


def _modify_cluster(clusters: Clusters, request: Request) -> Answer:
    cluster = clusters.cluster(request)
    if "StepConcurrencyLevel" in request:
        check_concurrency(request["StepConcurrencyLevel"])
        cluster.concurrency = request["StepConcurrencyLevel"]
    return {"StepConcurrencyLevel": cluster.concurrency}


def _add_tags(clusters: Clusters, request: Request) -> Answer:
    clusters.cluster(request, "ResourceId").tags.update({tag["Key"]: tag.get("Value", "") for tag in request["Tags"]})
    return {}


def _remove_tags(clusters: Clusters, request: Request) -> Answer:
    for key in request["TagKeys"]:
        clusters.cluster(request, "ResourceId").tags.pop(key, None)
    return {}


def _put_auto_termination_policy(clusters: Clusters, request: Request) -> Answer:
    check_idle_timeout(request.get("AutoTerminationPolicy", {}))
    clusters.cluster(request).idle_policy = request.get("AutoTerminationPolicy")
    return {}


def _get_auto_termination_policy(clusters: Clusters, request: Request) -> Answer:
    policy = clusters.cluster(request).idle_policy
    return {"AutoTerminationPolicy": policy} if policy else {}


def _remove_auto_termination_policy(clusters: Clusters, request: Request) -> Answer:
    clusters.cluster(request).idle_policy = None
    return {}


def _put_managed_scaling_policy(clusters: Clusters, request: Request) -> Answer:
    clusters.cluster(request).scaling_policy = request["ManagedScalingPolicy"]
    return {}


def _get_managed_scaling_policy(clusters: Clusters, request: Request) -> Answer:
    policy = clusters.cluster(request).scaling_policy
    return {"ManagedScalingPolicy": policy} if policy else {}


def _remove_managed_scaling_policy(clusters: Clusters, request: Request) -> Answer:
    clusters.cluster(request).scaling_policy = None
    return {}


OPERATIONS: dict[str, Operation] = {
    "AddTags": _add_tags,
    "GetAutoTerminationPolicy": _get_auto_termination_policy,
    "GetManagedScalingPolicy": _get_managed_scaling_policy,
    "ModifyCluster": _modify_cluster,
    "PutAutoTerminationPolicy": _put_auto_termination_policy,
    "PutManagedScalingPolicy": _put_managed_scaling_policy,
    "RemoveAutoTerminationPolicy": _remove_auto_termination_policy,
    "RemoveManagedScalingPolicy": _remove_managed_scaling_policy,
    "RemoveTags": _remove_tags,
    "SetTerminationProtection": _set_termination_protection,
}
