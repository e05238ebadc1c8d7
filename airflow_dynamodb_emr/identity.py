"""Which Airflow a run belongs to: without that, a run that was deleted cannot be told from one of another Airflow."""

from __future__ import annotations

import secrets

from airflow.sdk import Variable

VARIABLE = "dynamodb_emr_airflow"


def airflow_id() -> str:
    """This Airflow's own name in AWS, made once and kept as an Airflow variable; a lost database makes it another Airflow."""
    known: str | None = Variable.get(VARIABLE, default=None)
    if known:
        return known
    made = secrets.token_hex(4)
    Variable.set(VARIABLE, made, description="names this Airflow's runs in S3 and EMR, so that the janitor knows a deleted one; leave it")
    return made


def run_name(dag_id: str, run_id: str) -> str:
    """A run's name in AWS: run ids are unique within one DAG of one Airflow only."""
    return f"{dag_id}/{run_id}@{airflow_id()}"


def parsed(run: str) -> tuple[str, str, str]:
    """DAG, run id and Airflow of what `run_name` made."""
    rest, _, airflow = run.rpartition("@")
    dag_id, _, run_id = rest.partition("/")
    return dag_id, run_id, airflow


def started_by(run_id: str, what: str) -> str:
    """The id of the run that a run of another DAG starts for *what*: its own again when that is cleared.

    It must not look like a run that Airflow has scheduled: Airflow 3.1 refuses to start one that is called `scheduled__...` or `backfill__...`.
    """
    return f"by__{run_id}__{what}"
