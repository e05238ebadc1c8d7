"""EMR Serverless' control plane: the application that all runs share, and the job runs of one run.

Everything that is made has a client token that can be recomputed: a call whose answer was lost, or that is made twice, makes nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, message, refused_as_bad_input
from airflow_dynamodb_emr.core import serverless
from airflow_dynamodb_emr.core.serverless import JobRun, ServerlessSpec
from airflow_dynamodb_emr.errors import BadInput, NotFound

if TYPE_CHECKING:
    from mypy_boto3_emr_serverless import EMRServerlessClient

log = logging.getLogger(__name__)


def application(emr: EMRServerlessClient, spec: ServerlessSpec) -> str:
    """The id of the one that is named, or of the one that is shared, which is made where there is none; it may still be CREATING.

    Raises BadInput for one that is named and cannot be used.
    """
    if spec.application:
        _refuse_unusable(emr, spec.application)
        return spec.application
    same_name = [one for page in emr.get_paginator("list_applications").paginate() for one in page["applications"] if one.get("name") == spec.name]
    usable = sorted(one["id"] for one in same_name if one["state"] in serverless.USABLE)  # of two, all take the same
    if usable:
        return usable[0]
    made = emr.create_application(**spec.request(ended=len(same_name)))["applicationId"]
    log.info("application %s of EMR Serverless was made: %s", made, spec.name)
    return made


def ready(emr: EMRServerlessClient, application: str) -> bool:
    """Whether it takes job runs. Raises NotFound for one that was deleted meanwhile."""
    found = emr.get_application(applicationId=application)["application"]
    if found["state"] not in serverless.USABLE:
        raise NotFound(f"application {application} of EMR Serverless is {found['state']}: {found.get('stateDetails', '')}", "start the run again")
    return found["state"] in serverless.READY


def start(emr: EMRServerlessClient, request: dict[str, Any]) -> str:
    """The id of the job run of this token: one that was started before, be it under way or over, is not started again. Raises BadInput."""
    try:
        return emr.start_job_run(**request)["jobRunId"]
    except ClientError as error:
        if code(error) not in ("ValidationException", "ResourceNotFoundException", "ConflictException"):
            raise
        raise BadInput(
            f"EMR Serverless refused job run {request['name']}: {message(error)}", "look at serverless_role and serverless_application"
        ) from error


def status(emr: EMRServerlessClient, application: str, id: str) -> JobRun:
    found = emr.get_job_run(applicationId=application, jobRunId=id)["jobRun"]
    monitoring = found.get("configurationOverrides", {}).get("monitoringConfiguration", {})
    billed = found.get("billedResourceUtilization", {})
    return JobRun(
        id=id,
        name=found.get("name", ""),
        state=found["state"],
        reason=found["stateDetails"],
        log=serverless.driver_log(monitoring.get("s3MonitoringConfiguration", {}).get("logUri", ""), application, id),
        seconds=found.get("totalExecutionDurationSeconds", 0),
        vcpu_hours=billed.get("vCPUHour", 0.0),
        memory_gib_hours=billed.get("memoryGBHour", 0.0),
    )


def statuses(emr: EMRServerlessClient, application: str, ids: Collection[str]) -> dict[str, JobRun]:
    """By id."""
    found = together.each(lambda id: status(emr, application, id), ids)
    return {run.id: run for run in found}


def cancel(emr: EMRServerlessClient, application: str, ids: Collection[str]) -> None:
    """Those that have ended already are left as they are."""
    for id in ids:
        try:
            emr.cancel_job_run(applicationId=application, jobRunId=id)
        except ClientError as error:
            if code(error) not in ("ValidationException", "ResourceNotFoundException"):
                raise
            log.info("job run %s was not cancelled: %s", id, message(error))


def check(clients: Clients, spec: ServerlessSpec) -> None:
    """What can be known beforehand. Raises BadInput."""
    if not spec.role:
        raise BadInput(
            "serverless_role: there is none", "name the ARN of the role that job runs work as; docs/permissions.md says what it must be allowed"
        )
    if spec.application:
        _refuse_unusable(clients.serverless, spec.application)


def _refuse_unusable(emr: EMRServerlessClient, id: str) -> None:
    hint = "name one that is there, of type SPARK, or leave serverless_application empty"
    with refused_as_bad_input(f"serverless_application: {id}", hint):
        found = emr.get_application(applicationId=id)["application"]
    if found["type"].upper() != "SPARK" or found["state"] not in serverless.USABLE:
        raise BadInput(f"serverless_application: {id} is of type {found['type']} and {found['state']}", hint)
