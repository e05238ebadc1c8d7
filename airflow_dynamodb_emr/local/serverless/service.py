"""EMR Serverless: everything it does, in one table of operations."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.emr.jobs import Jobs
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request, do, invalid
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.serverless.application import Application, arn
from airflow_dynamodb_emr.local.serverless.checks import check
from airflow_dynamodb_emr.local.serverless.job_run import ENDED, JobRun
from airflow_dynamodb_emr.local.serverless.life import Life

_PAGE = 50


class EmrServerless:
    """In one region."""

    def __init__(self, region: str, jobs: Jobs, knobs: Knobs) -> None:
        self.region, self.jobs, self.knobs = region, jobs, knobs
        self.applications: dict[str, Application] = {}
        self.tokens: dict[str, Application] = {}

    def call(self, operation: str, request: Request) -> Answer:
        if operation in _OPERATIONS:
            check(operation, request)
        return do(_OPERATIONS, self, operation, request)

    def application(self, request: Request) -> Application:
        if request["applicationId"] not in self.applications:
            raise _missing(f"Application {request['applicationId']} does not exist")
        return self.applications[request["applicationId"]]

    def run(self, request: Request) -> JobRun:
        runs = self.application(request).runs
        if request["jobRunId"] not in runs:
            raise _missing(f"JobRun {request['jobRunId']} does not exist")
        return runs[request["jobRunId"]]

    def abandon(self) -> None:
        """No process of a job run outlives this, and none is started any more."""
        for application in self.applications.values():
            with application.lock:
                for run in application.active:
                    run.cancel(hard=True)
                application.lock.notify_all()


def _create_application(service: EmrServerless, request: Request) -> Answer:
    known = service.tokens.get(request["clientToken"])
    if request["type"].upper() != "SPARK":
        raise invalid(f"the stand-in for AWS has only applications of type SPARK, not {request['type']}")
    if known is None:
        known = service.tokens[request["clientToken"]] = Application(request, service.region, service.knobs)
        service.applications[known.id] = known
    elif {**known.request, **request} != known.request:
        raise _conflict("The client token was used for another request")
    return {"applicationId": known.id, "arn": arn(known), **({"name": request["name"]} if "name" in request else {})}


def _get_application(service: EmrServerless, request: Request) -> Answer:
    return {"application": service.application(request).description()}


def _list_applications(service: EmrServerless, request: Request) -> Answer:
    found = [application.summary() for application in service.applications.values()]
    return _page("applications", [one for one in found if not request.get("states") or one["state"] in request["states"]], request)


def _start_application(service: EmrServerless, request: Request) -> Answer:
    service.application(request).start()
    return {}


def _stop_application(service: EmrServerless, request: Request) -> Answer:
    application = service.application(request)
    with application.lock:
        if application.active:
            raise invalid(f"Application {application.id} has job runs that have not ended")
        application.stop()
    return {}


def _delete_application(service: EmrServerless, request: Request) -> Answer:
    application = service.application(request)
    if application.state not in ("CREATED", "STOPPED"):
        raise invalid(f"Application {application.id} is {application.state}: only one that is CREATED or STOPPED can be deleted")
    application.terminated = True
    return {}


def _start_job_run(service: EmrServerless, request: Request) -> Answer:
    """A token that was used for the same before gives what was started then."""
    application = service.application(request)
    with application.lock:
        run = application.tokens.get(request["clientToken"])
        if run is None:
            _check_open(application)
            run = application.tokens[request["clientToken"]] = JobRun(request, application.request["releaseLabel"], service.region)
            application.runs[run.id] = run
            application.start()
            Life(application, run, service.jobs).begin()
        elif run.request != request:
            raise _conflict("The client token was used for another request")
    return {"applicationId": application.id, "jobRunId": run.id, "arn": run.arn}


def _check_open(application: Application) -> None:
    state = application.state
    if state in ("CREATING", "TERMINATED") or (state in ("CREATED", "STOPPED") and not application.auto_start):
        raise invalid(f"Application {application.id} is {state} and takes no job runs")


def _get_job_run(service: EmrServerless, request: Request) -> Answer:
    return {"jobRun": service.run(request).description()}


def _list_job_runs(service: EmrServerless, request: Request) -> Answer:
    """Newest first."""
    runs, states = reversed(service.application(request).runs.values()), request.get("states")
    return _page("jobRuns", [{**run.summary(), "id": run.id} for run in runs if not states or run.state in states], request)


def _cancel_job_run(service: EmrServerless, request: Request) -> Answer:
    application, run = service.application(request), service.run(request)
    with application.lock:
        if run.state in ENDED:
            raise invalid(f"JobRun {run.id} is {run.state} and cannot be cancelled")
        run.cancel()
        application.lock.notify_all()
    return {"applicationId": application.id, "jobRunId": run.id}


_OPERATIONS: dict[str, Operation] = {
    "CancelJobRun": _cancel_job_run,
    "CreateApplication": _create_application,
    "DeleteApplication": _delete_application,
    "GetApplication": _get_application,
    "GetJobRun": _get_job_run,
    "ListApplications": _list_applications,
    "ListJobRuns": _list_job_runs,
    "StartApplication": _start_application,
    "StartJobRun": _start_job_run,
    "StopApplication": _stop_application,
}


def _page(name: str, found: list[dict[str, Any]], request: Request) -> Answer:
    start, size = int(request.get("nextToken") or 0), min(_PAGE, int(request.get("maxResults") or _PAGE))
    rest = {"nextToken": str(start + size)} if start + size < len(found) else {}
    return {name: found[start : start + size], **rest}


def _missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message, 404)


def _conflict(message: str) -> Refused:
    return Refused("ConflictException", message, 409)
