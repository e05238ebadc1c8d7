from __future__ import annotations

import gzip

import pytest

from airflow_dynamodb_emr.aws import steplog
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.steps import READ_COUNTER

from .helpers import JOB_LOG


def test_a_log_is_unpacked(store: Store, folder: S3Uri) -> None:
    store.put(folder / "stderr.gz", gzip.compress(b"one\ntwo \xff\n"))

    assert steplog.read(store, folder / "stderr.gz") == "one\ntwo \ufffd\n"


def test_a_log_that_is_not_shipped_yet_is_none(store: Store, folder: S3Uri) -> None:
    assert steplog.read(store, folder / "stderr.gz") is None


@pytest.mark.parametrize(
    "data", [gzip.compress(JOB_LOG.encode())[:-9], b"plain text", b"\x1f\x8b\x08\x00" + b"\xff" * 20], ids=["cut", "plain", "junk"]
)
def test_a_damaged_log_proves_nothing(store: Store, folder: S3Uri, data: bytes) -> None:
    store.put(folder / "stderr.gz", data)

    assert steplog.count(steplog.read(store, folder / "stderr.gz"), READ_COUNTER) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param(JOB_LOG, 3, id="counted"),
        pytest.param(JOB_LOG.replace(READ_COUNTER, "OTHER"), 0, id="an empty table touches no counter"),
        pytest.param(JOB_LOG.partition("Counters: ")[0], None, id="the job did not come to its end"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="not there"),
    ],
)
def test_items_are_counted_only_where_the_job_came_to_its_end(text: str | None, count: int | None) -> None:
    assert steplog.count(text, READ_COUNTER) == count


def test_a_counter_whose_name_ends_alike_is_another() -> None:
    assert steplog.counters(JOB_LOG)["DYNAMODB_ITEMS_READ"] == 3
    assert steplog.counters("\t\tMY_DYNAMODB_ITEMS_READ=7\n") == {"MY_DYNAMODB_ITEMS_READ": 7}


def test_the_last_lines_are_told_in_one() -> None:
    assert steplog.tail("a\nb\nc\nd\ne\n  f\ng\n\n") == "c | d | e | f | g"
