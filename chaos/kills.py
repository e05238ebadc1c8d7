"""The ways in which a run is hit: processes are killed as a crash kills them, and people do what they do in Airflow."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from random import Random

import psutil

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.real_run import RealRun

_TRIES = 10  # before the scheduler lets it run again
_WORKERS = "airflow worker -- "
Kill = Callable[[RealRun, Random], bool]  # whether there was something to hit


def worker(run: RealRun, random: Random) -> bool:
    """Of those that are at a task: the process that runs it, or the one that watches over that."""
    at_a_task = busy(run)
    if not at_a_task:
        return False
    with suppress(psutil.NoSuchProcess):
        random.choice(at_a_task).send_signal(signal.SIGKILL)
        return True
    return False


def busy(run: RealRun) -> list[psutil.Process]:
    """The worker processes that are at a task, of whatever scheduler."""
    return [process for process in run.airflow.programs.members("scheduler") if _busy(process)]


def triggerer(run: RealRun, _: Random) -> bool:
    run.airflow.restart("triggerer")
    return True


def scheduler(run: RealRun, random: Random) -> bool:
    """Alone, its workers go on without it; or with them, as when a machine is lost."""
    run.airflow.restart("scheduler", with_members=random.random() < 0.5)
    return True


def clear(run: RealRun, random: Random) -> bool:
    """One table's tasks, with everything downstream, while the run goes on."""
    task = random.choice(["table.spike", "table.dump", "table.reset"])
    return _accepted(run, "POST", f"dags/{run.dag_id}/clearTaskInstances", {
        "dag_run_id": run.run_id, "task_ids": [[task, random.randrange(12)]], "dry_run": False, "only_failed": False, "only_running": False,
        "include_downstream": True, "reset_dag_runs": True,
    })  # fmt: skip


def fail(run: RealRun, _: Random) -> bool:
    """Somebody marks the run as failed."""
    return _accepted(run, "PATCH", f"dags/{run.dag_id}/dagRuns/{run.run_id}", {"state": "failed"})


def delete(run: RealRun, __: Random) -> bool:
    """Somebody deletes the run while its tasks are at work: Airflow allows that to one that is queued, so it is queued once more."""
    path = f"dags/{run.dag_id}/dagRuns/{run.run_id}"
    return any(_accepted(run, "PATCH", path, {"state": "queued"}) and _accepted(run, "DELETE", path, None) for _ in range(_TRIES))


def _accepted(run: RealRun, method: str, path: str, body: object) -> bool:
    try:
        run.airflow.api(method, path, body)
    except (BadInput, OSError):  # there is nothing of the kind just now, or Airflow is too busy to answer
        return False
    return True


def _busy(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        words = " ".join(process.cmdline()).strip()
        return words.startswith(_WORKERS) and not words.endswith("<idle>")
    return False


GOING_ON: dict[str, Kill] = {"worker": worker, "triggerer": triggerer, "scheduler": scheduler, "clear": clear}
ENDING: dict[str, Kill] = {"fail": fail, "delete": delete}
