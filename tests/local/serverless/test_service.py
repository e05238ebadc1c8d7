"""The stand-in's EMR Serverless, looked at as a client sees it: what it refuses, and in which order things happen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.fleet.seed import SERVERLESS_ROLE
from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import refusal, until

ROLE = f"arn:aws:iam::123456789012:role/{SERVERLESS_ROLE}"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def serverless(shared: StandIn) -> Any:
    return shared.client("emr-serverless", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def make(aws: StandIn, serverless: Any) -> Iterator[Any]:
    """Makes an application that takes job runs, unless told not to *wait* for that, and gives its id; no job run outlives the test."""
    made: list[str] = []

    def application(wait: bool = True, **more: Any) -> str:
        request = {"name": f"app{next(_numbers)}", "releaseLabel": "emr-7.13.0", "type": "SPARK", **more}
        made.append(serverless.create_application(**request)["applicationId"])
        until(lambda: not wait or serverless.get_application(applicationId=made[-1])["application"]["state"] != "CREATING")
        return made[-1]

    yield application
    for id in made:
        for run in serverless.list_job_runs(applicationId=id, states=["QUEUED", "PENDING", "RUNNING", "SCHEDULED"])["jobRuns"]:
            serverless.cancel_job_run(applicationId=id, jobRunId=run["id"])


def start(serverless: Any, application: str, name: str = "orders/1", **more: Any) -> str:
    driver = {"sparkSubmit": {"entryPoint": "s3://local-artifacts/none.py", "entryPointArguments": ["dump", "--table", "orders"]}}
    request = {"applicationId": application, "executionRoleArn": ROLE, "name": name, "jobDriver": driver, **more}
    return str(serverless.start_job_run(**request)["jobRunId"])


def state(serverless: Any, application: str, run: str) -> str:
    return str(serverless.get_job_run(applicationId=application, jobRunId=run)["jobRun"]["state"])


def test_an_application_goes_from_creating_to_stopped_by_itself(aws: StandIn, serverless: Any, make: Any) -> None:
    def now() -> str:
        return str(serverless.get_application(applicationId=id)["application"]["state"])

    aws.set(emr_start_seconds=600)
    id = make(wait=False, autoStopConfiguration={"enabled": True, "idleTimeoutMinutes": 1})
    assert now() == "CREATING"
    aws.set(emr_start_seconds=0)
    assert now() == "CREATED"
    aws.set(emr_start_seconds=600)
    run = start(serverless, id)
    assert now() == "STARTING"
    aws.set(emr_start_seconds=0)
    until(lambda: state(serverless, id, run) == "FAILED")
    assert now() == "STARTED"
    aws.set(emr_idle_scale=0)
    assert now() == "STOPPED"


def test_more_job_runs_than_there_is_room_for_are_queued_and_run_in_turn(aws: StandIn, serverless: Any, make: Any) -> None:
    aws.set(serverless_runs=1)
    aws.faults(hang_steps={"first": 1})
    id = make()
    first, second = start(serverless, id, "first"), start(serverless, id, "second")
    until(lambda: state(serverless, id, first) == "RUNNING")
    until(lambda: state(serverless, id, second) == "QUEUED")

    serverless.cancel_job_run(applicationId=id, jobRunId=first)

    until(lambda: (state(serverless, id, first), state(serverless, id, second)) == ("CANCELLED", "FAILED"))


def test_one_that_is_queued_is_cancelled_at_once(aws: StandIn, serverless: Any, make: Any) -> None:
    aws.set(serverless_runs=1)
    aws.faults(hang_steps={"first": 1})
    id = make()
    start(serverless, id, "first")
    second = start(serverless, id, "second")

    serverless.cancel_job_run(applicationId=id, jobRunId=second)

    assert state(serverless, id, second) == "CANCELLED"


def test_one_that_takes_too_long_is_cancelled(aws: StandIn, serverless: Any, make: Any) -> None:
    aws.set(emr_idle_scale=0.001)
    aws.faults(hang_steps={"orders": 1})
    id = make()

    run = start(serverless, id, executionTimeoutMinutes=5)

    until(lambda: state(serverless, id, run) == "CANCELLED")
    assert "after 5 minutes" in serverless.get_job_run(applicationId=id, jobRunId=run)["jobRun"]["stateDetails"]


def test_job_runs_are_listed_newest_first_a_page_at_a_time_by_state(aws: StandIn, serverless: Any, make: Any) -> None:
    id = make()
    runs = [start(serverless, id, f"orders/{number}") for number in range(3)]
    until(lambda: all(state(serverless, id, run) == "FAILED" for run in runs))

    pages = list(serverless.get_paginator("list_job_runs").paginate(applicationId=id, PaginationConfig={"PageSize": 2}))

    assert [[run["name"] for run in page["jobRuns"]] for page in pages] == [["orders/2", "orders/1"], ["orders/0"]]
    assert serverless.list_job_runs(applicationId=id, states=["SUCCESS"])["jobRuns"] == []


def test_an_application_that_is_being_made_takes_no_job_runs(aws: StandIn, serverless: Any, make: Any) -> None:
    aws.set(emr_start_seconds=60)

    with pytest.raises(ClientError) as refused:
        start(serverless, make(wait=False))

    assert refusal(refused) == "ValidationException"


def test_a_token_that_was_used_for_another_request_is_a_conflict(serverless: Any, make: Any) -> None:
    id = make(clientToken="made-once", name="the-first")
    start(serverless, id, clientToken="started-once")

    with pytest.raises(ClientError) as another_run:
        start(serverless, id, "another", clientToken="started-once")
    with pytest.raises(ClientError) as another_application:
        make(clientToken="made-once", name="the-second")

    assert refusal(another_run) == refusal(another_application) == "ConflictException"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param({"executionRoleArn": "arn:aws:iam::1:role/x-y-z-and"}, "Value at 'executionRoleArn' failed to satisfy", id="role"),
        pytest.param({"clientToken": "no spaces"}, "Value at 'clientToken'", id="token"),
        pytest.param({"name": "x" * 257}, "less than or equal to 256", id="name"),
        pytest.param({"executionTimeoutMinutes": 10_081}, "executionTimeoutMinutes must be between", id="minutes"),
        pytest.param({"mode": "FOREVER"}, "enum value set: [BATCH, STREAMING]", id="mode"),
    ],
)
def test_a_job_run_that_aws_would_not_take_is_refused(serverless: Any, make: Any, more: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientError) as refused:
        start(serverless, make(), **more)

    assert refusal(refused) == "ValidationException"
    assert words in str(refused.value)


@pytest.mark.parametrize("more", [{"type": "HIVE"}, {"architecture": "VAX"}, {"schedulerConfiguration": {"maxConcurrentRuns": 0}}], ids=str)
def test_an_application_that_aws_would_not_make_is_refused(make: Any, more: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        make(**more)

    assert refusal(refused) == "ValidationException"


def test_what_is_not_there_is_not_found(serverless: Any, make: Any) -> None:
    calls = [
        lambda: serverless.get_application(applicationId="00none"),
        lambda: start(serverless, "00none"),
        lambda: serverless.get_job_run(applicationId=make(), jobRunId="00none"),
        lambda: serverless.cancel_job_run(applicationId=make(), jobRunId="00none"),
    ]
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert (refusal(refused), refused.value.response["ResponseMetadata"]["HTTPStatusCode"]) == ("ResourceNotFoundException", 404)


def test_an_application_that_works_is_neither_stopped_nor_deleted(aws: StandIn, serverless: Any, make: Any) -> None:
    aws.faults(hang_steps={"orders": 1})
    id = make()
    run = start(serverless, id)
    until(lambda: state(serverless, id, run) == "RUNNING")

    for call in (serverless.stop_application, serverless.delete_application):
        with pytest.raises(ClientError) as refused:
            call(applicationId=id)
        assert refusal(refused) == "ValidationException"


def test_one_that_does_not_start_by_itself_takes_job_runs_when_it_is_started(aws: StandIn, serverless: Any, make: Any) -> None:
    id = make(autoStartConfiguration={"enabled": False})
    with pytest.raises(ClientError) as refused:
        start(serverless, id)
    assert refusal(refused) == "ValidationException"

    serverless.start_application(applicationId=id)

    assert start(serverless, id)


def test_calls_are_throttled_and_counted_by_their_names(aws: StandIn, serverless: Any, make: Any) -> None:
    id = make()
    aws.reset_calls()
    aws.faults(throttle={"emr-serverless.GetApplication": 1})

    with pytest.raises(ClientError) as refused:
        serverless.get_application(applicationId=id)

    assert refusal(refused) == "ThrottlingException"
    assert aws.calls()["emr-serverless.GetApplication"] == 1


def test_what_the_stand_in_does_not_do_it_refuses(serverless: Any, make: Any) -> None:
    with pytest.raises(ClientError) as refused:
        serverless.get_dashboard_for_job_run(applicationId=make(), jobRunId="00none")

    assert refusal(refused) == "UnknownOperationException"
