"""`dynamodb_verify`: by hand one backup, by schedule the newest of each prefix; red where one is bad, naming table and part."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import DAG

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.operators.verify_backup import VerifyBackupOperator
from airflow_dynamodb_emr.recipes.verify import verify_dag
from airflow_dynamodb_emr.settings import Settings
from tests.aws.fabricated import APP, BUCKET, COPIED, PLAIN, TABLES, Fabricated

from .conftest import BASE, World


def to_stand_in(made: Fabricated, world: World, app: str) -> Folder:
    """Both backups; the folder of the later one."""
    into = BASE / "us-east-1" / app
    for key, data in made.s3.objects.items():
        if key.startswith(APP.key):
            world.store.put(into / key.removeprefix(f"{APP.key}/"), data)
    return Folder(into / "2026/11/23/12_00.00")


def test_a_run_by_hand_is_green_or_names_what_is_bad_and_writes_it_down(world: World) -> None:
    made = Fabricated()
    to_stand_in(made, world, "VERG_")
    key = made.key(PLAIN)
    made[key] = made[key].replace(b"item 1", b"item 0")
    bad = to_stand_in(made, world, "VERB_")

    ran = world.runs.together(
        {"good": ("dynamodb_verify", {"prefix": "VERG_"}), "bad": ("dynamodb_verify", {"backup": str(bad.uri), "tables": ["*_p*"], "deep": True})}
    )

    assert ran == {"good": True, "bad": False}, world.runs.log("good")
    assert f"{PLAIN} is VALID: 5 items" in world.runs.log("good", 1000)
    assert f"{key}: its bytes are not those that were written: its SHA-256 is another" in world.runs.log("bad", 1000)
    found = backups.read(world.store, bad)
    assert found and found.verdict is Verdict.INVALID and list(found.missing) == [PLAIN]
    assert backups.read(world.store, Folder(BASE / "us-east-1/VERG_/2026/11/23/12_00.00")).verdict is Verdict.VALID  # type: ignore[union-attr]


def operator(made: Fabricated, **more: Any) -> VerifyBackupOperator:
    task = VerifyBackupOperator(task_id="verify", base=f"s3://{BUCKET}/dynamodb", **more)
    task.clients = made.clients
    return task


def test_it_returns_small_counts() -> None:
    made = Fabricated()

    assert operator(made, prefix="PROD_", tables=[PLAIN, COPIED], deep=False).execute({}) == {
        "backup": str(made.folder.uri),
        "tables": 2,
        "items": 10,
        "deep": False,
    }
    assert operator(made, prefix="PROD_", backup="2026-11-22T13:00:00Z").execute({})["backup"] == str(made.base.uri)
    assert operator(made, prefix="OTHER_", app="PROD_").execute({})["tables"] == len(TABLES)


@pytest.mark.parametrize(
    ("others", "instead"), [(True, f"the newest good backup of this prefix is {APP}/2026/11/22/12_00.00"), (False, "there is no good")]
)
def test_what_is_damaged_is_named_with_what_there_is_instead(others: bool, instead: str) -> None:
    made, noted = Fabricated(), {}
    part = made.key(PLAIN)
    for gone in [made.folder.uri / part, *([] if others else [made.base.verdict])]:
        del made.s3.objects[gone.key]

    with pytest.raises(AirflowFailException):
        operator(made, prefix="PROD_").execute({"ti": SimpleNamespace(xcom_push=lambda key, value: noted.update({key: value}))})

    assert noted["why"].startswith("PROD_ of 2026-11-23 12:00 is INCOMPLETE, ") and f"\n{made.folder.uri}\n" in noted["why"]
    assert f"{part}: it is not there\n" in noted["why"] and instead in noted["why"].partition("HINT: ")[2]


@pytest.mark.parametrize("more", [{}, {"prefix": "NONE_"}, {"prefix": "PROD_", "tables": ["no"]}], ids=["no prefix", "no backup", "no such table"])
def test_bad_input_is_not_tried_again(more: dict[str, Any]) -> None:
    with pytest.raises(AirflowFailException, match="HINT: "):
        operator(Fabricated(), **more).execute({})


def asked(dag: DAG, **form: Any) -> Any:
    """What its first task finds to look at."""
    return dag.get_task("backups").python_callable(params={"prefix": "", "backup": "latest", "deep": True, **form})


def test_a_scheduled_run_looks_at_each_prefix_and_a_form_at_its_own() -> None:
    dag = verify_dag(Settings(base="s3://my-backups/x", prefixes=["A_", "B_"]))

    assert [each["prefix"] for each in asked(dag)] == ["A_", "B_"]
    assert [(each["prefix"], each["app"]) for each in asked(dag, app="mine")] == [("A_", ""), ("B_", "")]
    assert [(each["prefix"], each["app"]) for each in asked(dag, prefix="C_", app="mine")] == [("C_", "mine")]
    assert [each["backup"] for each in asked(dag, backup="s3://b/y", tables=None)] == ["s3://b/y"]


def test_where_nothing_is_configured_nothing_is_scheduled_and_a_run_says_so() -> None:
    dag = verify_dag(Settings(base="s3://my-backups/x"))

    assert dag.schedule is None
    with pytest.raises(AirflowFailException, match="prefixes: none is configured"):
        asked(dag)


def test_it_is_scheduled_every_week() -> None:
    assert verify_dag(Settings(base="s3://my-backups/x", prefixes=["A_"])).schedule == "0 6 * * 0"
