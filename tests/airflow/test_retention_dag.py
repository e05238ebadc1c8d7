"""What a run of `dynamodb_retention` does, and what it does without a policy."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, cast

import pytest

from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.operators.forget import ForgetOperator
from airflow_dynamodb_emr.operators.prune import PruneOperator
from airflow_dynamodb_emr.recipes.retention import retention_dag
from airflow_dynamodb_emr.settings import Settings
from tests.aws.saved import verdict_at

from .conftest import BASE, World

TODAY = datetime.now(timezone.utc).replace(microsecond=0)
WHERE: dict[str, Any] = {"base": "s3://my-backups/k", "prefixes": ["P_"]}


def two(world: World, prefix: str) -> list[Backup]:
    made = [verdict_at(world.store, BASE, prefix, TODAY - timedelta(days=days)) for days in range(2)]
    for backup in made:
        world.store.put(Folder.parse(backup.uri).plan, b"{}")
    return made


def remains(world: World, backup: Backup) -> int:
    return len(list(world.store.objects(Folder.parse(backup.uri).uri)))


def test_a_run_forgets_and_prunes_and_rehearses_both_first(world: World) -> None:
    new, old = two(world, "RET_")

    assert world.runs.together({"rehearsal": ("dynamodb_retention", {"prefix": "RET_", "dry_run": True})})["rehearsal"], world.runs.log("rehearsal")
    assert (remains(world, new), remains(world, old)) == (2, 2)
    assert "RET_: keep the last backup: 1 kept, 1 backup would be forgotten" in world.runs.log("rehearsal", 200)

    assert world.runs.together({"retention": ("dynamodb_retention", {"prefix": "RET_"})})["retention"], world.runs.log("retention")
    assert (remains(world, new), remains(world, old)) == (2, 0)
    said = world.runs.log("retention", 200)
    assert "RET_: keep the last backup: 1 kept, 1 backup forgotten" in said and f"deleted {old.uri}: 2 objects" in said


def test_without_a_policy_nothing_is_asked_of_aws() -> None:
    forget = ForgetOperator(task_id="forget", prefix="ANY_")

    assert forget.execute(cast("Any", {"params": {}})) == {"keep": None, "forget": 0}
    assert "clients" not in vars(forget)


@pytest.mark.parametrize("rehearse", ["", "yes", "1", "Ture"])
def test_a_slip_of_the_pen_deletes_nothing(rehearse: str) -> None:
    for operator in (ForgetOperator, PruneOperator):
        with pytest.raises(BadInput, match="neither true nor false"):
            _ = operator(task_id="it", prefix="ANY_", rehearse=rehearse).only_tells


@pytest.mark.parametrize("prefix", ["", "/"])
def test_no_prefix_means_none(prefix: str) -> None:
    with pytest.raises(BadInput, match="prefix: it is empty"):
        ForgetOperator(task_id="it", prefix=prefix).app(cast("Any", {"params": {}}))


@pytest.mark.parametrize(
    ("settings", "schedule"),
    [
        pytest.param(Settings(**WHERE), None, id="no policy"),
        pytest.param(Settings(**WHERE, keep_daily=7), "0 6 * * *", id="one for all"),
        pytest.param(Settings(**WHERE, keep_by_prefix={"P_": {"daily": 7}}), "0 6 * * *", id="one for a prefix"),
        pytest.param(Settings(prefixes=["P_"], keep_daily=7), None, id="no place"),
        pytest.param(Settings(base="s3://my-backups/k", keep_daily=7), None, id="no prefix"),
    ],
)
def test_it_runs_by_itself_where_there_is_a_policy(settings: Settings, schedule: str | None) -> None:
    assert retention_dag(settings).schedule == schedule
