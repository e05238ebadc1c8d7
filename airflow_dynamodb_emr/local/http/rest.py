"""Services whose operations are told apart by method and path: which one a request is for, and what it says, out of botocore's model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

from botocore.session import get_session

from airflow_dynamodb_emr.local.http.protocol import Call, Request, decode

SERVICES = {"emr-serverless"}


class _Route(NamedTuple):
    method: str
    path: re.Pattern[str]
    operation: str
    input: Any  # botocore's shape


def named(call: Call, environ: Mapping[str, Any]) -> Call:
    """With the name of the operation, where there is one at this path."""
    route = _route(call.service, environ) if call.service in SERVICES else None
    return replace(call, operation=route.operation) if route else call


def request(call: Call, environ: Mapping[str, Any], body: bytes) -> Request:
    """All that it says, be it in body, path or query."""
    route = _route(call.service, environ)
    if route is None:
        return decode(body)
    found = route.path.fullmatch(environ["PATH_INFO"])
    assert found
    return {
        **decode(body),
        **_query(route.input, environ.get("QUERY_STRING", "")),
        **{name: unquote(text) for name, text in found.groupdict().items()},
    }


def shape(service: str, operation: str) -> Any:
    """What botocore says of its input."""
    return next(route.input for route in _routes(service) if route.operation == operation)


def _route(service: str, environ: Mapping[str, Any]) -> _Route | None:
    asked = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    return next((route for route in _routes(service) if route.method == asked[0] and route.path.fullmatch(asked[1])), None)


@lru_cache
def _routes(service: str) -> list[_Route]:
    model = get_session().get_service_model(service)
    found = [model.operation_model(name) for name in model.operation_names]
    return [_Route(one.http["method"], _pattern(one.http["requestUri"]), one.name, one.input_shape) for one in found]


def _pattern(uri: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", uri.partition("?")[0]))


def _query(input: Any, text: str) -> Request:
    given, found = parse_qs(text), {}
    for name, member in input.members.items():
        key = member.serialization.get("name", name)
        if member.serialization.get("location") == "querystring" and key in given:
            found[name] = given[key] if member.type_name == "list" else given[key][0]
    return found
