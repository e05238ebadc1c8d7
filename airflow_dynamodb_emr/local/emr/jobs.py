"""Jobs as processes: those of Spark, on a cluster or without one, and what a test wants to go wrong with any job."""

from __future__ import annotations

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.emr.command import Command
from airflow_dynamodb_emr.local.emr.commands import PrimaryNode
from airflow_dynamodb_emr.local.emr.job import Job
from airflow_dynamodb_emr.local.emr.step import basename
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.knobs import Knobs

_NO_DATA = ("manifest", "manifest.json", "outcome.json", "_SUCCESS")
_LATE = 'sleep {} && exec "$@"'


class Jobs:
    """Faults are found by the job's table, or by the name of its step or job run."""

    def __init__(self, node: PrimaryNode, faults: Faults, knobs: Knobs) -> None:
        self._node, self._faults, self.knobs = node, faults, knobs

    def problem(self, job: Job, name: str) -> str:
        """Why it fails before it does anything."""
        return "java.lang.RuntimeException: this step fails because a test asked for it" if self._faults.take("fail_steps", job.table, name) else ""

    def delay_seconds(self, job: Job, name: str) -> float | None:
        """Before it does anything; None: for ever."""
        return None if self._faults.take("hang_steps", job.table, name) else self._faults.lasting("slow_steps", job.table, name)

    def start(self, args: list[str], job: Job, name: str, cluster: str = "") -> Command:
        """Raises OSError where there is no such program."""
        seconds = self.delay_seconds(job, name)
        late = ["sh", "-c", _LATE.format("infinity" if seconds is None else seconds), "sh"]
        return self._node.run(args if seconds == 0 else [*late, *args], cluster)

    def lose_data(self, job: Job) -> None:
        lost = self._faults.take("lose_data", job.table, all_at_once=True)
        if lost:
            folder = S3Uri.parse(job.folder)
            data = [key for key in moto_side.keys_in(folder) if basename(key) not in _NO_DATA]
            for key in data[:lost]:
                moto_side.delete_object(folder.bucket, key)
