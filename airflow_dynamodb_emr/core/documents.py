"""JSON documents in S3: each carries `"format": 1`, and a reader that meets a newer number stops and says so."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, TypeVar

import msgspec

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.errors import DataDamaged

FORMAT = 1
UNREADABLE: Any = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # what damaged JSON ends in

T = TypeVar("T")
Time = Annotated[datetime, msgspec.Meta(tz=True)]  # one without its zone is damage: it cannot be held against others


class Noun(msgspec.Struct, frozen=True, kw_only=True):
    """A value of this package: immutable, compared by content, written as a JSON object."""


class Document(Noun, frozen=True, kw_only=True):
    """A noun that is a file of its own in S3."""

    format: int = FORMAT
    tool: str = __version__  # the version of this package that wrote it


class _Numbered(msgspec.Struct):
    format: int = FORMAT
    tool: str = "?"


def digest(stored: bytes) -> str:
    """Of a document, as it lies in S3."""
    return sha256(stored).hexdigest()


def encode(document: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def decode(data: bytes, kind: type[T], source: object) -> T:
    """Raise DataDamaged, naming *source*, for what is no such document or is of a newer format."""
    try:
        _refuse_newer(msgspec.json.decode(data, type=_Numbered), source)
        return msgspec.json.decode(data, type=kind)
    except UNREADABLE as error:
        raise DataDamaged(f"{source} is no {kind.__name__}: {error}", "it was changed by hand or cut short; use another backup") from error


def _refuse_newer(seen: _Numbered, source: object) -> None:
    if seen.format > FORMAT:
        raise DataDamaged(
            f"{source} has format {seen.format}, this version reads {FORMAT}", f"read it with airflow-dynamodb-emr {seen.tool} or newer"
        )
