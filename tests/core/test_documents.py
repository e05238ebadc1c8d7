from __future__ import annotations

import pytest

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.core.documents import FORMAT, Document, decode, encode
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import DataDamaged


class Note(Document, frozen=True, kw_only=True):
    text: str


def test_a_document_says_its_format_and_who_wrote_it() -> None:
    assert encode(Note(text="x")).decode().split() == f'{{ "format": {FORMAT}, "tool": "{__version__}", "text": "x" }}'.split()


def test_a_document_comes_back() -> None:
    assert decode(encode(Note(text="ä\n")), Note, "it") == Note(text="ä\n")


def test_a_document_of_another_version_of_the_same_format_is_read() -> None:
    note = decode(b'{"format": 1, "tool": "9.9", "text": "x", "new": 1}', Note, "it")

    assert (note.text, note.tool) == ("x", "9.9")


def test_a_newer_format_is_refused_with_what_reads_it() -> None:
    with pytest.raises(DataDamaged) as raised:
        decode(b'{"format": 2, "tool": "9.9", "other": []}', Note, S3Uri("b", "plan.json"))

    assert raised.value.facts == "s3://b/plan.json has format 2, this version reads 1"
    assert raised.value.hint == "read it with airflow-dynamodb-emr 9.9 or newer"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"format": 1, "text": "x', id="cut short"),
        pytest.param(b'{"format": 1, "text": 1}', id="another type"),
        pytest.param(b'{"format": 1}', id="a field is missing"),
        pytest.param(b'{"format": "1", "text": "x"}', id="a format that is no number"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"text": "\xff"}', id="not UTF-8"),
    ],
)
def test_what_is_no_such_document_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(DataDamaged) as raised:
        decode(data, Note, S3Uri("b", "k"))

    assert raised.value.facts.startswith("s3://b/k is no Note: ") and raised.value.hint
