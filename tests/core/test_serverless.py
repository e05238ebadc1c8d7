from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.serverless import JobRun, ServerlessSpec, driver_log
from airflow_dynamodb_emr.local.serverless.checks import check

SPEC = ServerlessSpec(role="arn:aws:iam::123456789012:role/JobRuns")
LOGS = S3Uri("backups", "logs")
DRIVER: dict[str, Any] = {"sparkSubmit": {"entryPoint": "s3://backups/main.py"}}


def asked(run: str = "dag/run@a1", table: str = "orders", attempt: int = 1, limit_seconds: float = 600) -> dict[str, Any]:
    return SPEC.run(run, table, attempt, DRIVER, LOGS, limit_seconds)


def test_a_run_that_asks_again_for_the_same_asks_with_the_same_token() -> None:
    assert asked() == asked()


@pytest.mark.parametrize("other", [{"run": "dag/other@a1"}, {"table": "users"}, {"attempt": 2}], ids=str)
def test_another_run_table_or_attempt_is_another_job_run(other: dict[str, Any]) -> None:
    assert asked(**other)["clientToken"] != asked()["clientToken"]


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 1), (61, 2), (3600, 60), (1e9, 10_080)],
)
def test_a_job_run_is_given_minutes_as_emr_serverless_takes_them(seconds: float, minutes: int) -> None:
    assert asked(limit_seconds=seconds)["executionTimeoutMinutes"] == minutes


def test_the_requests_are_as_aws_has_them() -> None:
    model = get_session().get_service_model("emr-serverless")
    run = "dag/manual__2026-11-24T00:00:00+00:00 é " + "x" * 300
    for operation, request in (("CreateApplication", SPEC.request(0)), ("StartJobRun", {"applicationId": "app", **asked(run, "t" * 255)})):
        report = ParamValidator().validate(request, model.operation_model(operation).input_shape)

        assert not report.has_errors(), report.generate_report()
        check(operation, request)


def test_whoever_wants_another_release_or_architecture_has_another_application() -> None:
    names = {SPEC.name, ServerlessSpec(role="r", release="emr-7.14.0").name, ServerlessSpec(role="r", architecture="ARM64").name}

    assert len(names) == 3
    assert "airflow-dynamodb-emr/emr-7.13.0/x86_64" in names


def test_an_application_is_made_once_for_all_who_find_the_same() -> None:
    assert SPEC.request(0) == SPEC.request(0)
    assert SPEC.request(0)["clientToken"] != SPEC.request(1)["clientToken"]  # the first of this name was deleted


def test_an_application_stops_by_itself() -> None:
    assert ServerlessSpec(role="r", idle_minutes=7).request(0)["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": 7}


@pytest.mark.parametrize(
    ("state", "ended", "done"),
    [
        *((state, False, False) for state in ("SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING", "CANCELLING")),
        ("SUCCESS", True, True),
        ("FAILED", True, False),
        ("CANCELLED", True, False),
    ],
)
def test_states_are_told_apart(state: str, ended: bool, done: bool) -> None:
    run = JobRun(id="1", name="orders/1", state=state)

    assert (run.ended, run.done) == (ended, done)


def test_the_drivers_log_is_where_emr_serverless_puts_it() -> None:
    assert driver_log("s3://b/logs/", "00app", "00run") == "s3://b/logs/applications/00app/jobs/00run/SPARK_DRIVER/stderr.gz"
    assert driver_log("", "00app", "00run") == ""
