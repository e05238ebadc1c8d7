"""One round: a backup run under fire, until a last hit ends it or nothing of it is left to hit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.airflow import RealAirflow
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.local.programs import until
from airflow_dynamodb_emr.local.real_run import RealRun
from airflow_dynamodb_emr.recipes.backup import BACKUP
from chaos.kills import ENDING, GOING_ON, busy
from chaos.tables import PREFIX

HITS = 10  # of a round, at most
_STEPS = ("table.spike", "table.dump", "table.reset")
_ALIVE = {"queued", "scheduled", "running", "deferred", "up_for_retry", "restarting"}
_AT_WORK = {"running", "deferred", "up_for_retry"}
_FEW_CALLS, _MANY_CALLS, _LONGEST_SECONDS = 0, 25, 8.0
_SETTLE_SECONDS = 90


@dataclass
class Hits:
    """What was hit, and at which steps the tables were."""

    kinds: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, at_work: Counter[str]) -> None:
        self.kinds[kind] += 1
        self.steps.update(at_work.keys())


def rage(aws: StandIn, airflow: RealAirflow, random: Random, hits: Hits) -> RealRun:
    run = RealRun.start(airflow, BACKUP, {"prefix": PREFIX, "step_concurrency": 6, "app": f"chaos-{sum(hits.kinds.values())}"})
    last, ending = random.randint(HITS // 2, HITS), random.choice(sorted(ENDING))
    done = 0
    until(lambda: _at_work(run) != Counter() or None, "the run has come to its tables", lambda: None)
    while done < last and (at_work := _at_the_step(run, random.choice(_STEPS))) is not None:
        _some_calls_later(aws, random)
        kind = random.choice(sorted(GOING_ON))
        if GOING_ON[kind](run, random):
            done += 1
            hits.add(kind, at_work)
    at_work = _at_work(run) or Counter()
    if ENDING[ending](run, random):
        hits.add(ending, at_work)
    return run


def revive(airflow: RealAirflow) -> None:
    """A scheduler that is looking at a run while somebody deletes it ends with an error: Airflow relies on being started again."""
    for component in airflow.revive():
        print(f"{component} ended by itself, and was started again", flush=True)


def calm(run: RealRun) -> None:
    """Until no task of the run is alive any more, nor a worker that has not noticed yet that its task was deleted."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < deadline and (any(state in _ALIVE for state in _states(run)) or busy(run)):
        revive(run.airflow)
        time.sleep(0.5)


def _at_the_step(run: RealRun, step: str) -> Counter[str] | None:
    """What is at work once a table is at that step, or will not be for long; None when the run is over."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while (at_work := _at_work(run)) is not None and not at_work[step] and time.monotonic() < deadline:
        revive(run.airflow)
        time.sleep(0.2)
    return at_work


def _at_work(run: RealRun) -> Counter[str] | None:
    """How many tables are at each step, none at first; None when the run is over."""
    if run.state in ("success", "failed"):
        return None
    tasks = [(task["task_id"], task["state"]) for task in run.tasks()]
    return Counter(name for name, state in tasks if name in _STEPS and state in _AT_WORK)


def _states(run: RealRun) -> Iterator[str]:
    try:
        yield from (task["state"] for task in run.tasks())
    except BadInput:  # deleted
        return


def _some_calls_later(aws: StandIn, random: Random) -> None:
    """A moment is told by what has been asked of AWS, so that every step of the work is hit, however fast the machine is."""
    wanted, deadline = sum(aws.calls().values()) + random.randint(_FEW_CALLS, _MANY_CALLS), time.monotonic() + _LONGEST_SECONDS
    while sum(aws.calls().values()) < wanted and time.monotonic() < deadline:
        time.sleep(0.02)
