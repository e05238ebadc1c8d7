"""A dump and a load while calls are refused, cut, damaged, or answered by nobody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.raw import upload
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.reading import items
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.write import load
from tests.transfer.raw.tables import HURRIED, KEYS, QUICK

MISHAPS = {"throttle": 0.3, "cut": 0.05, "corrupt": 0.02, "reset": 0.03, "error": 0.03, "lose_answer": 0.03}
ITEMS = [
    json.dumps(
        {"id": {"S": "large" if n % 3 else f"small{n}"}, "at": {"N": str(n)}, "x": {"S": f"{n}ü" * 40}}, separators=(",", ":"), ensure_ascii=False
    ).encode()
    for n in range(1500)
]


def cut(source: Any) -> Job:
    return Job(source.name, source.keys, segments=4, page_items=30, part_bytes=60_000, share_bytes=60_000)


WRITES = ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"]


def uploads(place: Place) -> list[str]:
    """That were begun in it and not ended."""
    found = place.s3.list_multipart_uploads(Bucket=place.bucket, Prefix=place.key).get("Uploads", [])
    return [upload["Key"] for upload in found if upload["Key"].startswith(f"{place.key}/")]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "PIECE_BYTES", 2000)


@pytest.fixture
def table(local: StandIn, make_table: Callable[..., str]) -> str:
    name = make_table("SN")
    load(local.endpoint, name, KEYS, [("", ITEMS)])
    return name


def numbers(raw: list[bytes]) -> Counter[str]:
    return Counter(json.loads(item)["at"]["N"] for item in raw)


def read_back(place: Place, manifest: dict[str, Any]) -> list[bytes]:
    return [item for part in manifest["parts"] for item in items(place, Part(**part))]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_dump_loses_nothing_and_doubles_nothing(local: StandIn, place: Place, table: str, seed: int) -> None:
    calm = dump(local.endpoint, place, table, cut)
    local.faults(trouble={f"dynamodb.{call}": MISHAPS for call in ("Scan", "Query", "DescribeTable")}, trouble_seed=seed)

    stormy = dump(local.endpoint, place._replace(key=f"{place.key}-stormy"), table, cut, patience=QUICK)

    assert Counter(read_back(place._replace(key=f"{place.key}-stormy"), stormy)) == Counter(ITEMS)
    assert [(part["key"], part["content_sha256"]) for part in stormy["parts"]] == [(part["key"], part["content_sha256"]) for part in calm["parts"]]
    met = local.troubles()
    assert min(sum(of.get(kind, 0) for of in met.values()) for kind in ("throttle", "cut")) > 0
    assert sum(sum(of.values()) for of in met.values()) > 20


@pytest.mark.parametrize("seed", [1, 2])
def test_a_load_loses_nothing(local: StandIn, make_table: Callable[..., str], place: Place, seed: int) -> None:
    name = make_table("SN")
    local.faults(trouble={"dynamodb.BatchWriteItem": {**MISHAPS, "unprocessed": 0.3}}, trouble_seed=seed)

    loaded = load(local.endpoint, name, KEYS, [("a", ITEMS[:700]), ("b", ITEMS[700:])], patience=QUICK)

    met = local.troubles()["dynamodb.BatchWriteItem"]
    local.faults(trouble={})
    assert loaded.items == len(ITEMS) and met["throttle"] > 5 and met["unprocessed"] > 5
    manifest = dump(local.endpoint, place, name, cut)
    assert Counter(read_back(place, manifest)) == Counter(ITEMS)


def test_a_bucket_in_trouble_loses_nothing(local: StandIn, place: Place, table: str) -> None:
    """botocore asks again: an upload whose end was not answered is there no more then, one whose beginning was not is there twice."""
    patient = place._replace(s3=local.client("s3"))
    local.faults(lose_answer=dict.fromkeys([f"s3.{call}" for call in WRITES], 2))

    manifest = dump(local.endpoint, patient, table, lambda source: cut(source)._replace(share_bytes=10**9))

    assert Counter(read_back(place, manifest)) == Counter(ITEMS)
    assert json.loads(place.read("manifest.json") or b"") == manifest
    assert not uploads(place)


@pytest.mark.parametrize("call", WRITES)
def test_a_bucket_that_refuses_ends_the_dump_and_no_upload_is_left(
    local: StandIn, place: Place, table: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "PIECE_BYTES", 10**6 if call == "PutObject" else 500)  # which of them a part is written by
    local.faults(deny={f"s3.{call}": 1000})

    with pytest.raises(CopyFailed, match=rf"s3://local-backups/{place.key}/data/part-.* could not be written: .*AccessDenied.*\nHINT: allow s3:Put"):
        dump(local.endpoint, place, table, cut)

    local.faults(deny={})
    assert list(place.names("")) == [] or not any("manifest" in name for name in place.names(""))
    assert not uploads(place)


def test_a_bucket_that_is_not_there_is_told_before_anything_is_read(local: StandIn, place: Place, table: str) -> None:
    local.reset_calls()

    with pytest.raises(CopyFailed, match=r"s3://nowhere/.* could not be .*NoSuchBucket.*\nHINT: name a bucket that is there"):
        dump(local.endpoint, place._replace(bucket="nowhere"), table, cut)

    assert "dynamodb.Scan" not in local.calls()


def test_within_its_rate_a_dump_is_never_refused_and_without_one_it_is(local: StandIn, make_table: Callable[..., str], place: Place) -> None:
    """The table serves a hundred units a second, then one, and has saved up no more than that."""
    local.set(burst_seconds=1)
    units = {"ReadCapacityUnits": 100, "WriteCapacityUnits": 40_000}
    name = make_table("SN", BillingMode="PROVISIONED", ProvisionedThroughput=units)
    wide = [json.dumps({"id": {"S": str(n)}, "at": {"N": "1"}, "x": {"S": "x" * 4000}}).encode() for n in range(240)]
    load(local.endpoint, name, Keys("id", "at"), [("", wide)])
    local.reset_calls()
    pages = list[int]()

    def paged(source: Any) -> Job:
        return cut(source)._replace(page_items=20)

    dump(local.endpoint, place, name, paged, hands=4, limiter=Limiter(80), told=lambda items, *_: pages.append(items), patience=QUICK)
    assert local.calls()["dynamodb.Scan"] == len(pages)

    local.client("dynamodb").update_table(TableName=name, ProvisionedThroughput={**units, "ReadCapacityUnits": 1})
    with pytest.raises(CopyFailed, match="the last time for ProvisionedThroughputExceededException"):
        dump(local.endpoint, place._replace(key=f"{place.key}/2"), name, paged, hands=4, patience=HURRIED)
