from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput

from .makers import NOON


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("latest", Wanted(), id="latest"),
        pytest.param("s3://backups/a/b/", Wanted(uri=S3Uri("backups", "a/b")), id="URI"),
        pytest.param("2026-11-23T12:00:00Z", Wanted(at_or_before=NOON), id="time in UTC"),
        pytest.param("2026-11-23T14:00:00+02:00", Wanted(at_or_before=NOON), id="time elsewhere"),
    ],
)
def test_a_backup_is_wanted_by_word_by_time_or_by_uri(text: str, wanted: Wanted) -> None:
    assert Wanted.parse(text) == wanted


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        pytest.param("yesterday", "backup: 'yesterday' is neither a time nor an S3 URI", id="another word"),
        pytest.param("2026-11-23T12:00:00", "backup: '2026-11-23T12:00:00' has no time zone", id="no zone"),
        pytest.param("s3:/backups", "backup: expected s3://bucket/prefix, got 's3:/backups'", id="no URI"),
        pytest.param("2026-13-01T00:00:00Z", "backup: '2026-13-01T00:00:00Z' is neither a time nor an S3 URI", id="no such month"),
    ],
)
def test_anything_else_is_refused(text: str, facts: str) -> None:
    with pytest.raises(BadInput) as raised:
        Wanted.parse(text)

    assert raised.value.facts == facts and raised.value.hint


@pytest.mark.parametrize("text", ["latest", "s3://backups/a/b"])
def test_what_is_wanted_says_itself(text: str) -> None:
    assert str(Wanted.parse(text)) == text


def test_a_wanted_time_says_itself_with_its_zone() -> None:
    assert str(Wanted.parse("2026-11-23T12:00:00Z")) == "newest at or before 2026-11-23 12:00:00 UTC"
