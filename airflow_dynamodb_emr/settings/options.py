"""An option is declared once: type, default, what it says, an example, what it may be. Airflow, the docs and the check of a value read that."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from math import inf
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from airflow_dynamodb_emr.errors import BadInput

SECTION = "dynamodb_emr"
_CORRECT = "correct it in the form, airflow.cfg or the environment"
_KINDS = {int: "integer", float: "float", bool: "boolean"}


class Limit(NamedTuple):
    """What values an option may have."""

    admits: Callable[[Any], bool]
    words: str  # behind "is not"

    def refuse(self, option: str, value: Any) -> None:
        if not self.admits(value):
            raise BadInput(
                f"{option}: {value!r} is not {self.words}" if isinstance(value, str) else f"{option}: {value:g} is not {self.words}", _CORRECT
            )


class Option(NamedTuple):
    """One of them, as its class declares it."""

    kind: Any  # Python's
    default: Any
    description: str
    example: str
    limit: Limit | None

    @property
    def is_json(self) -> bool:
        return get_origin(self.kind) in (list, dict)

    def for_airflow(self) -> dict[str, str | None]:
        """In the form of Airflow's provider_info.schema.json."""
        default = msgspec.json.encode(self.default).decode() if self.is_json else str(self.default)
        return {
            "description": self.description,
            "version_added": "0.1.0",
            "type": _KINDS.get(self.kind, "string"),
            "example": self.example,
            "default": None if default == "{}" else default,  # Airflow takes braces in a default for variables
        }


def told(description: str, example: str, limit: Limit | None = None) -> Meta:
    return Meta(description=description, examples=[example], extra={"limit": limit})


@cache
def options(settings: type[msgspec.Struct]) -> dict[str, Option]:
    hints, fields = get_type_hints(settings, include_extras=True), msgspec.structs.fields(settings)
    return {field.name: _option(hints[field.name], field) for field in fields}


def _option(hint: Any, field: msgspec.structs.FieldInfo) -> Option:
    kind, meta = get_args(hint)
    default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return Option(kind, default, meta.description, meta.examples[0], meta.extra["limit"])


def above(least: float, most: float = inf) -> Limit:
    return Limit(lambda number: least < number <= most, f"above {least:g}" + ("" if most == inf else f" and at most {most:g}"))


def at_least(least: float, also: str = "") -> Limit:
    return Limit(lambda number: number >= least, f"at least {least:g}{also}")


def between(least: float, most: float) -> Limit:
    return Limit(lambda number: least <= number <= most, f"from {least:g} to {most:g}")


def matching(pattern: str, words: str) -> Limit:
    """Empty it may be too."""
    return Limit(lambda text: not text or bool(re.fullmatch(pattern, text)), words)
