"""Runs DAGs of `dags/` in processes of their own, forked from one that has imported Airflow: importing costs more than a small run.

Airflow's own `dag.test()`: real task instances, XComs and triggers; no scheduler. `python -m airflow_dynamodb_emr.local.run_dags DAGS_FOLDER`
reads a JSON list of jobs a line, each `{"dag_id", "conf", "home"}`, and answers `{"home", "ok"}` for each when its run has ended.
A job's log is `run.log` in its home.
"""

from __future__ import annotations

import asyncio
import gc
import os
import runpy
import shutil
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

_DATABASE = "airflow.db"


class Job(msgspec.Struct):
    dag_id: str
    conf: dict[str, Any]
    home: str  # an empty folder of its own, for its database and its log


class Result(msgspec.Struct):
    home: str
    ok: bool


def main(folder: str) -> None:
    dags = {path.stem: runpy.run_path(str(path))["dag"] for path in Path(folder).glob("*.py")}
    template = Path(os.environ["AIRFLOW_HOME"]) / _DATABASE
    _wait(_fork(lambda: _migrate(template), template.with_suffix(".log")))
    asyncio.run(_make_api())
    gc.freeze()  # what is here by now is never garbage: no run need look at it again, or copy it for that
    running: dict[int, Job] = {}
    for line in sys.stdin:
        for job in msgspec.json.decode(line, type=list[Job]):
            running[_fork(lambda job=job: _run(dags, job, template), Path(job.home) / "run.log")] = job
        while running:
            process, status = os.wait()
            print(msgspec.json.encode(Result(running.pop(process).home, status == 0)).decode(), flush=True)


def _fork(work: Any, log: Path) -> int:
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(target, 1)
        os.dup2(target, 2)
        status = 0 if work() else 1
    except BaseException as error:  # whatever it was, the parent must learn of it by the exit status and not run on as a second parent
        os.write(2, repr(error).encode())
    finally:
        os._exit(status)


def _wait(process: int) -> None:
    if os.waitpid(process, 0)[1]:
        raise RuntimeError("Airflow's database could not be made")


def _migrate(database: Path) -> bool:
    _use(database)
    from airflow import settings
    from airflow.utils import db

    db.initdb()
    settings.dispose_orm()  # or what was written stays in SQLite's log file, which is not copied
    return True


async def _make_api() -> None:
    """Tasks of `dag.test()` speak to Airflow's API within their process. It makes all its versions of itself at the first request, which takes
    more seconds than most runs: so the first is made here, to no thread that a fork would lose, and each run has the API as it is then.
    """
    from airflow.sdk.execution_time import supervisor
    from httpx import AsyncClient

    supervisor.in_process_api_server = cache(supervisor.in_process_api_server)  # Airflow 3.1 makes another for each task
    async with AsyncClient(transport=supervisor.in_process_api_server().atransport, base_url="http://in-process.invalid") as client:
        await client.get("/health")


def _run(dags: dict[str, Any], job: Job, template: Path) -> bool:
    database = Path(job.home) / _DATABASE
    shutil.copy(template, database)
    _use(database)
    dag = dags[job.dag_id]
    with patch.object(time, "sleep", _brisk(type(dag).test)):
        return str(dag.test(run_conf=job.conf).state) == "success"


def _brisk(impatient: Any) -> Callable[[float], None]:
    """`dag.test()` sleeps a second whenever it finds nothing to run, also where its next look would: here for a moment. Others sleep as ever."""
    sleep = time.sleep
    return lambda seconds: sleep(0.05 if sys._getframe(1).f_code is impatient.__code__ else seconds)


def _use(database: Path) -> None:
    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{database}"
    from airflow import settings

    settings.configure_vars()  # type: ignore[no-untyped-call]
    settings.configure_orm()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main(sys.argv[1])
