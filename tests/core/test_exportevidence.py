"""Nothing that DynamoDB wrote half-way, and nothing that was changed since, is taken for a whole export."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core.exported import Exported, Stored, hexed
from airflow_dynamodb_emr.core.exportevidence import Expected, reasons

from .makers import NOON
from .test_exported import ARN, BODY, MOMENT, SUMMARY, WINDOW, file, found

WHOLE = Expected(arn=ARN)
MADE_ANEW = f"the table was made anew after its schema was saved: its id is other, not {SUMMARY['tableId']}"


def test_a_whole_export_counts() -> None:
    whole = Expected(arn=ARN, items=3, at=MOMENT, table_id=SUMMARY["tableId"])

    assert reasons(found(), whole) == reasons(found(), WHOLE) == []


@pytest.mark.parametrize(
    ("export", "words"),
    [
        pytest.param(found(exportArn=ARN + "x"), f"its summary is of another export, {ARN}x", id="another export"),
        pytest.param(found(outputFormat="ION"), "its format is ION, expected DYNAMODB_JSON", id="ion"),
        pytest.param(found(tableId="other"), MADE_ANEW, id="anew"),
        pytest.param(found(exportTime=NOON), f"it shows the table at {NOON}, expected {MOMENT}", id="another moment"),
        pytest.param(found(exportTime=None), "its summary names no moment that it shows", id="no moment"),
        pytest.param(found(itemCount=4), "its files hold 3 items, its summary says 4, DynamoDB 3", id="count of the summary"),
        pytest.param(found(file("a", 2)), "its files hold 2 items, its summary says 3, DynamoDB 3", id="count of the files"),
        pytest.param(found(file("a", 1), file("a", 2)), f"1 data files are named twice, {file('a').path} among them", id="twice"),
    ],
)
def test_an_export_that_is_not_whole_says_why(export: Exported, words: str) -> None:
    assert reasons(export, Expected(arn=ARN, items=3, at=MOMENT, table_id=SUMMARY["tableId"])) == [words]


def test_a_count_that_dynamodb_does_not_confirm_is_no_count() -> None:
    assert reasons(found(), Expected(arn=ARN, items=4)) == ["its files hold 3 items, its summary says 3, DynamoDB 4"]


def test_a_file_that_is_gone_is_missed() -> None:
    whole = found()

    gone = structs.replace(whole, stored={path: each for path, each in whole.stored.items() if not path.endswith("/b.json.gz")})

    assert reasons(gone, WHOLE) == ["1 data files are gone, 01768385930622-efd1a093/data/b.json.gz among them"]


@pytest.mark.parametrize(("etag", "same"), [("abc-1", True), (hashlib.md5(BODY).hexdigest(), True), ("abd-1", False), ("", False)])
def test_a_file_is_what_was_written_by_its_etag_or_as_a_copy_by_its_md5(etag: str, same: bool) -> None:
    whole = found()

    other = structs.replace(whole, stored={path: Stored(bytes=24, etag=etag) for path in whole.stored})

    assert bool(reasons(other, WHOLE)) is not same


def test_an_increment_is_of_the_window_that_was_asked_for() -> None:
    window = {"exportTime": None, "exportFromTime": WINDOW.start, "exportToTime": WINDOW.end}

    assert reasons(found(**window), Expected(arn=ARN, increment=WINDOW)) == []
    (why,) = reasons(found(**{**window, "exportToTime": WINDOW.end + timedelta(seconds=1)}), Expected(arn=ARN, increment=WINDOW))
    assert "which nobody asked for" in why
    assert reasons(found(), Expected(arn=ARN, increment=WINDOW)) and reasons(found(**window), WHOLE)


def test_a_checksum_that_is_none_is_like_nothing() -> None:
    odd = structs.replace(file("a", 3), md5_checksum="???")

    assert hexed("???") == ""
    assert reasons(structs.replace(found(odd), stored={odd.path: Stored(bytes=1, etag="x")}), WHOLE)
