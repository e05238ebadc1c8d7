from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.errors import BadInput

NAMES = st.text("aZ0._- ä=*?", min_size=1, max_size=8).map(str.strip).filter(bool)
BUCKETS = st.from_regex(r"[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]", fullmatch=True)
URIS = st.builds(S3Uri, BUCKETS, st.lists(NAMES, max_size=4).map("/".join))
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones() | st.just(timezone.utc))


@given(URIS)
def test_a_uri_is_parsed_from_its_own_words(uri: S3Uri) -> None:
    assert S3Uri.parse(str(uri)) == uri


@pytest.mark.parametrize("text", ["s3://bucket/a/b", "s3://bucket/a/b/", "s3a://bucket/a/b", "s3n://bucket//a/b", " s3://bucket/a/b\n"])
def test_other_ways_to_write_a_uri_mean_the_same(text: str) -> None:
    assert S3Uri.parse(text) == S3Uri("bucket", "a/b")


@pytest.mark.parametrize(
    "text", ["", "bucket/a", "https://bucket/a", "s3:/bucket/a", "s3://", "s3:///a", "s3://B/a", "s3://under_score/a", "s3://-ab/c"]
)
def test_what_is_no_uri_is_refused_by_the_name_of_its_setting(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        S3Uri.parse(text, "base")

    assert raised.value.facts == f"base: expected s3://bucket/prefix, got {text!r}" and raised.value.hint


@given(URIS, NAMES)
def test_what_is_in_a_folder_is_named_from_there(uri: S3Uri, name: str) -> None:
    inside = uri / "folder" / name

    assert (uri / "folder").relative(inside) == name
    assert S3Uri(uri.bucket).relative(inside) == inside.key
    assert str(inside) == f"{uri}/folder/{name}"


@pytest.mark.parametrize("other", [S3Uri("b", "folder2/x"), S3Uri("c", "folder/x"), S3Uri("b", "folder")])
def test_what_is_elsewhere_has_no_name_in_a_folder(other: S3Uri) -> None:
    with pytest.raises(ValueError, match="is not in s3://b/folder"):
        S3Uri("b", "folder").relative(other)


@given(URIS, TIMES)
def test_a_folder_tells_its_time(base: S3Uri, time: datetime) -> None:
    folder = Folder.of(base, "eu-west-1", "PROD_", time)

    assert folder.time == time.astimezone(timezone.utc).replace(microsecond=0)
    assert folder.app == "PROD_"


@given(st.lists(TIMES, min_size=2, max_size=2))
def test_folders_sort_by_time(times: list[datetime]) -> None:
    first, second = sorted((Folder.of(S3Uri("b"), "r", "a", time) for time in times), key=lambda folder: folder.uri)

    assert first.time <= second.time


@pytest.mark.parametrize(
    "key", ["", "logs", "base/eu-west-1/PROD_/2026/11/23", "base/r/a/2026/13/23/12_00.00", "base/r/a/2026/11/23/12_00.00/orders"]
)
def test_a_folder_of_somebody_elses_has_no_time(key: str) -> None:
    with pytest.raises(ValueError):
        _ = Folder(S3Uri("b", key)).time


def test_the_tree_is_the_one_that_is_drawn() -> None:
    time = datetime(2026, 11, 23, 4, 26, 5, tzinfo=timezone(timedelta(hours=2)))
    folder = Folder.of(S3Uri("bucket", "base"), "eu-west-1", "PROD_", time)

    names = [
        folder.plan,
        folder.verdict,
        folder.flag("RUNNING"),
        folder.schema("t.x"),
        folder.data("t.x", 2),
        folder.manifest("t.x"),
        folder.steps("export"),
    ]

    assert str(folder.uri) == "s3://bucket/base/eu-west-1/PROD_/2026/11/23/02_26.05"
    assert [folder.uri.relative(name) for name in names] == [
        "plan.json",
        "backup.json",
        "BACKUP_RUNNING",
        "schema/t.x.json",
        "t.x/2",
        "tables/t.x.json",
        "exportSteps.json",
    ]
    assert Folder.parse(str(folder.uri)) == folder
