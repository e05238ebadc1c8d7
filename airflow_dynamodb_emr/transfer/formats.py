"""What a file in S3 holds, told by its first line: a form of lines that can be read, or something else, which is then called by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.words import printable
from airflow_dynamodb_emr.errors import BadInput, DataDamaged
from airflow_dynamodb_emr.transfer import lines, pipeline
from airflow_dynamodb_emr.transfer.blocks import LONGEST_LINE_BYTES, Blocks
from airflow_dynamodb_emr.transfer.raw.forms import CONNECTOR, DYNAMODB_JSON
from airflow_dynamodb_emr.transfer.raw.stored import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PIPELINE, API = "data-pipeline", "api"  # forms beside those that are written
WORDS = {
    DYNAMODB_JSON: "DynamoDB JSON, an item a line, as DynamoDB exports it",
    CONNECTOR: "lines as the connector and Data Pipeline's second format have them",
    PIPELINE: "Data Pipeline's first format",
    API: "items as DynamoDB's API has them, one a line",
    "": "no line at all",
}
_HINT = (
    "it can be a folder of this software's, of the connector's, of Data Pipeline's, or of a native export in DYNAMODB_JSON; "
    "plain, or packed by gzip or zstd"
)
_ION = "Amazon Ion", "export the table as DYNAMODB_JSON"
_SIGNATURES = {
    b"\xe0\x01\x00\xea": _ION,
    b"$ion_": _ION,
    b"PAR1": ("Parquet", _HINT),
    b"ORC": ("ORC", _HINT),
    b"Obj\x01": ("Avro", _HINT),
    b"SEQ\x06": ("a sequence file of Hadoop", _HINT),
    b"BZh": ("packed by bzip2", "pack it anew with gzip or zstd"),
    b"PK\x03\x04": ("a zip file", "unpack it"),
    b"\xff\x06\x00\x00sNaPpY": ("packed by Snappy", "pack it anew with gzip or zstd"),
    b"\x89LZO": ("packed by LZO", "pack it anew with gzip or zstd"),
}


def form_of(s3: S3Client, uri: S3Uri) -> str:
    """Of its first line that is not blank; empty where there is none. Raises BadInput, saying what it is, for what is no such line."""
    text = b""
    for more in Blocks(Stored(s3, uri.bucket, uri.key)).unpacked():
        text = (text + more).lstrip(b"\r\n \t")
        line, end, _ = text.partition(b"\n")
        if end or len(text) > LONGEST_LINE_BYTES or _signed(text):
            return told(line, uri)
    return told(text, uri) if text else ""


def told(line: bytes, uri: S3Uri) -> str:
    """Of this line, the first of the object *uri*."""
    what, hint = _signed(line) or ("", "")
    if what:
        raise BadInput(f"{uri} is {what}, which cannot be read here", hint)
    if pipeline.is_line(line):
        return PIPELINE
    try:
        found = lines.decode(line)
    except DataDamaged as damage:
        raise BadInput(f"{uri} holds no dump: {printable(damage.facts)}", _HINT) from None
    _refuse_other_json(found, uri)
    if lines.unwrapped(found)[0]:
        return DYNAMODB_JSON
    types = {kind for value in found.values() if isinstance(value, dict) for kind in value}
    return API if types and all(kind.isupper() for kind in types) else CONNECTOR


def _signed(text: bytes) -> tuple[str, str] | None:
    return next((told for signature, told in _SIGNATURES.items() if text.startswith(signature)), None)


def _refuse_other_json(found: dict[str, object], uri: S3Uri) -> None:
    if {"Metadata", "Keys"} <= found.keys() and not lines.is_value(found["Metadata"]):
        raise BadInput(
            f"{uri} is of an incremental export: it holds changes, and of no table the whole",
            "name the table in a backup of this software, which knows what its increments stand on: s3://.../<backup>#<table>",
        )
    if isinstance(found.get("Items"), list):
        raise BadInput(f"{uri} is the answer to a Scan or Query, all items in one", "write one item a line, as by `jq -c '.Items[]'`")
    untyped = next((name for name, value in found.items() if not isinstance(value, dict)), None)
    if untyped is not None:
        facts = f'{uri} is JSON without DynamoDB\'s types: {untyped!r} should be as in {{"S":"..."}}'
        raise BadInput(printable(facts), "which numbers are texts, and which texts are binary, only the types can tell")
