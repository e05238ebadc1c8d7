"""Steps of command-runner.jar: programs that really run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.local.emr.states import all_ended, log, states
from tests.local.helpers import RunCluster, command, until


def ran(emr: Any, s3: Any, cluster: str) -> tuple[str, str]:
    """What became of its only step, and the last line that it wrote on its standard output."""
    (state,) = all_ended(emr, cluster)
    return state, (log(s3, cluster, emr.list_steps(ClusterId=cluster)["Steps"][0]["Id"]).splitlines() or [""])[-1]


def test_a_command_runs_and_ships_its_output(emr: Any, s3: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Steps=[command("bash", "-c", "echo one; echo $((1 + 1))")])

    assert ran(emr, s3, cluster) == ("COMPLETED", "2")


def test_a_command_finds_the_stand_in_and_works_in_a_folder_of_its_own(aws: Any, emr: Any, s3: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Steps=[command("sh", "-c", 'echo "$AWS_ENDPOINT_URL $LOCAL_EMR_CLUSTER $(pwd)"')])

    state, line = ran(emr, s3, cluster)

    assert (state, line.split()[:2]) == ("COMPLETED", [aws.url, cluster])
    assert "stand-in-node-" in line


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["sh", "-c", "echo 'no such queue' >&2; exit 3"], "no such queue", id="exit code"),
        pytest.param(["no-such-program"], "Cannot run program", id="no such program"),
    ],
)
def test_a_command_that_fails_fails_its_step(emr: Any, run_cluster: RunCluster, args: list[str], words: str) -> None:
    cluster = run_cluster(Steps=[command(*args)])

    assert all_ended(emr, cluster) == ["FAILED"]
    assert words in emr.list_steps(ClusterId=cluster)["Steps"][0]["Status"]["FailureDetails"]["Message"]


@pytest.mark.parametrize("option", ["SEND_INTERRUPT", "TERMINATE_PROCESS"])
def test_a_command_is_cancelled_with_all_that_it_has_started(emr: Any, run_cluster: RunCluster, tmp_path: Path, option: str) -> None:
    cluster = run_cluster(Steps=[command("bash", "-c", f"sleep 60 & echo $! > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/pid; wait; true")])
    pid = until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())

    emr.cancel_steps(ClusterId=cluster, StepIds=[emr.list_steps(ClusterId=cluster)["Steps"][0]["Id"]], StepCancellationOption=option)

    assert all_ended(emr, cluster) == ["CANCELLED"]
    until(lambda: not Path(f"/proc/{pid}/cwd").exists())  # a zombie has none


def test_a_terminated_cluster_ends_its_commands(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Steps=[command("sh", "-c", "trap '' TERM; sleep 60; true")])
    until(lambda: states(emr, cluster) == ["RUNNING"])

    emr.terminate_job_flows(JobFlowIds=[cluster])

    assert all_ended(emr, cluster) == ["CANCELLED"]
