from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.errors import is_denied
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import Document
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import DataDamaged

RACERS = 8


class Note(Document, frozen=True, kw_only=True):
    text: str


def test_what_must_be_new_is_written_once_by_many_racers(store: Store, folder: S3Uri) -> None:
    with ThreadPoolExecutor(RACERS) as pool:
        written = list(pool.map(lambda number: store.put_new(folder / "x", b"%d" % number), range(RACERS)))

    assert written.count(True) == 1
    assert store.read(folder / "x") == b"%d" % written.index(True)


def test_a_document_comes_back_and_is_not_overwritten(store: Store, folder: S3Uri) -> None:
    assert store.write_once(folder / "note.json", Note(text="first"))
    assert not store.write_once(folder / "note.json", Note(text="second"))

    assert store.load(folder / "note.json", Note) == Note(text="first")


@pytest.mark.parametrize("uri", [S3Uri("local-backups", "no/such/key"), S3Uri("no-such-bucket", "key")])
def test_what_is_not_there_is_none(store: Store, uri: S3Uri) -> None:
    assert store.read(uri) is None and store.load(uri, Note) is None and store.size(uri) is None


def test_a_damaged_document_is_named(store: Store, folder: S3Uri) -> None:
    store.put(folder / "note.json", b'{"text":')

    with pytest.raises(DataDamaged, match=str(folder / "note.json")):
        store.load(folder / "note.json", Note)


def test_what_is_put_again_or_deleted_is_gone(store: Store, folder: S3Uri) -> None:
    store.put(folder / "x", b"one")
    store.put(folder / "x", b"second")
    assert store.size(folder / "x") == 6

    store.delete(folder / "x")
    store.delete(folder / "x")

    assert store.read(folder / "x") is None


def test_a_refusal_is_no_absence(store: Store, unwritable: S3Uri) -> None:
    with pytest.raises(ClientError) as raised:
        store.put_new(unwritable / "x", b"")

    assert is_denied(raised.value)


def test_folders_are_named_in_order_and_without_what_is_beside_them(store: Store, folder: S3Uri) -> None:
    for key in ("a/2026/x", "a/2025/x", "a/2025/y/z", "a/file", "ab/2024/x"):
        store.put(folder / key)

    assert store.names(folder / "a") == ["2025", "2026"]
    assert store.names(folder / "none") == []


def test_objects_are_those_below_a_folder_with_their_sizes(store: Store, folder: S3Uri) -> None:
    for key in ("a/x", "a/b/y", "ab/z"):
        store.put(folder / key, b"12")

    assert list(store.objects(folder / "a")) == [(folder / "a" / "b" / "y", 2), (folder / "a" / "x", 2)]
