"""What botocore's model of RunJobFlow says of a request: found wrong here, it costs nothing.

botocore itself checks fields, types and lower limits, one long report for all; the model also knows which words and how long a text EMR takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

import botocore.session
from botocore.validate import ParamValidator

from airflow_dynamodb_emr.errors import BadInput

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "structure": ((dict,), "an object"),
    "map": ((dict,), "an object"),
    "list": ((list, tuple), "a list"),
    "string": ((str,), "a text"),
    "integer": ((int,), "a whole number"),
    "long": ((int,), "a whole number"),
    "double": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
}
_HINT = "correct it as https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html says"


class Wrong(NamedTuple):
    path: str
    facts: str
    hint: str = _HINT


def check_template(template: Mapping[str, Any], source: str) -> None:
    """Raises BadInput, naming *source*, the field and its value. Of what RunJobFlow must have, all that is not there may come from us."""
    _refuse(_structure(template, _run_job_flow(), "", whole=False), source)


def check_request(request: Mapping[str, Any], source: str) -> None:
    """The same for a whole request; a name is not missed."""
    named = {"Name": "name", **request}
    _refuse(_wrong(named, _run_job_flow(), ""), source)
    report = ParamValidator().validate(named, _run_job_flow())
    if report.has_errors():
        raise BadInput(f"{source}: {' '.join(report.generate_report().split())}", _HINT)


@lru_cache
def _run_job_flow() -> Any:
    return botocore.session.get_session().get_service_model("emr").operation_model("RunJobFlow").input_shape


def _refuse(wrong: Iterator[Wrong], source: str) -> None:
    for path, facts, hint in wrong:
        raise BadInput(f"{source}: {path}: {facts}", hint)


def _wrong(value: Any, shape: Any, path: str) -> Iterator[Wrong]:
    types, words = _TYPES.get(shape.type_name, ((object,), ""))
    if not issubclass(type(value), types) or (isinstance(value, bool) and bool not in types):
        yield Wrong(path, f"{value!r} is not {words}")
    elif shape.type_name == "structure":
        yield from _structure(value, shape, path)
    elif shape.type_name == "list":
        for number, each in enumerate(value):
            yield from _wrong(each, shape.member, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, each in value.items():
            yield from [*_wrong(key, shape.key, path), *_wrong(each, shape.value, f"{path}.{key}")]
    else:
        yield from _simple(value, shape, path)


def _structure(value: Mapping[str, Any], shape: Any, path: str, whole: bool = True) -> Iterator[Wrong]:
    for name in value.keys() - shape.members.keys():
        near = get_close_matches(str(name), shape.members, 1)
        yield Wrong(f"{path}.{name}".lstrip("."), "there is no such field", f"did you mean {near[0]}?" if near else _HINT)
    for name in shape.required_members if whole else ():
        if name not in value:
            yield Wrong(path or "the request", f"{name} is missing")
    for name, each in value.items():
        if name in shape.members:
            yield from _wrong(each, shape.members[name], f"{path}.{name}".lstrip("."))


def _simple(value: Any, shape: Any, path: str) -> Iterator[Wrong]:
    words = getattr(shape, "enum", None)
    if words and value not in words:
        yield Wrong(path, f"{value!r} is not one of {', '.join(words)}")
    size, unit = (len(value), " characters") if isinstance(value, str) else (value, "")
    if size < shape.metadata.get("min", size):
        yield Wrong(path, f"{value!r} is less than {shape.metadata['min']}{unit}")
    if size > shape.metadata.get("max", size):
        yield Wrong(path, f"{str(value)[:40]!r} is more than {shape.metadata['max']}{unit}")
