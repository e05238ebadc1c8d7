"""EMR's operations on steps."""

from __future__ import annotations

from airflow_dynamodb_emr.local.emr.checks import check_steps
from airflow_dynamodb_emr.local.emr.cluster import Cluster
from airflow_dynamodb_emr.local.emr.clusters import Clusters
from airflow_dynamodb_emr.local.emr.page import page
from airflow_dynamodb_emr.local.emr.step import Step
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request

_MOST_STEP_IDS = 10


def _add(clusters: Clusters, request: Request) -> Answer:
    cluster = clusters.job_flow(request["JobFlowId"])
    with cluster.lock:
        check_steps(cluster, request["Steps"])
        return {"StepIds": [step.id for step in cluster.add(request["Steps"])]}


def _describe(clusters: Clusters, request: Request) -> Answer:
    return {"Step": _step(clusters.cluster(request), request["StepId"]).describe()}


def _list(clusters: Clusters, request: Request) -> Answer:
    """Newest first."""
    cluster, states, ids = clusters.cluster(request), request.get("StepStates"), request.get("StepIds")
    if len(ids or []) > _MOST_STEP_IDS:
        raise Refused("InvalidRequestException", f"A maximum of {_MOST_STEP_IDS} step ids is allowed.")
    with cluster.lock:
        found = [step.describe() for step in reversed(cluster.steps) if (not states or step.state in states) and (not ids or step.id in ids)]
    return page("Steps", found, request)


def _cancel(clusters: Clusters, request: Request) -> Answer:
    cluster = clusters.cluster(request)
    hard = request.get("StepCancellationOption") == "TERMINATE_PROCESS"
    with cluster.lock:
        return {"CancelStepsInfoList": [_cancel_one(_step(cluster, id), hard) for id in request["StepIds"]]}


OPERATIONS: dict[str, Operation] = {
    "AddJobFlowSteps": _add,
    "CancelSteps": _cancel,
    "DescribeStep": _describe,
    "ListSteps": _list,
}


def _step(cluster: Cluster, id: str) -> Step:
    for step in cluster.steps:
        if step.id == id:
            return step
    raise Refused("InvalidRequestException", f"Step id '{id}' is not valid.")


def _cancel_one(step: Step, hard: bool) -> dict[str, str]:
    if step.cancel(hard):
        return {"StepId": step.id, "Status": "SUBMITTED"}
    return {"StepId": step.id, "Status": "FAILED", "Reason": f"The step is {step.state} and cannot be cancelled."}
