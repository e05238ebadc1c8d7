"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_dynamodb_emr.local.http.protocol import Answer, Request

_PAGE = 50


def page(name: str, found: Sequence[Any], request: Request) -> Answer:
    start = int(request.get("Marker") or 0)
    rest = {"Marker": str(start + _PAGE)} if start + _PAGE < len(found) else {}
    return {name: found[start : start + _PAGE], **rest}
