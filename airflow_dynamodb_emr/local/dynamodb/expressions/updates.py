"""UpdateExpression: SET, REMOVE, ADD and DELETE. Everything is worked out from the item as it was, then put into it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Context, Decimal
from typing import TypeAlias

from airflow_dynamodb_emr.local.dynamodb.expressions.paths import Path, Value, assign, find, remove
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders, Tokens
from airflow_dynamodb_emr.local.dynamodb.items.numbers import normal_number
from airflow_dynamodb_emr.local.dynamodb.items.store import Item
from airflow_dynamodb_emr.local.http.protocol import invalid

Term: TypeAlias = Callable[[Item], "Value | None"]
Effect: TypeAlias = Callable[[Item], "Value | None"]  # the new value; None: there is none any more
_ARITHMETIC = Context(prec=38)
_SET_KINDS = ("SS", "NS", "BS")


class Update:
    """One expression, read."""

    def __init__(self, text: str, placeholders: Placeholders) -> None:
        self._effects: list[tuple[Path, Effect]] = []
        tokens = Tokens(text, "UpdateExpression", placeholders)
        while tokens.next:
            clause = tokens.take().upper()
            if clause not in _CLAUSES:
                raise tokens.wrong(clause)
            self._effects.append(_CLAUSES[clause](tokens))
            while tokens.skip(","):
                self._effects.append(_CLAUSES[clause](tokens))
        self._check_apart()

    @property
    def paths(self) -> list[Path]:
        return [path for path, _ in self._effects]

    def apply(self, old: Item) -> Item:
        """*old* stays as it is."""
        new = copy.deepcopy(old)
        worked_out = [(path, effect(old)) for path, effect in self._effects]
        for path, value in worked_out:
            if value is not None:
                assign(new, path, copy.deepcopy(value))
        for path in sorted((path for path, value in worked_out if value is None), key=_backwards):
            remove(new, path)
        return new

    def _check_apart(self) -> None:
        for number, one in enumerate(self.paths):
            for other in self.paths[number + 1 :]:
                shorter = min(len(one), len(other))
                if one[:shorter] == other[:shorter]:
                    raise invalid("Invalid UpdateExpression: Two document paths overlap with each other")


def _backwards(path: Path) -> list[tuple[bool, int | str]]:
    """The last elements of a list first, so that the numbers of the others stay true."""
    return [(isinstance(part, int), -part if isinstance(part, int) else part) for part in path]


def _set(tokens: Tokens) -> tuple[Path, Effect]:
    path = tokens.path()
    tokens.expect("=")
    left = _term(tokens)
    sign = tokens.skip("+", "-")
    if not sign:
        return path, lambda item: _there(left(item))
    right = _term(tokens)
    return path, lambda item: _sum(_there(left(item)), _there(right(item)), 1 if sign == "+" else -1)


def _term(tokens: Tokens) -> Term:
    if tokens.next.startswith(":"):
        value = tokens.value()
        return lambda _: value
    if not tokens.is_function():
        path = tokens.path()
        return lambda item: find(item, path)
    name = tokens.take()
    tokens.expect("(")
    first = _term(tokens)
    tokens.expect(",")
    second = _term(tokens)
    tokens.expect(")")
    if name == "if_not_exists":
        return lambda item: second(item) if first(item) is None else first(item)
    if name == "list_append":
        return lambda item: {"L": [*_list(first(item)), *_list(second(item))]}
    raise invalid(f"Invalid UpdateExpression: Invalid function name; function: {name}")


def _remove(tokens: Tokens) -> tuple[Path, Effect]:
    return tokens.path(), lambda _: None


def _add(tokens: Tokens) -> tuple[Path, Effect]:
    path, more = tokens.path(), tokens.value()

    def effect(item: Item) -> Value:
        was = find(item, path)
        if "N" in more:
            return _sum(was or {"N": "0"}, more, 1)
        kind = _set_kind(more, was)
        return {kind: list(dict.fromkeys([*(was or {kind: []})[kind], *more[kind]]))}

    return path, effect


def _delete(tokens: Tokens) -> tuple[Path, Effect]:
    path, less = tokens.path(), tokens.value()

    def effect(item: Item) -> Value | None:
        was = find(item, path)
        kind = _set_kind(less, was)
        left = [member for member in (was or {kind: []})[kind] if member not in less[kind]]
        return {kind: left} if left else None

    return path, effect


_CLAUSES: dict[str, Callable[[Tokens], tuple[Path, Effect]]] = {"SET": _set, "REMOVE": _remove, "ADD": _add, "DELETE": _delete}


def _there(value: Value | None) -> Value:
    if value is None:
        raise invalid("The provided expression refers to an attribute that does not exist in the item")
    return value


def _sum(one: Value, other: Value, sign: int) -> Value:
    if "N" not in one or "N" not in other:
        raise _wrong_type()
    return {"N": normal_number(str(_ARITHMETIC.add(Decimal(one["N"]), sign * Decimal(other["N"]))))}


def _list(value: Value | None) -> list[Value]:
    elements = _there(value).get("L")
    if elements is None:
        raise _wrong_type()
    return list(elements)


def _set_kind(given: Value, was: Value | None) -> str:
    kind = next(iter(given))
    if kind not in _SET_KINDS or (was and kind not in was):
        raise _wrong_type()
    return kind


def _wrong_type() -> Exception:
    return invalid("An operand in the update expression has an incorrect data type")
