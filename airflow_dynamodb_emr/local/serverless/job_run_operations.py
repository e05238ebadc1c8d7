"""What EMR Serverless does with job runs: start, list, describe, cancel."""

from __future__ import annotations

from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request, invalid
from airflow_dynamodb_emr.local.serverless.application import Application
from airflow_dynamodb_emr.local.serverless.applications import Applications
from airflow_dynamodb_emr.local.serverless.job_run import ENDED, JobRun
from airflow_dynamodb_emr.local.serverless.life import Life
from airflow_dynamodb_emr.local.serverless.refusals import conflict, page


def _start_job_run(service: Applications, request: Request) -> Answer:
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
            raise conflict("The client token was used for another request")
    return {"applicationId": application.id, "jobRunId": run.id, "arn": run.arn}


def _check_open(application: Application) -> None:
    state = application.state
    if state in ("CREATING", "TERMINATED") or (state in ("CREATED", "STOPPED") and not application.auto_start):
        raise invalid(f"Application {application.id} is {state} and takes no job runs")


def _get_job_run(service: Applications, request: Request) -> Answer:
    return {"jobRun": service.run(request).description()}


def _list_job_runs(service: Applications, request: Request) -> Answer:
    """Newest first."""
    runs, states = reversed(service.application(request).runs.values()), request.get("states")
    return page("jobRuns", [{**run.summary(), "id": run.id} for run in runs if not states or run.state in states], request)


def _cancel_job_run(service: Applications, request: Request) -> Answer:
    application, run = service.application(request), service.run(request)
    with application.lock:
        if run.state in ENDED:
            raise invalid(f"JobRun {run.id} is {run.state} and cannot be cancelled")
        run.cancel()
        application.lock.notify_all()
    return {"applicationId": application.id, "jobRunId": run.id}


OPERATIONS: dict[str, Operation] = {
    "CancelJobRun": _cancel_job_run,
    "GetJobRun": _get_job_run,
    "ListJobRuns": _list_job_runs,
    "StartJobRun": _start_job_run,
}
