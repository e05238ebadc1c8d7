"""Refusals and pages, as EMR Serverless words them."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.http.protocol import Answer, Refused, Request

_PAGE = 50


def page(name: str, found: list[dict[str, Any]], request: Request) -> Answer:
    start, size = int(request.get("nextToken") or 0), min(_PAGE, int(request.get("maxResults") or _PAGE))
    rest = {"nextToken": str(start + size)} if start + size < len(found) else {}
    return {name: found[start : start + size], **rest}


def missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message, 404)


def conflict(message: str) -> Refused:
    return Refused("ConflictException", message, 409)
