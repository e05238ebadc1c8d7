"""The DAG beside ours can be read: a whole run of it takes minutes, and belongs to the benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PLAIN_DAG = Path(__file__).parents[2] / "benchmarks" / "plain_dags" / "plain_emr.py"
LOOK = f"""
import runpy
dag = runpy.run_path({str(PLAIN_DAG)!r})["dag"]
print(*(f"{{task.task_id}}>{{','.join(sorted(task.downstream_task_ids))}}" for task in dag.tasks))
"""


def test_it_adds_a_step_for_each_table_and_looks_for_its_end() -> None:
    settings = {"BASE": "s3://bucket/folder", "REGION": "us-east-1", "CONNECTOR_JAR": "s3://bucket/jar"}
    env = {**os.environ, **{f"AIRFLOW__DYNAMODB_EMR__{name}": value for name, value in settings.items()}}

    said = subprocess.run([sys.executable, "-c", LOOK], env=env, capture_output=True, text=True, check=True).stdout.split()[-5:]

    assert sorted(said) == [
        "create_cluster>table.add,terminate_cluster",
        "steps>table.add",
        "table.add>table.done",
        "table.done>terminate_cluster",
        "terminate_cluster>",
    ]
