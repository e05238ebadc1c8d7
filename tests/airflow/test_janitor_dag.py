"""What `dynamodb_janitor` does about runs that Airflow knows and runs that it does not, and what a reset that has to wait tells the run's report."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, cast

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_dynamodb_emr.aws import throughput
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.ledger import ledger_uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict
from airflow_dynamodb_emr.operators import janitor
from airflow_dynamodb_emr.operators.publish import _raise_unless_all_is_well
from airflow_dynamodb_emr.operators.reset import ResetNotes

from .conftest import BASE, World

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
WAITS = "b: its throughput can be lowered again at 12:40:00 UTC: it was lowered 4 times today"


def raise_table(world: World, name: str, run: str, hours_ago: float = 1) -> None:
    clients = Clients(lambda service, config: world.aws.client(service, config=config), "us-east-1")
    world.table(name, 1, 5)
    raised, since = Raised(table=Throughput(read=60, write=50)), datetime.now(timezone.utc) - timedelta(hours=hours_ago)
    uri = ledger_uri(BASE, clients.sts.get_caller_identity()["Account"], "us-east-1", name)
    entry = throughput.write_ledger(clients, uri, name, raised, run, since)
    throughput.spike(clients, entry, throughput.existing(clients, name))
    world.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def test_a_table_that_a_lost_run_has_left_raised_is_put_back(world: World) -> None:
    raise_table(world, "JAN_lost", "dynamodb_backup/of another Airflow")
    raise_table(world, "JAN_new", "dynamodb_backup/just begun", hours_ago=0)

    assert world.runs.together({"pass": ("dynamodb_janitor", {})})["pass"], world.runs.log("pass")

    assert world.units("JAN_lost") == 5 and world.units("JAN_new") == 60
    assert [uri.rpartition("/")[2] for uri in world.ledger() if "JAN_" in uri] == ["JAN_new.json"]
    for uri, _ in list(world.store.objects(BASE / "ledger")):
        world.store.delete(uri)


class Runs:
    """Of each DAG run its state, as the task instance tells it."""

    def __init__(self, **states: str) -> None:
        self.states = states

    def get_dr_count(self, dag_id: str, run_ids: list[str], states: list[str]) -> int:
        assert dag_id == "dynamodb_backup"
        return sum(self.states.get(run_id) in states for run_id in run_ids)


@pytest.mark.parametrize(
    ("run", "active"),
    [
        pytest.param("dynamodb_backup/goes_on@this", True, id="one that goes on"),
        pytest.param("dynamodb_backup/has_failed@this", False, id="one that has ended"),
        pytest.param("dynamodb_backup/deleted@this", False, id="one that is not there any more"),
        pytest.param("dynamodb_backup/goes_on@another", None, id="one of another Airflow, of the same name"),
        pytest.param("dynamodb_backup/goes_on", None, id="one of nobody knows whom"),
    ],
)
def test_a_run_of_this_airflow_is_over_when_it_has_ended_or_was_deleted(monkeypatch: pytest.MonkeyPatch, run: str, active: bool | None) -> None:
    monkeypatch.setattr(janitor, "airflow_id", lambda: "this")
    context = cast("Any", {"ti": Runs(goes_on="running", has_failed="failed")})

    assert janitor._is_active(context, run) is active


class Notes:
    """The XComs of `reset`, as the task instance gives them."""

    def __init__(self, *notes: Any) -> None:
        self.notes = list(notes)

    def xcom_pull(self, **_: Any) -> list[Any]:
        return self.notes


def test_what_the_resets_tell_is_read_from_their_notes() -> None:
    kept = {"table": "a", "notes": ["a: read capacity was set to 33: kept, it was 5"], "waits": ""}
    context = cast("Any", {"ti": Notes(kept, None, {"table": "b", "notes": [], "waits": WAITS})})

    assert ResetNotes.read(context, "table.reset", 3) == ResetNotes([*kept["notes"], WAITS], {"b"})


@pytest.mark.parametrize(("waiting", "red"), [pytest.param({"b"}, False, id="it only has to wait"), pytest.param(set(), True, id="nobody knows why")])
def test_a_run_is_not_red_for_a_reset_that_has_to_wait(waiting: set[str], red: bool) -> None:
    tables = [TableVerdict(name="b", verdict=Verdict.VALID, raised=True)]
    about: dict[str, Any] = {
        "run": "r",
        "prefix": "b",
        "region": "r",
        "account": "1",
        "uri": "s3://b/k",
        "time": NOON,
        "started": NOON,
        "ended": NOON,
    }
    backup = Backup(verdict=Verdict.VALID, tables=tables, **about)

    if red:
        with pytest.raises(AirflowFailException, match="b: its throughput is still raised"):
            _raise_unless_all_is_well(backup, waiting)
    else:
        _raise_unless_all_is_well(backup, waiting)
