from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.native import export_seconds, import_seconds, manifest, no_export
from airflow_dynamodb_emr.core.prices import LIST

from . import test_exported
from .makers import NOON, recoverable, schema


@pytest.mark.parametrize(
    ("at", "words"),
    [
        pytest.param(None, "", id="now"),
        pytest.param(NOON, "", id="the latest moment"),
        pytest.param(NOON + timedelta(seconds=1), "reaches from 2026-11-22 12:00:00 to 2026-11-23 12:00:00", id="too late"),
        pytest.param(NOON - timedelta(days=2), "reaches from 2026-11-22 12:00:00", id="too early"),
    ],
)
def test_a_table_with_recovery_is_exported_as_of_any_moment_in_it(at: datetime | None, words: str) -> None:
    why = no_export(recoverable("orders", NOON - timedelta(days=1), NOON), at)

    assert words in why and bool(why) == bool(words)


def test_a_table_without_recovery_is_not_exported() -> None:
    assert no_export(schema()) == "its point-in-time recovery is off"


def test_where_recovery_could_not_be_read_it_says_so() -> None:
    unread = structs.replace(schema(), unread={"DescribeContinuousBackups": "AccessDeniedException: no"})

    assert no_export(unread) == "whether its point-in-time recovery is on could not be read: AccessDeniedException: no"


def test_the_manifest_says_what_the_export_shows_and_who_can_load_it() -> None:
    made = manifest("orders", 2, test_exported.found(), "orders/2")

    assert (made.engine, made.attempt, made.items, made.bytes, made.counter) == ("native", 2, 3, 48, 3)
    assert (made.engines, made.increment, made.consistent) == (["native", "worker"], None, NOON + timedelta(milliseconds=622))
    assert made.seconds == pytest.approx(418.362)


def test_the_manifest_of_an_increment_leads_to_the_end_of_its_window() -> None:
    window = test_exported.WINDOW
    found = test_exported.found(exportTime=None, exportFromTime=window.start, exportToTime=window.end)

    made = manifest("orders", 1, found, "orders/1", window)

    assert (made.consistent, made.increment, made.engines) == (window.end, window, ["worker"])


def test_prices_are_by_the_gigabyte_and_an_increment_has_a_least() -> None:
    assert cost.export(50 * 10**9, LIST) == pytest.approx(5)
    assert cost.import_(10**9, LIST) == pytest.approx(0.15)
    assert cost.increment(0, LIST) == cost.increment(10**7, LIST) == pytest.approx(0.001)
    assert cost.increment(10**9, LIST) == cost.export(10**9, LIST)


def test_nothing_is_exported_or_imported_at_once() -> None:
    assert 600 < export_seconds(0) < export_seconds(10**12) and 100 < import_seconds(0) < import_seconds(10**12)
