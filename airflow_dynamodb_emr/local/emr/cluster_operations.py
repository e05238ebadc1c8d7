"""EMR's operations on clusters: start, list, describe, end."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.emr import description as describe
from airflow_dynamodb_emr.local.emr import machinery
from airflow_dynamodb_emr.local.emr.checks import check_cluster
from airflow_dynamodb_emr.local.emr.clusters import Clusters
from airflow_dynamodb_emr.local.emr.page import page
from airflow_dynamodb_emr.local.emr.reasons import USER_REQUEST
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request, invalid


def _run_job_flow(clusters: Clusters, request: Request) -> Answer:
    check_cluster(request, clusters.region)
    cluster = clusters.start(request)
    return {"JobFlowId": cluster.id, "ClusterArn": describe.arn(cluster, clusters.region)}


def _describe_cluster(clusters: Clusters, request: Request) -> Answer:
    return {"Cluster": describe.description(clusters.cluster(request), clusters.region)}


def _list_clusters(clusters: Clusters, request: Request) -> Answer:
    """Newest first."""
    states, after, before = request.get("ClusterStates"), request.get("CreatedAfter"), request.get("CreatedBefore")
    found = [
        describe.summary(cluster, clusters.region)
        for cluster in reversed(clusters.all())
        if (not states or cluster.state in states) and (not after or cluster.created > after) and (not before or cluster.created < before)
    ]
    return page("Clusters", found, request)


def _terminate_job_flows(clusters: Clusters, request: Request) -> Answer:
    asked = [clusters.job_flow(id) for id in request["JobFlowIds"]]
    for cluster in asked:
        if not cluster.protected:
            cluster.shut_down(USER_REQUEST)
    if any(cluster.protected for cluster in asked):
        raise invalid("Could not shut down one or more job flows since they are termination protected.")
    return {}


def _list_instance_groups(clusters: Clusters, request: Request) -> Answer:
    return {"InstanceGroups": machinery.groups(clusters.cluster(request))}


def _list_instance_fleets(clusters: Clusters, request: Request) -> Answer:
    return {"InstanceFleets": machinery.fleets(clusters.cluster(request))}


def _list_instances(clusters: Clusters, request: Request) -> Answer:
    return {"Instances": machinery.machines(clusters.cluster(request), request)}


def _list_bootstrap_actions(clusters: Clusters, request: Request) -> Answer:
    actions = clusters.cluster(request).request.get("BootstrapActions", [])
    return {"BootstrapActions": [{"Name": action["Name"], **_script(action)} for action in actions]}


def _script(action: Request) -> dict[str, Any]:
    script = action.get("ScriptBootstrapAction", {})
    return {"ScriptPath": script.get("Path", ""), "Args": script.get("Args", [])}


OPERATIONS: dict[str, Operation] = {
    "DescribeCluster": _describe_cluster,
    "ListBootstrapActions": _list_bootstrap_actions,
    "ListClusters": _list_clusters,
    "ListInstanceFleets": _list_instance_fleets,
    "ListInstanceGroups": _list_instance_groups,
    "ListInstances": _list_instances,
    "RunJobFlow": _run_job_flow,
    "TerminateJobFlows": _terminate_job_flows,
}
