from __future__ import annotations

from datetime import datetime, timezone

import pytest

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part, TableManifest, connector_manifest, moved_to, parse_connector_manifest
from airflow_dynamodb_emr.errors import DataDamaged

FOLDER = S3Uri("bucket", "base/orders/1")
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def test_a_table_manifest_comes_back_from_its_file() -> None:
    part = Part(key="orders/1/a.gz", bytes=10, etag="e", items=3, sha256="00")
    manifest = TableManifest(
        table="orders",
        engine="connector",
        attempt=1,
        items=3,
        bytes=10,
        parts=[part],
        engines=["connector"],
        started=NOON,
        ended=NOON,
        seconds=0.0,
        counter=3,
    )

    data = encode(manifest)

    assert decode(data, TableManifest, "it") == manifest
    assert f'"format": 1,\n  "tool": "{__version__}"' in data.decode()


def test_the_connectors_manifest_is_written_as_the_connector_writes_it() -> None:
    assert connector_manifest([FOLDER / "x", FOLDER / "y.gz"]) == (
        b'{"name":"DynamoDB-export","version":3,\n"entries": [\n'
        b'{"url":"s3://bucket/base/orders/1/x","mandatory":true},\n{"url":"s3://bucket/base/orders/1/y.gz","mandatory":true}\n]}'
    )


@pytest.mark.parametrize("urls", [pytest.param([], id="empty table"), pytest.param([FOLDER / "x", FOLDER / "y"], id="two parts")])
def test_the_connectors_manifest_is_read_back(urls: list[S3Uri]) -> None:
    assert parse_connector_manifest(connector_manifest(urls)) == urls


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        pytest.param(b'{"version":2,"entries":[]}', "s3://bucket/m has version 2, expected 3", id="another version"),
        pytest.param(b'{"entries":[]}', "version None", id="no version"),
        pytest.param(b'{"version":3}', "entries", id="no entries"),
        pytest.param(b'{"version":3,"entries":[{"url":1}]}', "no manifest of the connector", id="a number for a URL"),
        pytest.param(b'{"version":3,"entries":[{"url":"/x"}]}', "expected s3://bucket/prefix, got '/x'", id="no S3 URL"),
        pytest.param(b'{"version":3,"ent', "no manifest of the connector", id="cut short"),
        pytest.param(b"\xff", "no manifest of the connector", id="not UTF-8"),
        pytest.param(b"[]", "no manifest of the connector", id="a list"),
    ],
)
def test_what_is_no_manifest_is_refused_by_name(data: bytes, facts: str) -> None:
    with pytest.raises(DataDamaged) as raised:
        parse_connector_manifest(data, "s3://bucket/m")

    assert raised.value.facts.startswith("s3://bucket/m") and facts in raised.value.facts


def test_the_parts_of_a_copy_are_where_the_copy_is() -> None:
    assert moved_to(S3Uri("other", "copy"), [FOLDER / "x.gz"]) == [S3Uri("other", "copy/x.gz")]
