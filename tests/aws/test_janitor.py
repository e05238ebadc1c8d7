"""What no run does any more is done; what a run still does, what cannot be read and what is not ours is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.aws import clusters, elsewhere, janitor, throughput
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import LIVE, ClusterSpec
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.ledger import Entry, ledger_uri
from airflow_dynamodb_emr.core.names import cluster_name
from airflow_dynamodb_emr.core.orphans import needed_until
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Throughput
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.verbs import raised

from .conftest import MakeTable
from .helpers import until

OWN, SPIKE = Throughput(read=5, write=5), Throughput(read=50, write=5)
Spike = Callable[..., S3Uri]


def now() -> datetime:
    return datetime.now(timezone.utc)


def over(prefix: str) -> janitor.IsActive:
    """Airflow knows that the runs of this test are over, and no others."""
    return lambda run: False if prefix in run else None


def nobody_knows(_: str) -> None:
    return None


@pytest.fixture
def spike(clients: Clients, make_table: MakeTable, folder: S3Uri) -> Spike:
    """Makes a table, raises it for a run, and gives its ledger entry."""

    def raise_it(name: str, run: str = "", hours_ago: float = 1) -> S3Uri:
        uri = ledger_uri(folder, clients.sts.get_caller_identity()["Account"], clients.region, make_table(name, 5))
        since = now() - timedelta(hours=hours_ago)
        entry = throughput.write_ledger(clients, uri, name, Raised(table=SPIKE), run or f"dynamodb_backup/{name}", since)
        throughput.spike(clients, entry, throughput.existing(clients, name))
        return uri

    return raise_it


def units(clients: Clients, name: str) -> Throughput:
    return throughput.existing(clients, name).throughput


def cluster(clients: Clients, run: str, tagged: bool = True) -> str:
    request = {**ClusterSpec().request(run, S3Uri("local-backups", "logs")), "Name": cluster_name(run)}
    return clusters.create(clients, request if tagged else {**request, "Tags": []})


def test_a_table_whose_run_is_over_is_put_back_and_told(clients: Clients, store: Store, spike: Spike, folder: S3Uri, prefix: str) -> None:
    uri = spike(prefix)

    lines = janitor.sweep(clients, folder, over(prefix), now())

    assert units(clients, prefix) == OWN and store.read(uri) is None
    (line,) = lines
    assert line.startswith(f"{prefix}: back at {OWN}, raised since ") and line.endswith(f"by dynamodb_backup/{prefix}")
    assert janitor.sweep(clients, folder, over(prefix), now()) == []


@pytest.mark.parametrize("hours_ago", [0, 1])
def test_a_table_whose_run_goes_on_is_left_alone(clients: Clients, store: Store, spike: Spike, folder: S3Uri, prefix: str, hours_ago: int) -> None:
    uri = spike(prefix, hours_ago=hours_ago)

    assert janitor.sweep(clients, folder, lambda _: True, now()) == []
    assert units(clients, prefix) == SPIKE and store.read(uri)


def test_without_airflow_a_run_lives_as_long_as_its_cluster(clients: Clients, spike: Spike, folder: S3Uri, prefix: str) -> None:
    spike(prefix)
    started = cluster(clients, f"dynamodb_backup/{prefix}")

    assert janitor.sweep(clients, folder, nobody_knows, now()) == [] and units(clients, prefix) == SPIKE

    clusters.terminate(clients.emr, [started])
    until(lambda: cluster_name(f"dynamodb_backup/{prefix}") not in janitor.live_names(clients))
    assert janitor.sweep(clients, folder, nobody_knows, now()) and units(clients, prefix) == OWN


def test_the_cluster_of_a_run_that_is_over_is_terminated_and_no_other(clients: Clients, folder: S3Uri, prefix: str) -> None:
    over, going, unknown, foreign = (cluster(clients, f"{prefix}/{name}", name != "foreign") for name in ("over", "going", "unknown", "foreign"))
    known = {f"{prefix}/over": False, f"{prefix}/going": True, f"{prefix}/foreign": False}

    (line,) = janitor.sweep(clients, folder, known.get, now())

    assert over in line and "its run is over" in line
    live = {each["Id"] for each in clients.emr.list_clusters(ClusterStates=LIVE)["Clusters"]}  # type: ignore[arg-type]
    assert {over, going, unknown, foreign} & live == {going, unknown, foreign}


def test_a_table_that_has_no_decrease_left_waits_for_a_later_pass(clients: Clients, store: Store, spike: Spike, folder: S3Uri, prefix: str) -> None:
    uri = spike(prefix)
    for _ in range(QUICK_DECREASES):
        for read in (40, 50):
            clients.dynamodb.update_table(TableName=prefix, ProvisionedThroughput={"ReadCapacityUnits": read, "WriteCapacityUnits": 5})

    (line,) = janitor.sweep(clients, folder, over(prefix), now())

    assert line.startswith(f"{prefix}: its throughput can be lowered again at ")
    assert store.load(uri, Entry) and units(clients, prefix) == SPIKE


def test_a_table_that_fails_does_not_hold_up_the_others(
    aws: StandIn, clients: Clients, spike: Spike, folder: S3Uri, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        spike(prefix + name)
    put_back = throughput.put_back

    def broken(clients: Clients, uri: S3Uri, entry: Entry, at: datetime) -> list[str] | None:
        if entry.table.endswith("a"):
            clients.dynamodb.describe_table(TableName="nowhere")
        return put_back(clients, uri, entry, at)

    monkeypatch.setattr(throughput, "put_back", broken)

    first, second = janitor.sweep(clients, folder, over(prefix), now())

    assert first.startswith(f"{prefix}a: not reset yet: ") and second.startswith(f"{prefix}b: back at ")


def test_a_ledger_in_another_base_is_found_by_the_note_that_its_run_has_left(
    clients: Clients, store: Store, spike: Spike, folder: S3Uri, prefix: str
) -> None:
    uri, configured = spike(prefix), folder / "configured"
    assert janitor.sweep(clients, configured, over(prefix), now()) == []

    for _ in range(2):
        elsewhere.note(store, str(configured), str(folder))

    (line,) = janitor.sweep(clients, configured, over(prefix), now())
    assert line.startswith(f"{prefix}: back at ") and units(clients, prefix) == OWN and store.read(uri) is None


def test_a_base_that_cannot_be_looked_at_is_told_and_holds_up_no_other(
    clients: Clients, store: Store, spike: Spike, folder: S3Uri, prefix: str
) -> None:
    spike(prefix)
    elsewhere.note(store, str(folder), "s3://a-bucket-that-is-gone/backups")

    back, gone = janitor.sweep(clients, folder, over(prefix), now())

    assert back.startswith(f"{prefix}: back at ") and gone.startswith("s3://a-bucket-that-is-gone/backups/ledger cannot be looked at: ")


@pytest.mark.parametrize("configured", ["", "the same"])
def test_the_configured_base_needs_no_note(store: Store, folder: S3Uri, configured: str) -> None:
    elsewhere.note(store, configured and f"{folder}/", str(folder))

    assert list(store.objects(folder)) == []


def test_a_note_that_cannot_be_written_fails_no_run(store: Store, unwritable: S3Uri, folder: S3Uri) -> None:
    elsewhere.note(store, str(unwritable), str(folder))

    assert elsewhere.others(store, unwritable) == []


def test_an_entry_that_cannot_be_read_is_told_and_left(clients: Clients, store: Store, folder: S3Uri) -> None:
    account = clients.sts.get_caller_identity()["Account"]
    damaged, newer = (ledger_uri(folder, account, clients.region, name) for name in ("damaged", "newer"))
    store.put(damaged, b"{]")
    store.put(newer, b'{"format": 2}')

    lines = janitor.sweep(clients, folder, nobody_knows, now())

    assert [str(uri) in line for uri, line in zip([damaged, newer], lines, strict=True)] == [True, True]
    assert store.read(damaged) and store.read(newer)


def test_an_entry_of_another_account_is_never_acted_on(clients: Clients, store: Store, spike: Spike, folder: S3Uri, prefix: str) -> None:
    uri = spike(prefix)
    other = ledger_uri(folder, "999999999999", clients.region, prefix)
    store.put(other, store.read(uri) or b"")
    store.delete(uri)

    (line,) = janitor.sweep(clients, folder, over(prefix), now())

    assert line.startswith(f"{other} is not of account {clients.sts.get_caller_identity()['Account']} in {clients.region}: nothing is done")
    assert units(clients, prefix) == SPIKE and store.read(other)


@pytest.fixture
def command(aws: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """`dynamodb-emr` with this stand-in as its AWS: exit status and standard output."""
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, str]:
        status = cli.main(arguments)
        return status, capsys.readouterr().out

    return run


def test_the_command_tells_what_is_raised(command: Callable[..., tuple[int, str]], spike: Spike, folder: S3Uri, prefix: str) -> None:
    spike(prefix)

    status, out = command("raised", "--base", str(folder), "--json")

    (told,) = json.loads(out)
    assert status == 0
    assert (told["table"], told["run"], told["problem"]) == (prefix, f"dynamodb_backup/{prefix}", "")
    assert told["original"] == {"read": 5, "write": 5, "indexes": {}} and told["now"]["read"] == 50
    assert datetime.fromisoformat(told["since"]) < now()

    status, out = command("raised", "--base", str(folder))
    assert status == 0 and out.splitlines()[1].split() == [prefix, *told["since"][:16].split("T"), "5/5", "50/5", f"dynamodb_backup/{prefix}"]


def test_the_command_resets_by_hand(
    aws: StandIn,
    command: Callable[..., tuple[int, str]],
    clients: Clients,
    spike: Spike,
    folder: S3Uri,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(raised, "LOOK_SECONDS", 0.05)
    spike(prefix)
    aws.set(update_seconds=0.2)

    assert command("raised", "--base", str(folder), "--reset") == (0, "no table is raised\n")
    assert units(clients, prefix) == OWN


def test_what_the_command_cannot_act_on_is_told_with_status_1_and_left(
    command: Callable[..., tuple[int, str]], clients: Clients, store: Store, spike: Spike, folder: S3Uri, prefix: str
) -> None:
    account = clients.sts.get_caller_identity()["Account"]
    damaged, other = ledger_uri(folder, account, clients.region, "damaged"), ledger_uri(folder, "999999999999", clients.region, prefix)
    uri = spike(prefix)
    store.put(other, store.read(uri) or b"")
    store.delete(uri)
    store.put(damaged, b"{]")

    for asked in ([], ["--reset"]):
        status, out = command("raised", "--base", str(folder), *asked)
        assert status == 1 and f"{damaged} is no Entry: " in out and f"{other} is not of account {account}" in out

    assert store.read(damaged) and store.read(other) and units(clients, prefix) == SPIKE


def test_the_command_says_of_a_table_that_is_left_to_its_run_why(
    aws: StandIn, store: Store, spike: Spike, folder: S3Uri, prefix: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = spike(prefix, hours_ago=0)
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value)

    assert cli.main(["raised", "--base", str(folder), "--reset"]) == 1
    until = needed_until(throughput.read_ledger(store, uri))
    assert capsys.readouterr().err == f"{prefix}: left to its run, whose cluster is live, or which may need it until {until:%Y-%m-%d %H:%M} UTC\n"


def test_the_command_says_of_a_table_that_is_gone_that_it_is(
    command: Callable[..., tuple[int, str]], clients: Clients, spike: Spike, folder: S3Uri, prefix: str
) -> None:
    spike(prefix)
    clients.dynamodb.delete_table(TableName=prefix)
    until(lambda: prefix not in clients.dynamodb.list_tables()["TableNames"])

    status, out = command("raised", "--base", str(folder))

    assert status == 0 and out.splitlines()[1].split()[3:5] == ["5/5", "deleted"]


def test_the_command_ends_with_1_when_something_stays_raised(
    command: Callable[..., tuple[int, str]], clients: Clients, spike: Spike, folder: S3Uri, prefix: str
) -> None:
    spike(prefix, hours_ago=0)  # its run may well go on

    assert command("raised", "--base", str(folder), "--reset")[0] == 1
    assert units(clients, prefix) == SPIKE


def test_a_base_that_is_none_is_refused(command: Callable[..., tuple[int, str]]) -> None:
    assert command("raised", "--base", "my-bucket/dynamodb") == (2, "")
