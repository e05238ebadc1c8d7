"""A DAG run on a real Airflow, started as its web form does, and looked at through the same API."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.local.airflow import RealAirflow

PAGE = 100  # Airflow answers no more at once
_ENDED = ("success", "failed")
_BAD = ("failed", "upstream_failed", "up_for_retry")


@dataclass(frozen=True)
class RealRun:
    airflow: RealAirflow
    dag_id: str
    run_id: str

    @classmethod
    def start(cls, airflow: RealAirflow, dag_id: str, conf: Mapping[str, Any]) -> RealRun:
        """As the form sends it: every field, its default where *conf* says nothing. Raises BadInput, in Airflow's words, when refused."""
        fields = airflow.api("GET", f"dags/{dag_id}/details")["params"]
        form = {name: field["value"] for name, field in fields.items()}
        now = datetime.now(timezone.utc).isoformat()
        run = airflow.api("POST", f"dags/{dag_id}/dagRuns", {"logical_date": now, "conf": {**form, **conf}})
        return cls(airflow, dag_id, run["dag_run_id"])

    @property
    def state(self) -> str:
        return str(self._ask("")["state"])

    def ended(self, seconds: float, every: float = 1, meanwhile: Callable[[], object] = lambda: None) -> str:
        """Its state once it has ended, looked at *every* so many seconds; raises DynamoDBBackupError, with the tasks' states, when it has
        not after so many *seconds*."""
        deadline = time.monotonic() + seconds
        while (state := self.state) not in _ENDED:
            meanwhile()
            if time.monotonic() > deadline:
                raise DynamoDBBackupError(f"{self.dag_id} {self.run_id} is still {state} after {seconds:g} s\n{self.story()}")
            time.sleep(every)
        return state

    def tasks(self) -> list[dict[str, Any]]:
        """Every task instance, mapped ones too, as the API shows them."""
        return list(self._paged("/taskInstances", "task_instances"))

    def states(self) -> dict[str, str]:
        """State of each task instance by its name: `plan`, or `table.dump PROD_orders` of a mapped one."""
        return {_name(task): task["state"] for task in self.tasks()}

    def executions(self) -> int:
        """How often a worker ran a task of this run: a task that is deferred once runs twice."""
        return int(self._events("running")["total_entries"])

    def mismatches(self) -> list[str]:
        """The tasks that Airflow itself failed, because it lost track of them, and what it says of each."""
        return [f"{event['task_id']} [{event['map_index']}]: {event['extra']}" for event in self._events("state mismatch")["event_logs"]]

    def log(self, task_id: str, map_index: int = -1, attempt: int = 1) -> str:
        answer = self._ask(f"/taskInstances/{task_id}/logs/{attempt}?map_index={map_index}&full_content=true")
        return "\n".join(_line(entry) for entry in answer["content"])

    def story(self) -> str:
        """What a person would look at first: the states, and the logs of what is not green."""
        tasks = self.tasks()
        bad = [task for task in tasks if task["state"] in _BAD and task["try_number"]]
        states = ", ".join(f"{_name(task)} {task['state']}" for task in tasks)
        logs = (f"--- {_name(task)}\n{self.log(task['task_id'], task['map_index'], task['try_number'])[-3000:]}" for task in bad[:6])
        return "\n".join([f"{self.dag_id} {self.run_id}: {states}", *logs])

    def _ask(self, path: str) -> Any:
        return self.airflow.api("GET", f"dags/{self.dag_id}/dagRuns/{quote(self.run_id, safe='')}{path}")

    def _events(self, event: str) -> Any:
        asked = f"dag_id={self.dag_id}&run_id={quote(self.run_id, safe='')}&event={quote(event)}"
        return self.airflow.api("GET", f"eventLogs?{asked}&limit={PAGE}")

    def _paged(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        offset, total = 0, 1
        while offset < total:
            answer = self._ask(f"{path}?limit={PAGE}&offset={offset}")
            yield from answer[key]
            offset, total = offset + PAGE, answer["total_entries"]


def _name(task: dict[str, Any]) -> str:
    return f"{task['task_id']} {task['rendered_map_index'] or task['map_index']}" if task["map_index"] >= 0 else str(task["task_id"])


def _line(entry: dict[str, Any] | str) -> str:
    """An entry of the log with what makes an error readable."""
    if isinstance(entry, str):
        return entry
    errors = [f"{error['exc_type']}: {error['exc_value']}" for error in entry.get("error_detail") or []]
    return "\n".join([str(entry.get("event", "")), *errors])
