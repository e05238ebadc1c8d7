"""JSON documents in S3: each carries `"format": 1`, and a reader that meets a newer number stops and says so."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.errors import DataDamaged

FORMAT = 1

T = TypeVar("T")


class Noun(msgspec.Struct, frozen=True, kw_only=True):
    """A value of this package: immutable, compared by content, written as a JSON object."""


class Document(Noun, frozen=True, kw_only=True):
    """A noun that is a file of its own in S3."""

    format: int = FORMAT
    tool: str = __version__  # the version of this package that wrote it


class _Numbered(msgspec.Struct):
    format: int = FORMAT
    tool: str = "?"


def encode(document: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def decode(data: bytes, kind: type[T], source: object) -> T:
    """Raise DataDamaged, naming *source*, for what is no such document or is of a newer format."""
    try:
        _refuse_newer(msgspec.json.decode(data, type=_Numbered), source)
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DataDamaged(f"{source} is no {kind.__name__}: {error}", "it was changed by hand or cut short; use another backup") from error


def _refuse_newer(seen: _Numbered, source: object) -> None:
    if seen.format > FORMAT:
        raise DataDamaged(
            f"{source} has format {seen.format}, this version reads {FORMAT}", f"read it with airflow-dynamodb-emr {seen.tool} or newer"
        )
