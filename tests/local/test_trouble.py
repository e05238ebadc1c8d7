"""Trouble by chance: as often as asked, and the same again for the same seed."""

from __future__ import annotations

from collections import Counter

import pytest

from airflow_dynamodb_emr.local.trouble import LONGEST_DELAY_SECONDS, Hit, Trouble

UPDATE, LIST = "dynamodb.UpdateTable", "dynamodb.ListTables"


def hits(call: str, share: float, calls: int = 1000, seed: int = 1) -> list[Hit | None]:
    trouble = Trouble()
    trouble.set({"dynamodb.*": share})
    trouble.seed(seed)
    return [trouble.hit(call) for _ in range(calls)]


@pytest.mark.parametrize(("share", "least", "most"), [(0, 0, 0), (0.2, 150, 250), (1, 1000, 1000)])
def test_a_share_of_calls_is_hit(share: float, least: int, most: int) -> None:
    assert least <= sum(hit is not None for hit in hits(LIST, share)) <= most


@pytest.mark.parametrize(
    ("call", "kinds"),
    [(LIST, {"throttle", "lose_answer", "delay"}), (UPDATE, {"throttle", "lose_answer", "delay", "too_many"})],
)
def test_every_kind_comes_about_as_often_and_too_many_changes_only_where_one_is_made(call: str, kinds: set[str]) -> None:
    found = [hit for hit in hits(call, 1) if hit]
    counted = Counter(hit.kind for hit in found)

    assert set(counted) == kinds and min(counted.values()) > 700 / len(kinds)
    assert 1.5 < max(hit.seconds for hit in found) <= LONGEST_DELAY_SECONDS


def test_the_same_seed_brings_the_same_trouble_whatever_else_is_called() -> None:
    trouble = Trouble()
    trouble.set({"*": 0.5})
    trouble.seed(7)

    mixed = [trouble.hit(call) for _ in range(50) for call in (LIST, UPDATE)]

    assert mixed[1::2] == hits(UPDATE, 0.5, 50, 7) != hits(UPDATE, 0.5, 50, 8)


def test_kinds_have_shares_of_their_own() -> None:
    trouble = Trouble()
    trouble.set({"dynamodb.Scan": {"throttle": 0.3, "cut": 0.05, "corrupt": 0.02}})

    counted = Counter(hit.kind for _ in range(10_000) if (hit := trouble.hit("dynamodb.Scan")))

    assert 2800 < counted["throttle"] < 3200 and 400 < counted["cut"] < 600 and 140 < counted["corrupt"] < 260
    assert trouble.met() == {"dynamodb.Scan": counted} and trouble.hit(LIST) is None


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(KeyError, match="explode"):
        Trouble().set({"*": {"explode": 1}})


def test_a_call_is_hit_by_the_share_of_any_of_its_names() -> None:
    trouble = Trouble()
    trouble.set({"s3.UploadPart": {"deny": 1}})

    assert trouble.hit("s3.PUT", "s3.UploadPart") and trouble.hit("s3.PUT", "s3.PutObject") is None


def test_the_first_pattern_that_matches_counts() -> None:
    trouble = Trouble()
    trouble.set({LIST: 0, "dynamodb.*": 1})

    assert trouble.hit(LIST) is None and trouble.hit(UPDATE) and trouble.hit("emr.ListClusters") is None
