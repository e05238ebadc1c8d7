"""No more tables of a run are raised at once than there are slots, however many ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from airflow_dynamodb_emr.aws import admission
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.probes import PROBES
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.process import StandIn


def test_the_slots_of_a_run_are_its_own() -> None:
    base = S3Uri("backups", "dynamodb")

    assert str(admission.slots_of(base, base / "us-east-1/PROD_/2026")) == "s3://backups/dynamodb/slots/us-east-1/PROD_/2026"


def test_of_many_who_ask_at_once_no_more_get_one_than_there_are(store: Store, folder: S3Uri) -> None:
    with ThreadPoolExecutor(12) as pool:
        got = list(pool.map(lambda n: admission.acquire(store, folder, f"t{n}", 3), range(12)))

    assert sum(got) == len(list(store.objects(folder))) == 3


def test_who_has_one_gets_no_second(store: Store, folder: S3Uri) -> None:
    assert admission.acquire(store, folder, "t", 3) and admission.acquire(store, folder, "t", 3)

    assert len(list(store.objects(folder))) == 1 and admission.has_slot(store, folder, "t")


def test_a_slot_that_is_given_back_goes_to_the_next(clients: Clients, store: Store, folder: S3Uri) -> None:
    ref = {"slots": str(folder), "table": "b", "number": 1}
    assert admission.acquire(store, folder, "a", 1) and PROBES["spike_admitted"](clients, ref) is None

    admission.release(store, folder, "a")

    assert PROBES["spike_admitted"](clients, ref) == {} and admission.has_slot(store, folder, "b")


def test_who_has_none_takes_none_away(store: Store, folder: S3Uri) -> None:
    admission.acquire(store, folder, "a", 1)

    admission.release(store, folder, "b")

    assert admission.has_slot(store, folder, "a")


def test_a_full_house_is_seen_with_one_call(aws: StandIn, store: Store, folder: S3Uri) -> None:
    for name in "abc":
        admission.acquire(store, folder, name, 3)
    aws.reset_calls()

    assert not admission.acquire(store, folder, "d", 3)
    assert sum(count for call, count in aws.calls().items() if call.startswith("s3.")) <= 1
