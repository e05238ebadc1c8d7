from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import claims
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
LATE = NOON + claims.STALE + timedelta(seconds=1)


def test_one_of_many_has_the_claim(store: Store, folder: S3Uri) -> None:
    assert [bool(claims.take(store, folder / "claim", NOON)) for _ in range(3)] == [True, False, False]


def test_a_claim_whose_holder_died_is_taken_over_by_one(store: Store, folder: S3Uri) -> None:
    claims.take(store, folder / "claim", NOON)

    assert [bool(claims.take(store, folder / "claim", LATE)) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("status", "free"), [pytest.param(400, True, id="refused: nothing was done"), pytest.param(500, False, id="it may have been done")]
)
def test_a_claim_is_given_back_only_when_nothing_was_done(store: Store, folder: S3Uri, status: int, free: bool) -> None:
    mine = claims.take(store, folder / "claim", NOON)

    with pytest.raises(ClientError), claims.released_if_refused(store, [mine] if mine else []):
        raise ClientError({"Error": {"Code": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "RunJobFlow")  # type: ignore[typeddict-item]

    assert bool(claims.take(store, folder / "claim", NOON)) is free


def test_who_gives_a_stale_claim_back_leaves_its_successors_alone(store: Store, folder: S3Uri) -> None:
    stale = claims.take(store, folder / "claim", NOON)
    claims.take(store, folder / "claim", LATE)

    with pytest.raises(ClientError), claims.released_if_refused(store, [stale] if stale else []):
        raise ClientError({"Error": {"Code": "x"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "RunJobFlow")  # type: ignore[typeddict-item]

    assert [uri for uri, _ in store.objects(folder / "claim")] == [folder / "claim" / "1"]
