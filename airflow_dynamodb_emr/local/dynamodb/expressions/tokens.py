"""The words of an expression, and what its placeholders stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from airflow_dynamodb_emr.local.dynamodb.expressions.paths import Path, Value
from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from airflow_dynamodb_emr.local.http.protocol import Request, invalid

_TOKEN = re.compile(r"\s*(#[A-Za-z0-9_]+|:[A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|<>|<=|>=|[=<>(),.\[\]+-])")


class Placeholders:
    """Names and values of one request; every one of them must be used."""

    def __init__(self, request: Request) -> None:
        self._names: dict[str, str] = request.get("ExpressionAttributeNames") or {}
        self._values: dict[str, Value] = request.get("ExpressionAttributeValues") or {}
        self._unused = {*self._names, *self._values}
        item_size(self._values)

    def name(self, placeholder: str) -> str:
        self._unused.discard(placeholder)
        if placeholder not in self._names:
            raise invalid(f"An expression attribute name used in the document path is not defined; attribute name: {placeholder}")
        return self._names[placeholder]

    def value(self, placeholder: str) -> Value:
        self._unused.discard(placeholder)
        if placeholder not in self._values:
            raise invalid(f"An expression attribute value used in expression is not defined; attribute value: {placeholder}")
        return self._values[placeholder]

    def check_used(self) -> None:
        for kind, given in (("Names", self._names), ("Values", self._values)):
            unused = sorted(self._unused & set(given))
            if unused:
                raise invalid(f"Value provided in ExpressionAttribute{kind} unused in expressions: keys: {{{', '.join(unused)}}}")


class Tokens:
    """Read from the left; *what* is the expression's name in the request."""

    def __init__(self, text: str, what: str, placeholders: Placeholders) -> None:
        self._what, self._placeholders = what, placeholders
        self._words = list(self._split(text))
        self._at = 0

    def _split(self, text: str) -> Iterable[str]:
        end = 0
        while text[end:].strip():
            match = _TOKEN.match(text, end)
            if not match:
                raise self.wrong(text[end:].strip()[0])
            end = match.end()
            yield match[1]

    def wrong(self, token: str) -> Exception:
        return invalid(f'Invalid {self._what}: Syntax error; token: "{token or "<EOF>"}"')

    @property
    def next(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self) -> str:
        word = self.next
        self._at += 1
        return word

    def skip(self, *words: str) -> str:
        """The next word if it is one of these, keywords in any case; else nothing is taken."""
        return self.take() if self.next.upper() in words else ""

    def expect(self, word: str) -> None:
        if not self.skip(word):
            raise self.wrong(self.next)

    def expect_end(self) -> None:
        if self.next:
            raise self.wrong(self.next)

    def is_function(self) -> bool:
        return self._words[self._at + 1 : self._at + 2] == ["("] and self.next.isidentifier()

    def value(self) -> Value:
        word = self.take()
        if not word.startswith(":"):
            raise self.wrong(word)
        return self._placeholders.value(word)

    def path(self) -> Path:
        parts: list[str | int] = [self._name()]
        while self.next in (".", "["):
            if self.take() == ".":
                parts.append(self._name())
            else:
                number = self.take()
                if not number.isdecimal():
                    raise self.wrong(number)
                parts.append(int(number))
                self.expect("]")
        return tuple(parts)

    def _name(self) -> str:
        word = self.take()
        if word.startswith("#"):
            return self._placeholders.name(word)
        if not word.isidentifier():
            raise self.wrong(word)
        if word.upper() in _reserved():
            raise invalid(f"Invalid {self._what}: Attribute name is a reserved keyword; reserved keyword: {word}")
        return word


def paths_of(text: str, what: str, placeholders: Placeholders) -> list[Path]:
    """Of a ProjectionExpression, or of the like."""
    tokens = Tokens(text, what, placeholders)
    paths = [tokens.path()]
    while tokens.skip(","):
        paths.append(tokens.path())
    tokens.expect_end()
    return paths


@cache
def _reserved() -> frozenset[str]:
    from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

    return frozenset(ReservedKeywords.get_reserved_keywords())
