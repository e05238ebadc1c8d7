"""What EMR Serverless refuses before it does anything: most of it is in botocore's model, which tells lengths, patterns and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from airflow_dynamodb_emr.local.http.protocol import Request, invalid
from airflow_dynamodb_emr.local.http.rest import shape

_SERVICE = "emr-serverless"


def check(operation: str, request: Request) -> None:
    """Raises Refused as AWS does, naming the first field that is wrong."""
    for path, constraint in _wrong(shape(_SERVICE, operation), request, ""):
        raise invalid(f"1 validation error detected: Value at '{path}' failed to satisfy constraint: {constraint}")
    _check_ranges(request)


def _wrong(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if shape.type_name == "structure":
        yield from ((_under(path, name), "Member must not be null") for name in shape.required_members if value.get(name) is None)
        for name, inner in value.items():
            if name in shape.members:
                yield from _wrong(shape.members[name], inner, _under(path, name))
    elif shape.type_name == "list":
        yield from (wrong for each in value for wrong in _wrong(shape.member, each, path))
    elif shape.type_name == "string":
        yield from ((path, constraint) for constraint in _wrong_text(shape, value))


def _wrong_text(shape: Any, text: str) -> Iterator[str]:
    allowed = shape.metadata
    if len(text) > allowed.get("max", len(text)):
        yield f"Member must have length less than or equal to {allowed['max']}"
    if len(text) < allowed.get("min", 0):
        yield f"Member must have length greater than or equal to {allowed['min']}"
    if shape.enum and text not in shape.enum:
        yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    if "pattern" in allowed and not re.fullmatch(allowed["pattern"], text):
        yield f"Member must satisfy regular expression pattern: {allowed['pattern']}"


def _check_ranges(request: Request) -> None:
    scheduler, stop = request.get("schedulerConfiguration") or {}, request.get("autoStopConfiguration") or {}
    for name, value, least, most in (
        ("queueTimeoutMinutes", scheduler.get("queueTimeoutMinutes"), 15, 720),
        ("maxConcurrentRuns", scheduler.get("maxConcurrentRuns"), 1, 1000),
        ("idleTimeoutMinutes", stop.get("idleTimeoutMinutes"), 1, 10_080),
        ("executionTimeoutMinutes", request.get("executionTimeoutMinutes"), 1, 10_080),
    ):
        if value is not None and not least <= value <= most:
            raise invalid(f"{name} must be between {least} and {most}.")


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
