"""KeyConditionExpression: which hash key, and which of its range keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from airflow_dynamodb_emr.local.dynamodb.expressions.comparisons import COMPARISONS, begins_with
from airflow_dynamodb_emr.local.dynamodb.expressions.conditions import Condition
from airflow_dynamodb_emr.local.dynamodb.expressions.paths import Value
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders, Tokens
from airflow_dynamodb_emr.local.http.protocol import invalid


class KeyCondition(NamedTuple):
    """*value* is what it compares with, of BETWEEN the lower end."""

    name: str
    operator: str
    value: Value
    holds: Condition


def key_conditions(text: str, keys: Sequence[str], type_of: Callable[[str], str], placeholders: Placeholders) -> list[KeyCondition]:
    """That of the hash key first; *keys* are those of the table or index."""
    found = {one.name: one for one in _read(Tokens(text, "KeyConditionExpression", placeholders))}
    if keys[0] not in found:
        raise invalid(f"Query condition missed key schema element: {keys[0]}")
    if found[keys[0]].operator != "=":
        raise invalid("Query key condition not supported")
    if any(name in keys and type_of(name) not in one.value for name, one in found.items()):
        raise invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
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
    return KeyCondition(name, "begins_with", value, lambda item: begins_with(item[name], value))


def _comparison(tokens: Tokens) -> KeyCondition:
    name = _name(tokens)
    operator = tokens.take().upper()
    value = tokens.value()
    if operator == "BETWEEN":
        tokens.expect("AND")
        high = tokens.value()
        return KeyCondition(name, operator, value, lambda item: COMPARISONS[">="](item[name], value) and COMPARISONS["<="](item[name], high))
    if operator not in COMPARISONS or operator == "<>":
        raise tokens.wrong(operator)
    return KeyCondition(name, operator, value, lambda item: COMPARISONS[operator](item[name], value))


def _name(tokens: Tokens) -> str:
    path = tokens.path()
    if len(path) > 1:
        raise invalid("Key conditions are on attributes, not on what is within them")
    return str(path[0])
