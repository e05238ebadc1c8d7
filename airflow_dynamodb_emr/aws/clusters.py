"""EMR's control plane: find, create, look at, end clusters; submit steps and see what became of them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, is_unsure, message
from airflow_dynamodb_emr.core import steps
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.names import CLUSTER_PREFIX
from airflow_dynamodb_emr.core.roster import Status

if TYPE_CHECKING:
    from mypy_boto3_emr import EMRClient

log = logging.getLogger(__name__)
PAGE = 50  # steps in one call of ListSteps or CancelSteps
IDS_A_CALL = 10  # ListSteps and TerminateJobFlows take no more


class Step(Noun, frozen=True, kw_only=True):
    """A step as EMR shows it."""

    id: str
    name: str
    state: str
    reason: str = ""
    log: str = ""
    started: datetime | None = None
    ended: datetime | None = None

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Step:
        status = answer["Status"]
        failure, times = status.get("FailureDetails") or {}, status.get("Timeline") or {}
        return cls(
            id=answer["Id"],
            name=answer["Name"],
            state=status["State"],
            reason=" ".join(filter(None, [failure.get("Reason"), failure.get("Message")])).strip(),
            log=failure.get("LogFile") or "",
            started=times.get("StartDateTime"),
            ended=times.get("EndDateTime"),
        )

    @property
    def active(self) -> bool:
        return self.state in steps.ACTIVE

    @property
    def seconds(self) -> float:
        return (self.ended - self.started).total_seconds() if self.started and self.ended else 0.0


def live(emr: EMRClient) -> dict[str, str]:
    """Id -> name of each live cluster that is named as ours are."""
    pages = emr.get_paginator("list_clusters").paginate(ClusterStates=LIVE)  # type: ignore[arg-type]
    found = (cluster for page in pages for cluster in page["Clusters"])
    return {cluster["Id"]: cluster["Name"] for cluster in found if cluster["Name"].startswith(CLUSTER_PREFIX)}


def find(emr: EMRClient, name: str) -> str | None:
    """The id of the live cluster of this name: a start whose answer was lost is found again, a failed one is not."""
    return next((id for id, known in live(emr).items() if known == name), None)


def create(clients: Clients, request: dict[str, Any]) -> str:
    """Find before creating: RunJobFlow has no client token."""
    found = find(clients.emr, request["Name"])
    if found:
        log.info("cluster %s of this run is there already", found)
        return found
    try:
        return clients.emr_once.run_job_flow(**request)["JobFlowId"]
    except ClientError as error:
        made = find(clients.emr, request["Name"]) if is_unsure(error) else None
        if made is None:
            raise
        log.info("cluster %s was made, although EMR said: %s", made, error)
        return made


def status(emr: EMRClient, cluster: str) -> Status:
    """EMR forgets a cluster two months after its end."""
    try:
        answer = emr.describe_cluster(ClusterId=cluster)["Cluster"]
    except ClientError as error:
        if not _forgotten(error):
            raise
        return Status(state="TERMINATED", message="EMR does not know it any more")
    reason = answer["Status"].get("StateChangeReason", {})
    subnet = answer.get("Ec2InstanceAttributes", {}).get("Ec2SubnetId", "")
    times = answer["Status"].get("Timeline", {})
    return Status(
        state=answer["Status"]["State"],
        code=reason.get("Code", ""),
        message=reason.get("Message", ""),
        subnet=subnet,
        created=times.get("CreationDateTime"),
        since=times.get("ReadyDateTime"),
        gone=times.get("EndDateTime"),
    )


def _forgotten(error: ClientError) -> bool:
    return code(error) == "InvalidRequestException" and "is not valid" in message(error)


def terminate(emr: EMRClient, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), IDS_A_CALL):
        emr.terminate_job_flows(JobFlowIds=ids[start : start + IDS_A_CALL])


def list_steps(emr: EMRClient, cluster: str, states: Sequence[str] = ()) -> list[Step]:
    """None of a cluster that EMR has forgotten."""
    wanted: dict[str, Any] = {"StepStates": list(states)} if states else {}
    pages = emr.get_paginator("list_steps").paginate(ClusterId=cluster, **wanted)
    try:
        return [Step.of(step) for page in pages for step in page["Steps"]]  # type: ignore[arg-type]
    except ClientError as error:
        if not _forgotten(error):
            raise
        return []


def look_up(emr: EMRClient, cluster: str, ids: Iterable[str]) -> Iterator[Step]:
    wanted = list(ids)
    for start in range(0, len(wanted), IDS_A_CALL):
        answer = emr.list_steps(ClusterId=cluster, StepIds=wanted[start : start + IDS_A_CALL])
        yield from (Step.of(step) for step in answer["Steps"])  # type: ignore[arg-type]


def submit(clients: Clients, cluster: str, wanted: list[dict[str, Any]]) -> dict[str, str]:
    """Step id -> name of what was submitted. An answer may be lost: whoever calls again looks at ListSteps first."""
    answer = clients.emr_once.add_job_flow_steps(JobFlowId=cluster, Steps=wanted)  # type: ignore[arg-type]
    return {step: wish["Name"] for step, wish in zip(answer["StepIds"], wanted, strict=True)}


def cancel(emr: EMRClient, cluster: str, asked: Collection[Step], hard: bool = False) -> None:
    """*hard*: with a signal that a program cannot ignore. What its program has started on YARN goes on: see `kill_applications`."""
    how = "TERMINATE_PROCESS" if hard else "SEND_INTERRUPT"
    ids = [step.id for step in asked]
    for start in range(0, len(ids), PAGE):
        emr.cancel_steps(ClusterId=cluster, StepIds=ids[start : start + PAGE], StepCancellationOption=how)  # type: ignore[arg-type]


def kill_applications(clients: Clients, cluster: str, names: list[str]) -> None:
    """EMR ends a step's program on the primary node; its YARN application may go on and hold its containers, so a step of ours kills
    whatever has the tags of these steps. It does no harm where there is nothing."""
    submit(clients, cluster, [steps.kill_step(names)])
