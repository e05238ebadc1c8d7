"""KeyConditionExpression: which hash key, and which of its range keys."""

from __future__ import annotations

import operator as op
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from airflow_dynamodb_emr.local.dynamodb.expressions.comparisons import COMPARISONS, begins_with, order
from airflow_dynamodb_emr.local.dynamodb.expressions.conditions import Condition
from airflow_dynamodb_emr.local.dynamodb.expressions.paths import Value
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders, Tokens
from airflow_dynamodb_emr.local.http.protocol import invalid

Test: TypeAlias = Callable[[Any], bool]
_INVALID, _WRONG = "Invalid KeyConditionExpression: ", "One or more parameter values were invalid: "
_LONGEST_RANGE_KEY = 1024  # bytes


class KeyCondition(NamedTuple):
    """*value* is what it compares with, of BETWEEN the lower end.

    What meets it is one range: `is_below` and `is_above` tell on which side of it something is that keys are ordered by.
    """

    name: str
    operator: str
    value: Value
    holds: Condition
    is_below: Test
    is_above: Test
    first: Any = None  # the bounds of >=, <= and BETWEEN, as keys are ordered
    last: Any = None

    @property
    def bounds(self) -> tuple[Any, Any, Any]:
        return _bound(self.value), self.first, self.last


def key_conditions(text: str, keys: Sequence[str], type_of: Callable[[str], str], placeholders: Placeholders) -> list[KeyCondition]:
    """That of the hash key first; *keys* are those of the table or index."""
    found = {one.name: one for one in _read(Tokens(text, "KeyConditionExpression", placeholders))}
    if keys[0] not in found:
        raise invalid(f"Query condition missed key schema element: {keys[0]}")
    if found[keys[0]].operator != "=":
        raise invalid("Query key condition not supported")
    if any(name in keys and type_of(name) not in one.value for name, one in found.items()):
        raise invalid(f"{_WRONG}Condition parameter type does not match schema type")
    if any(map(_is_too_long, (bound for name in keys[1:] if name in found for bound in found[name].bounds))):
        raise invalid(f"{_WRONG}Aggregated size of all range keys has exceeded the size limit of {_LONGEST_RANGE_KEY} bytes")
    if set(found) - set(keys):
        raise invalid("Query condition missed key schema element or names an attribute that is no key")
    return [found[name] for name in keys if name in found]


def _read(tokens: Tokens) -> list[KeyCondition]:
    found = [_one(tokens)]
    while tokens.skip("AND"):
        found.append(_one(tokens))
    tokens.expect_end()
    return found


def _one(tokens: Tokens) -> KeyCondition:
    parenthesis = tokens.skip("(")
    found = _beginning(tokens) if tokens.is_function() else _comparison(tokens)
    if parenthesis:
        tokens.expect(")")
    return found


def _beginning(tokens: Tokens) -> KeyCondition:
    function = tokens.take()
    if function != "begins_with":
        raise tokens.wrong(function)
    tokens.expect("(")
    name = _name(tokens)
    tokens.expect(",")
    value = tokens.value()
    tokens.expect(")")
    start = _bound(value)
    return KeyCondition(
        name,
        "begins_with",
        value,
        lambda item: begins_with(item[name], value),
        lambda key: bool(key < start),
        lambda key: bool(key > start and not key.startswith(start)),
    )


def _comparison(tokens: Tokens) -> KeyCondition:
    name = _name(tokens)
    operator = tokens.take().upper()
    value = tokens.value()
    if operator == "BETWEEN":
        tokens.expect("AND")
        return _between(name, value, tokens.value())
    if operator not in COMPARISONS or operator == "<>":
        raise tokens.wrong(operator)
    below, above = _SIDES[operator]
    bound = _bound(value)
    return KeyCondition(
        name,
        operator,
        value,
        lambda item: COMPARISONS[operator](item[name], value),
        lambda key: below(key, bound),
        lambda key: above(key, bound),
        first=bound if operator == ">=" else None,
        last=bound if operator == "<=" else None,
    )


def _between(name: str, low: Value, high: Value) -> KeyCondition:
    first, last = _bound(low), _bound(high)
    if low.keys() != high.keys():
        raise invalid(f"{_INVALID}The BETWEEN operator requires same data type for lower and upper bounds")
    if first is not None and first > last:
        raise invalid(f"{_INVALID}The BETWEEN operator requires upper bound to be greater than or equal to lower bound")
    return KeyCondition(
        name,
        "BETWEEN",
        low,
        lambda item: COMPARISONS[">="](item[name], low) and COMPARISONS["<="](item[name], high),
        lambda key: bool(key < first),
        lambda key: bool(key > last),
        first,
        last,
    )


def _name(tokens: Tokens) -> str:
    path = tokens.path()
    if len(path) > 1:
        raise invalid("Key conditions are on attributes, not on what is within them")
    return str(path[0])


def _bound(value: Value) -> Any:
    """None for what is no key, and refused as such."""
    return order(value) if value.keys() & {"S", "N", "B"} else None


def _is_too_long(bound: Any) -> bool:
    return isinstance(bound, bytes) and len(bound) > _LONGEST_RANGE_KEY


def _never(_key: Any, _bound: Any) -> bool:
    return False


_SIDES: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Any, Any], bool]]] = {
    "=": (op.lt, op.gt),
    "<": (_never, op.ge),
    "<=": (_never, op.gt),
    ">": (op.le, _never),
    ">=": (op.lt, _never),
}
