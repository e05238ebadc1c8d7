"""ConditionExpression and FilterExpression: read once, asked for each item."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from airflow_dynamodb_emr.local.dynamodb.expressions.comparisons import COMPARISONS, begins_with, contains, equal, size
from airflow_dynamodb_emr.local.dynamodb.expressions.paths import Value, find
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders, Tokens
from airflow_dynamodb_emr.local.dynamodb.items.store import Item
from airflow_dynamodb_emr.local.http.protocol import invalid

Condition: TypeAlias = Callable[[Item], bool]
Operand: TypeAlias = Callable[[Item], "Value | None"]


def condition(text: str, what: str, placeholders: Placeholders) -> Condition:
    tokens = Tokens(text, what, placeholders)
    read = _any(tokens)
    tokens.expect_end()
    return read


def _any(tokens: Tokens) -> Condition:
    parts = [_all(tokens)]
    while tokens.skip("OR"):
        parts.append(_all(tokens))
    return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)


def _all(tokens: Tokens) -> Condition:
    parts = [_not(tokens)]
    while tokens.skip("AND"):
        parts.append(_not(tokens))
    return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)


def _not(tokens: Tokens) -> Condition:
    if tokens.skip("NOT"):
        inner = _not(tokens)
        return lambda item: not inner(item)
    return _one(tokens)


def _one(tokens: Tokens) -> Condition:
    if tokens.skip("("):
        inner = _any(tokens)
        tokens.expect(")")
        return inner
    if tokens.is_function() and tokens.next != "size":
        return _function(tokens)
    left = _operand(tokens)
    if tokens.skip("BETWEEN"):
        low = _operand(tokens)
        tokens.expect("AND")
        high = _operand(tokens)
        return lambda item: COMPARISONS[">="](left(item), low(item)) and COMPARISONS["<="](left(item), high(item))
    if tokens.skip("IN"):
        choices = _operands(tokens)
        return lambda item: any(equal(left(item), choice(item)) for choice in choices)
    word = tokens.take()
    if word not in COMPARISONS:
        raise tokens.wrong(word)
    compare, right = COMPARISONS[word], _operand(tokens)
    return lambda item: compare(left(item), right(item))


def _operand(tokens: Tokens) -> Operand:
    if tokens.next.startswith(":"):
        value = tokens.value()
        return lambda _: value
    if tokens.is_function() and tokens.next == "size":
        tokens.take()
        (inner,) = _operands(tokens)
        return lambda item: size(inner(item))
    path = tokens.path()
    return lambda item: find(item, path)


def _operands(tokens: Tokens) -> list[Operand]:
    """In parentheses, with commas between."""
    tokens.expect("(")
    operands = [_operand(tokens)]
    while tokens.skip(","):
        operands.append(_operand(tokens))
    tokens.expect(")")
    return operands


def _function(tokens: Tokens) -> Condition:
    name = tokens.take()
    operands = _operands(tokens)
    if name not in _FUNCTIONS or len(operands) != _FUNCTIONS[name][0]:
        raise invalid(f"Invalid function name or number of operands; function: {name}")
    function = _FUNCTIONS[name][1]
    return lambda item: function(*(operand(item) for operand in operands))


_FUNCTIONS: dict[str, tuple[int, Callable[..., bool]]] = {
    "attribute_exists": (1, lambda value: value is not None),
    "attribute_not_exists": (1, lambda value: value is None),
    "attribute_type": (2, lambda value, kind: bool(value and kind and kind.get("S") in value)),
    "begins_with": (2, begins_with),
    "contains": (2, contains),
}
