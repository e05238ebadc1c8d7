"""DAG runs without a scheduler, several at a time: the demo's side of `run_dags.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.run_dags import Job, Result

DAGS = Path(__file__).parents[2] / "dags"
# The stand-in's tables are small and its clusters quick: look often, try again soon, and spike what would take over a second.
QUICK = {
    "AIRFLOW__DYNAMODB_EMR__POLL_SECONDS": "0.2",
    "AIRFLOW__DYNAMODB_EMR__RETRY_SECONDS": "0.2",
    "AIRFLOW__DYNAMODB_EMR__SPIKE": "0.02 minutes",
    "AIRFLOW__DYNAMODB_EMR__HOUR_DOLLARS": "1000000",  # seconds are saved here, and a spike is paid by the hour
}
_AIRFLOW = {"AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS), "AIRFLOW__CORE__UNIT_TEST_MODE": "False"}


class DagRuns:
    """A process that has Airflow imported and forks one for each run. *folder* takes a database and a log for each."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **QUICK, **_AIRFLOW, **environment, "AIRFLOW_HOME": str(folder)}

    def __enter__(self) -> DagRuns:
        command = [sys.executable, "-m", "airflow_dynamodb_emr.local.run_dags", str(DAGS)]
        with (self.folder / "airflow.log").open("w") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate()

    def together(self, wanted: Mapping[str, tuple[str, dict[str, Any]]]) -> dict[str, bool]:
        """Name -> whether the run of this DAG with this configuration succeeded; all at the same time."""
        jobs = [Job(dag_id, conf, str(self.folder / name)) for name, (dag_id, conf) in wanted.items()]
        for job in jobs:
            Path(job.home).mkdir()
        assert self.process.stdin
        self.process.stdin.write(msgspec.json.encode(jobs).decode() + "\n")
        self.process.stdin.flush()
        results = [self._result() for _ in jobs]
        return {Path(result.home).name: result.ok for result in results}

    def log(self, name: str, lines: int = 60) -> str:
        """The last lines of what a run has logged."""
        return "\n".join((self.folder / name / "run.log").read_text(errors="replace").splitlines()[-lines:])

    def _result(self) -> Result:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                return msgspec.json.decode(line, type=Result)
        raise RuntimeError(f"the process that runs the DAGs has ended: {(self.folder / 'airflow.log').read_text()[-2000:]}")
