from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core.strangers import is_data, strangers


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("3675fd64-8324-4139", True),
        ("x.gz", True),
        ("manifest", False),
        ("manifest.json", False),
        ("_SUCCESS", False),
        (".x.crc", False),
        ("_temporary/0/x", False),
        ("data/part-0-0000.json.gz", True),
        ("data/_x", True),
        ("data/further/down", True),
        ("data/", True),
        ("_progress/data/x", False),
        ("AWSDynamoDB/01/data/x.json.gz", True),
        ("AWSDynamoDB/data/x.json.gz", True),
        ("AWSDynamoDB/01/manifest-files.json", False),
        ("folder/", False),
    ],
)
def test_what_would_be_taken_for_data(name: str, data: bool) -> None:
    assert is_data(name) is data


def test_strangers_are_data_in_this_folder_that_nobody_knows() -> None:
    listed = ["a/1/x", "a/1/y", "a/1/_z", "a/10/x", "b/1/x"]

    assert strangers("a/1", listed, {"a/1/x"}) == ["a/1/y"]
