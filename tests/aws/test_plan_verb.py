"""`dynamodb-emr plan` as a person or a script sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable
from .helpers import nothing_touched


class Told(NamedTuple):
    status: int
    out: str
    err: str


Plan = Callable[..., Told]


@pytest.fixture
def plan(aws: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Plan:
    """`dynamodb-emr plan` where nothing is set but how AWS is reached."""
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value) if name.startswith("AWS_") else monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Told:
        status = cli.main(["plan", *arguments])
        return Told(status, *capsys.readouterr())

    return run


@pytest.fixture
def tables(clients: Clients, make_table: MakeTable, prefix: str) -> str:
    """The prefix of two tables: one of a few items and 5 units, one on demand."""
    make_table(prefix + "b_on-demand")
    make_table(prefix + "a", 5, ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 500})
    for number in range(5):
        clients.dynamodb.put_item(TableName=prefix + "a", Item={"id": {"S": str(number)}, "text": {"S": "x" * 30_000}})
    return prefix


def test_it_needs_no_base_and_no_jar_and_touches_nothing(aws: StandIn, plan: Plan, tables: str) -> None:
    with nothing_touched(aws):
        told = plan(tables)

    head, cluster, columns, a, b, *request = told.out.splitlines()
    assert (told.status, told.err) == (0, "")
    assert head.startswith("2 tables, about 7 minutes, about $0.")
    assert columns.split()[:8] == ["table", "engine", "items", "bytes", "before", "during", "after", "segments"]
    assert a.split()[:8] == [tables + "a", "connector", "5", "146.5", "KiB", "5", "5", "5"] and a.endswith("done within 20 minutes as it is")
    assert b.endswith("on demand, never spiked: 4000 of the 12000 units it serves")
    assert cluster.startswith("  1 cluster of 2 m5.xlarge, ") and request[:3] == ["", "the request for the cluster:", ""]


def test_the_request_that_it_prints_can_be_used_as_a_template(plan: Plan, tables: str, tmp_path: Path) -> None:
    printed = plan(tables, "--core-nodes", "4").out.partition("cluster:\n\n")[2]
    (tmp_path / "cluster.yaml").write_text(printed)

    told = json.loads(plan(tables, "--cluster-template", str(tmp_path / "cluster.yaml"), "--json").out)

    assert told["cluster"] == yaml.safe_load(printed)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        pytest.param("Instnces: {}", "cluster_template: Instnces: there is no such field", id="no such field"),
        pytest.param("StepConcurrencyLevel: 900", "cluster_template: StepConcurrencyLevel: 900 is not from 1 to 256", id="more than EMR takes"),
        pytest.param("ReleaseLabel: 7", "cluster_template: ReleaseLabel: 7 is not a text", id="a number for a text"),
    ],
)
def test_a_template_that_emr_would_refuse_is_status_2(plan: Plan, tables: str, tmp_path: Path, text: str, facts: str) -> None:
    (tmp_path / "cluster.yaml").write_text(text)

    told = plan(tables, "--cluster-template", str(tmp_path / "cluster.yaml"))

    first, hint = told.err.splitlines()
    assert told.status == 2 and first == f"dynamodb-emr plan: {facts}" and hint.startswith("HINT: ")


def test_the_json_says_of_each_table_what_it_was_and_will_be(plan: Plan, tables: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DYNAMODB_EMR__HOUR_DOLLARS", "1000000")

    told = json.loads(plan(tables, "--spike", "x10", "--json").out)

    assert told.keys() == {"tables", "cluster", "seconds", "dollars"}
    a, b = told["tables"]
    assert a.keys() == b.keys() == {"name", "engine", "items", "bytes", "spike", "segments", "seconds", "dollars", "why"}
    assert (a["spike"], b["spike"]) == ({"before": 5, "during": 50, "after": 5}, None)
    assert a["dollars"] == pytest.approx(45 * 0.00013) and a["why"] == "spiked from 5 to 50 units"
    assert told["cluster"]["StepConcurrencyLevel"] == 2 and "LogUri" not in told["cluster"]


def test_options_go_before_the_environment(plan: Plan, tables: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"STEP_CONCURRENCY": "3", "CORE_NODES": "5", "HOUR_DOLLARS": "1000000", "BASE": "s3://my-backups/x", "SPIKE": "off"}.items():
        monkeypatch.setenv(f"AIRFLOW__DYNAMODB_EMR__{name}", value)

    told = json.loads(plan(tables, "--core-nodes", "7", "--spike", "400 units", "--max-read-units", "500", "--read-ratio", "1", "--json").out)

    request = told["cluster"]
    _, core, task = request["Instances"]["InstanceFleets"]
    assert (request["StepConcurrencyLevel"], core["TargetOnDemandCapacity"] + task["TargetSpotCapacity"]) == (3, 7)
    assert request["LogUri"] == "s3://my-backups/x/logs/" and told["tables"][0]["spike"]["during"] == 400


def test_what_is_excluded_is_said(plan: Plan, tables: str) -> None:
    out = plan(tables, "--exclude", "*_a", "--exclude", "nobody").out

    assert out.startswith("1 table,") and f"\n  {tables}a is excluded by *_a\n" in out


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        pytest.param(["--spike", "x1"], "spike: 'x1' is neither a deadline nor", id="no multiple"),
        pytest.param(["--spike=-5 units"], "spike: '-5 units' is neither", id="negative"),
        pytest.param(["--spike", "5000 units"], "spike: 5000 units is above max_read_units 4000", id="above the user's limit"),
        pytest.param(
            ["--spike", "50000 units", "--max-read-units", "60000"],
            "spike: 50000 units is above the 40000 that the account allows a table",
            id="above the account's limit",
        ),
        pytest.param(["--spike", "5 units"], "spike: 5 units would raise no table: each has 5 or more already", id="raises nothing"),
        pytest.param(["--read-ratio", "2"], "read_ratio: 2 is not above 0 and at most 1.5", id="too much"),
        pytest.param(["--exclude", "*"], "exclude: all 2 tables that start with", id="all excluded"),
    ],
)
def test_bad_input_is_status_2_with_a_hint(plan: Plan, tables: str, arguments: list[str], facts: str) -> None:
    told = plan(tables, *arguments)

    assert (told.status, told.out) == (2, "")
    first, hint = told.err.splitlines()
    assert first.startswith(f"dynamodb-emr plan: {facts}") and hint.startswith("HINT: ")


@pytest.mark.parametrize("wanted", ["", "NOBODY_"])
def test_a_prefix_that_selects_nothing_is_status_2(plan: Plan, wanted: str) -> None:
    assert plan(wanted).status == 2


def test_a_spike_on_demand_is_explained_and_not_fatal(plan: Plan, make_table: MakeTable, prefix: str) -> None:
    make_table(prefix)

    told = plan(prefix, "--spike", "50 units")

    assert told.status == 0 and "on demand, never spiked" in told.out


def test_another_engine_is_wrong_use(plan: Plan) -> None:
    with pytest.raises(SystemExit) as stop:
        plan("X_", "--engine", "hope")

    assert stop.value.code == 2
