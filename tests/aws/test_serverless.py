"""Applications and job runs of EMR Serverless, on the stand-in's: nothing of Spark runs in these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from airflow_dynamodb_emr.aws import probes, serverless
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.serverless import JobRun, ServerlessSpec
from airflow_dynamodb_emr.errors import BadInput, NotFound
from airflow_dynamodb_emr.local.fleet.seed import SERVERLESS_ROLE
from airflow_dynamodb_emr.local.process import StandIn
from tests.aws.helpers import until

ROLE = f"arn:aws:iam::123456789012:role/{SERVERLESS_ROLE}"
DRIVER = {"sparkSubmit": {"entryPoint": "s3://local-artifacts/none.py", "entryPointArguments": ["dump", "--table", "orders"]}}


@pytest.fixture
def spec(folder: S3Uri) -> ServerlessSpec:
    """Its application is nobody else's: it is named by its release."""
    return ServerlessSpec(role=ROLE, release=f"emr-{folder.key.rpartition('/')[2]}")


@pytest.fixture
def application(aws: StandIn, clients: Clients, spec: ServerlessSpec) -> Iterator[str]:
    id = serverless.application(clients.serverless, spec)
    until(lambda: probes.application_ready(clients, id) is not None)
    yield id
    serverless.cancel(clients.serverless, id, [run["id"] for run in clients.serverless.list_job_runs(applicationId=id)["jobRuns"]])


def started(clients: Clients, spec: ServerlessSpec, application: str, attempt: int = 1, logs: str = "logs", **more: Any) -> str:
    request = {"applicationId": application, **spec.run("run", "orders", attempt, DRIVER, S3Uri("local-backups", logs), 600)}
    return serverless.start(clients.serverless, {**request, **more})


def ended(clients: Clients, application: str, *ids: str) -> list[JobRun]:
    ref = {"application": application, "job_runs": list(ids)}
    answer = until(lambda: probes.job_runs_ended(clients, ref))
    return [msgspec.convert(answer["job_runs"][id], JobRun) for id in ids]


def test_an_application_is_made_once(clients: Clients, spec: ServerlessSpec, application: str) -> None:
    assert serverless.application(clients.serverless, spec) == application

    told = clients.serverless.get_application(applicationId=application)["application"]
    assert (told["name"], told["type"], told["tags"]) == (spec.name, "Spark", {"airflow-dynamodb-emr": "shared"})


def test_an_application_whose_making_was_not_answered_is_found(aws: StandIn, clients: Clients, spec: ServerlessSpec) -> None:
    aws.faults(lose_answer={"emr-serverless.CreateApplication": 1})

    id = serverless.application(clients.serverless, spec)

    assert [one["id"] for one in clients.serverless.list_applications()["applications"] if one["name"] == spec.name] == [id]


def test_one_that_was_deleted_is_made_anew(clients: Clients, spec: ServerlessSpec, application: str) -> None:
    clients.serverless.delete_application(applicationId=application)

    with pytest.raises(NotFound, match="is TERMINATED"):
        serverless.ready(clients.serverless, application)
    assert serverless.application(clients.serverless, spec) != application


def test_an_application_of_ones_own_is_taken_as_it_is(clients: Clients, application: str) -> None:
    own = ServerlessSpec(role=ROLE, application=application)

    assert serverless.application(clients.serverless, own) == application
    serverless.check(clients, own)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"role": ""}, "serverless_role: there is none", id="no role"),
        pytest.param({"application": "00nosuchapplic"}, "serverless_application: 00nosuchapplic is not there", id="no such application"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_done(clients: Clients, change: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        serverless.check(clients, ServerlessSpec(**{"role": ROLE, **change}))


def test_the_same_is_started_once(aws: StandIn, clients: Clients, spec: ServerlessSpec, application: str) -> None:
    aws.faults(hang_steps={"orders": 9}, lose_answer={"emr-serverless.StartJobRun": 1})

    first = started(clients, spec, application)

    assert started(clients, spec, application) == first
    assert started(clients, spec, application, attempt=2) != first


def test_a_job_run_that_fails_says_why_and_where_to_read_more(clients: Clients, spec: ServerlessSpec, application: str, store: Store) -> None:
    (run,) = ended(clients, application, started(clients, spec, application, logs="serverless/logs"))

    assert (run.name, run.state, run.done) == ("orders/1", "FAILED", False)
    assert "none.py" in run.reason or "spark-submit" in run.reason
    assert store.size(S3Uri.parse(run.log)) is not None
    assert run.vcpu_hours > 0 and run.memory_gib_hours == 2 * run.vcpu_hours


def test_a_role_that_is_not_there_fails_the_job_run(clients: Clients, spec: ServerlessSpec, application: str) -> None:
    (run,) = ended(clients, application, started(clients, spec, application, executionRoleArn="arn:aws:iam::123456789012:role/nobody"))

    assert (run.state, "Could not assume runtime role" in run.reason) == ("FAILED", True)


def test_a_request_that_is_refused_is_bad_input(clients: Clients, spec: ServerlessSpec, application: str) -> None:
    with pytest.raises(BadInput, match=r"refused job run orders/1: .*executionRoleArn"):
        started(clients, spec, application, executionRoleArn="arn:aws:iam::12:role/short")


def test_all_job_runs_are_waited_for_and_none_that_has_ended_is_asked_for_again(
    aws: StandIn, clients: Clients, spec: ServerlessSpec, application: str
) -> None:
    aws.faults(hang_steps={"orders/2": 1})
    ids = [started(clients, spec, application, attempt) for attempt in (1, 2)]
    ref: dict[str, Any] = {"application": application, "job_runs": ids}
    until(lambda: probes.job_runs_ended(clients, ref) is not None or ref["ended"])
    aws.reset_calls()

    assert probes.job_runs_ended(clients, ref) is None
    assert aws.calls()["emr-serverless.GetJobRun"] == 1


def test_a_task_that_is_killed_cancels_its_job_runs(aws: StandIn, clients: Clients, spec: ServerlessSpec, application: str) -> None:
    aws.faults(hang_steps={"orders/1": 1})
    id = started(clients, spec, application)
    until(lambda: serverless.status(clients.serverless, application, id).state == "RUNNING")

    probes.ON_KILL[probes.job_runs_ended.__name__](clients, {"application": application, "job_runs": [id]})

    assert [run.state for run in ended(clients, application, id)] == ["CANCELLED"]


def test_what_has_ended_is_not_cancelled_and_no_error(clients: Clients, spec: ServerlessSpec, application: str) -> None:
    id = started(clients, spec, application)
    (run,) = ended(clients, application, id)

    serverless.cancel(clients.serverless, application, [id, "00nosuchjobrun"])

    assert serverless.status(clients.serverless, application, id) == run
