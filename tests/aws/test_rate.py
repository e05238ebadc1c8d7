from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.aws import rate
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.rate import Bucket, Limit


@given(st.integers(1, 8), st.sampled_from([0.2, 0.5, 1.0]), st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_never_more_calls_are_made_than_a_bucket_allows(burst: int, refill: float, pauses: list[float]) -> None:
    now = 0.0
    bucket, made = Bucket(Limit(burst, refill), lambda: now), []
    for pause in pauses:
        now += pause
        made.append(now + bucket.reserve())

    for first in range(len(made)):
        for last in range(first, len(made)):
            assert last - first + 1 <= burst + (made[last] - made[first]) * refill + 1e-6


def test_clients_of_one_region_share_their_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(rate, "time", SimpleNamespace(sleep=waits.append, monotonic=lambda: 0.0))
    hooks: list[Any] = []
    clients = [
        SimpleNamespace(meta=SimpleNamespace(region_name="xx-1", events=SimpleNamespace(register=lambda _, hook: hooks.append(hook)))) for _ in "ab"
    ]
    for client in clients:
        rate.limit(client, 1.0)

    for _ in range(4):
        for hook in hooks:
            hook(model=SimpleNamespace(name="ListSteps"))

    assert len(waits) == 8 - rate.LIMITS["ListSteps"].burst and waits == sorted(waits)


def test_every_call_of_a_client_waits_for_its_turn(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(rate, "Limiter", lambda _: lambda model, **__: asked.append(model.name))
    monkeypatch.setattr(rate, "_limiters", {})
    limited = Clients(clients._make, "us-east-1", emr_rate=0.123)

    # As many pages as the clusters that other tests have left behind fill, 50 on each.
    pages = sum(1 for _ in limited.emr.get_paginator("list_clusters").paginate())

    assert asked == ["ListClusters"] * pages
