"""`python -m chaos [--seed N] [--rounds N]`: exit status 0 only if nothing is left raised, changed or running after the janitor's next pass."""

from __future__ import annotations

import secrets
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from random import Random
from typing import Any

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError
from airflow_dynamodb_emr.local.airflow import RealAirflow, real_airflow
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.local.real_run import RealRun
from airflow_dynamodb_emr.local.signals import stoppable
from airflow_dynamodb_emr.recipes.janitor import JANITOR
from chaos import tables
from chaos.storm import Hits, calm, rage, revive

HITS, LONGEST_SECONDS, PASSES = 100, 40 * 60, 3
TROUBLE = {"dynamodb.UpdateTable": 0.2, "dynamodb.Describe*": 0.2, "application-autoscaling.*": 0.2}
_DAY_SECONDS = 86_400
_CONFIG = {  # what is dead is found dead within seconds, not minutes
    "dynamodb_emr": {"poll_seconds": "1", "spike": "x10", "hour_dollars": "1000000", "retry_seconds": "1"},
    "scheduler": {
        "task_instance_heartbeat_timeout": "8",
        "task_instance_heartbeat_timeout_detection_interval": "2",
        "orphaned_tasks_check_interval": "3",
        "scheduler_health_check_threshold": "8",
        "job_heartbeat_sec": "1",
    },
    "triggerer": {"job_heartbeat_sec": "1", "triggerer_health_check_threshold": "6"},
    "dag_processor": {"min_file_process_interval": "3600"},
}


def main(arguments: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="chance begins from here (default: any)")
    parser.add_argument("--rounds", type=int, default=0, help=f"DAG runs to hit (default: as many as {HITS} hits take)")
    asked = parser.parse_args(arguments)
    _say(f"seed {asked.seed}")
    try:
        with stoppable(), stand_in(create_seconds=0, update_seconds=0.5, emr_start_seconds=0.3, autoscale_seconds=5) as aws:
            tables.make(aws)
            with real_airflow(aws, config=_CONFIG) as airflow:
                return _run(aws, airflow, asked.seed, asked.rounds)
    except KeyboardInterrupt:
        return 130
    except DynamoDBBackupError as error:
        print(error, file=sys.stderr)
        return 1


def _run(aws: StandIn, airflow: RealAirflow, seed: int, rounds: int) -> int:
    before = {name: tables.settings(aws, name) for name in tables.NAMES}
    random, hits, bad, began, number = Random(seed), Hits(), list[str](), time.monotonic(), 0
    while number < rounds if rounds else sum(hits.kinds.values()) < HITS:
        if time.monotonic() - began > LONGEST_SECONDS:
            bad.append(f"only {sum(hits.kinds.values())} hits in {LONGEST_SECONDS / 60:g} minutes")
            break
        number += 1
        bad += _round(aws, airflow, random, hits, before, number, troubled=number % 2 == 0)
    _say(f"{sum(hits.kinds.values())} hits on {len(before)} tables in {number} rounds, {time.monotonic() - began:.0f} s: {dict(hits.kinds)}")
    _say(f"tables at work when hit: {dict(hits.steps)}")
    _say("\n".join(bad) or "no table differs from what it was, no ledger entry, no cluster and no wasted decrease is left")
    return 1 if bad else 0


def _round(aws: StandIn, airflow: RealAirflow, random: Random, hits: Hits, before: dict[str, Any], number: int, troubled: bool) -> list[str]:
    aws.set(clock_ahead_seconds=number * _DAY_SECONDS)  # decreases are counted by the day
    aws.reset_capacity()
    aws.faults(trouble=TROUBLE if troubled else {}, trouble_seed=random.randrange(10**6))
    run = rage(aws, airflow, random, hits)
    calm(run)
    passes = _passes(aws, airflow)
    aws.faults(trouble={})
    bad = [f"round {number}: {line}" for line in _left(aws, before)]
    if bad or (len(passes) > 1 and not troubled):
        _say("\n".join([_story(run), *(each.log("sweep") for each in passes)]))
    trouble = ", 20 % of control calls refused, throttled or delayed" if troubled else ""
    lowered = max((decreases for _, decreases in _spent(aws).values()), default=0)
    told = f"{len(passes)} passes of the janitor; no table lowered more than {lowered} times; {len(bad)} faults found"
    _say(f"round {number}: {sum(hits.kinds.values())} hits so far{trouble}; {told}")
    return bad


def _passes(aws: StandIn, airflow: RealAirflow) -> list[RealRun]:
    """One pass is enough, but where AWS refuses its own calls."""
    passes: list[RealRun] = []
    while len(passes) < PASSES:
        passes.append(RealRun.start(airflow, JANITOR, {}))
        if passes[-1].ended(240, meanwhile=lambda: revive(airflow)) == "success" and not _entries(aws):
            break
    return passes


def _story(run: RealRun) -> str:
    try:
        return run.story()
    except BadInput:
        return f"{run.run_id} was deleted"


def _left(aws: StandIn, before: dict[str, Any]) -> Iterator[str]:
    yield from tables.differences(before, {name: tables.settings(aws, name) for name in before})
    yield from (f"{uri} is left" for uri in _entries(aws))
    yield from (f"cluster {each['Name']} is left" for each in aws.client("emr").list_clusters(ClusterStates=LIVE)["Clusters"])
    for name, (raises, decreases) in _spent(aws).items():
        if decreases > raises:
            yield f"{name}: {decreases} decreases for {raises} raises"


def _spent(aws: StandIn) -> dict[str, tuple[int, int]]:
    """How often each table, and each index, was raised and lowered in this round, which is a day of its own."""
    changes = [change for change in aws.capacity() if change.by != "start"]
    names = {f"{change.table} {change.index}".strip(): (change.table, change.index) for change in changes}
    of_each = {name: [change.decrease for change in changes if (change.table, change.index) == which] for name, which in names.items()}
    return {name: (lowers.count(False), lowers.count(True)) for name, lowers in of_each.items()}


def _entries(aws: StandIn) -> list[str]:
    return [str(uri) for uri, _ in Store(aws.client("s3")).objects(S3Uri.parse(aws.env["AIRFLOW__DYNAMODB_EMR__BASE"]) / "ledger")]


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
