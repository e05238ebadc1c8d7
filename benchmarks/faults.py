"""Fifty runs of dynamodb_backup that meet faults by chance: clusters that do not start or die, steps that fail or hang, calls that EMR
throttles or carries out without an answer. Each must end with all its tables, or red and naming exactly those that are missing."""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from airflow_dynamodb_emr.aws import backups, clusters
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.steps import ACTIVE
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.local.dag_runs import DagRuns
from airflow_dynamodb_emr.local.faults import KINDS
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from benchmarks.figures import Figure

RUNS, AT_ONCE, SEED = 50, 5, 20261124
TABLES = 6  # of each run
_KNOBS: dict[str, Any] = {"create_seconds": 0, "update_seconds": 0.1, "emr_start_seconds": 0.2, "emr_end_seconds": 0.1}
_SETTINGS = {"OVERRUN_TIMES": "0", "OVERRUN_MINUTES": "0.1", "STEP_CONCURRENCY": "3", "POLL_SECONDS": "0.5"}
_TROUBLE = ("emr.AddJobFlowSteps", "emr.ListSteps", "emr.DescribeCluster", "emr.RunJobFlow", "emr.ListClusters", "emr.TerminateJobFlows")


@dataclass
class Outcome:
    green: int = 0
    red: int = 0
    missing: int = 0
    replaced: int = 0  # clusters
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def measure() -> Iterator[Figure]:
    random, outcome = Random(SEED), Outcome()
    with tempfile.TemporaryDirectory(prefix="dynamodb-emr-faults-") as folder, stand_in(**_KNOBS) as aws:
        settings = {f"AIRFLOW__DYNAMODB_EMR__{name}": value for name, value in _SETTINGS.items()}
        _make_tables(aws)
        for first in range(0, RUNS, AT_ONCE):
            wave = [_prefix(number) for number in range(first, first + AT_ONCE)]
            home = Path(folder) / wave[0]
            home.mkdir()
            with DagRuns(home, {**aws.env, **settings}) as runs:
                _wave(aws, runs, wave, random, outcome)
        yield from _figures(outcome, aws)


def _wave(aws: StandIn, runs: DagRuns, wave: Sequence[str], random: Random, outcome: Outcome) -> None:
    due = _faults(wave, random)
    outcome.faults.update(due.keys())
    aws.set(log_delay_seconds=random.choice([0, 2]))
    aws.faults(**due)
    good = runs.together({prefix: ("dynamodb_backup", {"prefix": prefix}) for prefix in wave})
    aws.faults(**dict.fromkeys(KINDS, 0))
    for prefix in wave:
        wrong = list(_wrong(aws, prefix, good[prefix], runs.log(prefix, 400), outcome))
        outcome.wrong += [f"{prefix}: {line}" for line in wrong]
        if wrong:
            print(f"{prefix}, with {due}: {wrong}\n{runs.log(prefix, 80)}", file=sys.stderr)


def _faults(wave: Sequence[str], random: Random) -> dict[str, Any]:
    """Some kinds at a time; each table and each cluster may be hit, and some tables so often that they cannot be saved."""
    names = [name for prefix in wave for name in _tables(prefix)]
    kinds: dict[str, Any] = {
        "fail_steps": {name: random.choice([1, 2, 9]) for name in random.sample(names, 4)},
        "hang_steps": dict.fromkeys(random.sample(names, 2), 1),
        "fail_clusters": random.randint(1, 4),
        "fail_bootstrap": random.randint(1, 2),
        "no_spot": random.randint(1, 3),
        "reclaim_clusters": random.randint(1, 3),
        "kill_primary": random.randint(1, 2),
        "reclaim_nodes": random.randint(1, 3),
        "lose_data": {random.choice(names): 1},
        "lose_answer": {"emr.RunJobFlow": 1, "emr.AddJobFlowSteps": random.randint(1, 2)},
        "trouble": {random.choice(_TROUBLE): 0.2 for _ in range(2)},
    }
    return {**{kind: kinds[kind] for kind in sorted(random.sample(sorted(kinds), 4))}, "trouble_seed": random.randrange(10**6)}


def _wrong(aws: StandIn, prefix: str, green: bool, log: str, outcome: Outcome) -> Iterator[str]:
    backup = _backup(aws, prefix)
    outcome.green, outcome.red = outcome.green + green, outcome.red + (not green)
    if backup is None:
        yield "it has no verdict"
        return
    outcome.missing += len(backup.missing)
    outcome.replaced += sum("was made instead" in note for note in backup.notes)
    if green is not (backup.verdict is Verdict.VALID):
        yield f"the run is {'green' if green else 'red'}, its backup {backup.verdict.value}"
    if {table.name for table in backup.tables} != set(_tables(prefix)):
        yield "not every table has a verdict"
    named = set(re.findall(rf"^({prefix}\d): ", log, re.MULTILINE))  # the lines of an error begin with the table
    if named != set(backup.missing):
        yield f"{sorted(backup.missing)} are missing, and the run names {sorted(named)}"
    whole = [table for table in backup.tables if table.name not in backup.missing]
    yield from (f"{table.name} is VALID with {table.items} items" for table in whole if table.items != _items(table.name))
    outcome.twice += _dumped_twice(aws, backup)


def _dumped_twice(aws: StandIn, backup: Backup) -> list[str]:
    """Tables of which two steps of the run have succeeded, on whatever clusters."""
    emr = aws.client("emr")
    mine = [each["Id"] for each in _all_clusters(emr) if backup.run in each["Name"]]
    done = Counter(step.name.rpartition("/")[0] for id in mine for step in clusters.list_steps(emr, id, ["COMPLETED"]))
    return [name for name in _tables(backup.prefix) if done[name] > 1]


def _figures(outcome: Outcome, aws: StandIn) -> Iterator[Figure]:
    emr, store = aws.client("emr"), Store(aws.client("s3"))
    everything = _all_clusters(emr)
    steps = [step for each in everything for step in clusters.list_steps(emr, each["Id"], ACTIVE)]
    print(f"faults met, by waves of {AT_ONCE} runs: {dict(outcome.faults)}", file=sys.stderr)
    yield Figure("faults.runs", outcome.green + outcome.red, "runs", at_least=RUNS)
    yield Figure("faults.green_runs", outcome.green, "runs")
    yield Figure("faults.red_runs", outcome.red, "runs")
    yield Figure("faults.tables_missing", outcome.missing, "tables")
    yield Figure("faults.clusters_replaced", outcome.replaced, "clusters")
    yield Figure("faults.clusters_made", len(everything), "clusters")
    yield Figure("faults.wrong", len(outcome.wrong), "findings", at_most=0)
    yield Figure("faults.finished_tables_dumped_twice", len(outcome.twice), "tables", at_most=0)
    yield Figure("faults.clusters_left", sum(each["Status"]["State"] in LIVE for each in everything), "clusters", at_most=0)
    yield Figure("faults.steps_left", len(steps), "steps", at_most=0)
    yield Figure("faults.ledger_entries_left", len(list(store.objects(_base(aws) / "ledger"))), "entries", at_most=0)


def _all_clusters(emr: Any) -> list[dict[str, Any]]:
    return [each for page in emr.get_paginator("list_clusters").paginate() for each in page["Clusters"]]


def _backup(aws: StandIn, prefix: str) -> Backup | None:
    store = Store(aws.client("s3"))
    folder = next(backups.folders(store, _base(aws) / "us-east-1" / prefix), None)
    return backups.read(store, folder) if folder else None


def _base(aws: StandIn) -> S3Uri:
    return S3Uri.parse(aws.env["AIRFLOW__DYNAMODB_EMR__BASE"])


def _prefix(number: int) -> str:
    return f"FAULT{number:02d}_"


def _tables(prefix: str) -> list[str]:
    return [f"{prefix}{number}" for number in range(TABLES)]


def _items(table: str) -> int:
    return int(table.rpartition("_")[2])


def _make_tables(aws: StandIn) -> None:
    """Every third is provisioned and so slow that it is spiked."""
    names = [name for number in range(RUNS) for name in _tables(_prefix(number))]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: _make_table(aws.client("dynamodb"), name), names))


def _make_table(dynamodb: Any, name: str) -> None:
    spiked = _items(name) % 3 == 2
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 500}} if spiked else {"BillingMode": "PAY_PER_REQUEST"}
    key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
    dynamodb.create_table(TableName=name, **key, **units)
    for number in range(_items(name)):
        dynamodb.put_item(TableName=name, Item={"id": {"S": f"item {number}"}, "text": {"S": "x" * (30_000 if spiked else 10)}})
