"""Who does a thing that must be done once, where several may try at the same time: whoever writes the claim first.

A claim whose holder died in the middle is taken over after a while, by one other: so what is claimed must be looked for before it
is done, and may be looked for again after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.errors import is_unsure
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import Document
from airflow_dynamodb_emr.core.layout import S3Uri

STALE = timedelta(minutes=5)  # longer than any call that is made under a claim takes, with its retries


class Claim(Document, frozen=True, kw_only=True):
    at: datetime


def take(store: Store, uri: S3Uri, now: datetime) -> S3Uri | None:
    """The caller's claim, if it is for the caller to do; None while somebody else is at it, or was until a moment ago."""
    for number in count():
        claim = uri / str(number)
        if store.write_once(claim, Claim(at=now)):
            return claim
        held = store.load(claim, Claim)
        if held is None or now - held.at < STALE:
            return None
    raise AssertionError  # count() has no end


@contextmanager
def released_if_refused(store: Store, taken: Collection[S3Uri]) -> Iterator[None]:
    """Gives the caller's claims back when AWS refuses what they are for: nothing was done, and the next may try at once."""
    try:
        yield
    except ClientError as error:
        if not is_unsure(error):
            together.each(store.delete, taken)
        raise
