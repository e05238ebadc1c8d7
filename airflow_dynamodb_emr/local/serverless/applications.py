"""All the applications of a region, by id."""

from __future__ import annotations

from airflow_dynamodb_emr.local.emr.jobs import Jobs
from airflow_dynamodb_emr.local.http.protocol import Request
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.serverless.application import Application
from airflow_dynamodb_emr.local.serverless.job_run import JobRun
from airflow_dynamodb_emr.local.serverless.refusals import missing


class Applications:
    """In the order they were made; also those that are deleted."""

    def __init__(self, region: str, jobs: Jobs, knobs: Knobs) -> None:
        self.region, self.jobs, self.knobs = region, jobs, knobs
        self.by_id: dict[str, Application] = {}
        self.tokens: dict[str, Application] = {}

    def application(self, request: Request) -> Application:
        if request["applicationId"] not in self.by_id:
            raise missing(f"Application {request['applicationId']} does not exist")
        return self.by_id[request["applicationId"]]

    def run(self, request: Request) -> JobRun:
        runs = self.application(request).runs
        if request["jobRunId"] not in runs:
            raise missing(f"JobRun {request['jobRunId']} does not exist")
        return runs[request["jobRunId"]]

    def abandon(self) -> None:
        """No process of a job run outlives this, and none is started any more."""
        for application in self.by_id.values():
            with application.lock:
                for run in application.active:
                    run.cancel(hard=True)
                application.lock.notify_all()
