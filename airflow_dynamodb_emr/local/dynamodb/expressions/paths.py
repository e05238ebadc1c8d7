"""Document paths of expressions: `a.b[3]`, into an item, and out of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from airflow_dynamodb_emr.local.dynamodb.items.store import Item
from airflow_dynamodb_emr.local.http.protocol import invalid

Value: TypeAlias = "dict[str, Any]"
Path: TypeAlias = "tuple[str | int, ...]"


def find(item: Item, path: Path) -> Value | None:
    value: Value | None = item.get(str(path[0]))
    for part in path[1:]:
        value = _child(value, part)
    return value


def assign(item: Item, path: Path, value: Value) -> None:
    """An element beyond the end of a list is put at its end. Refused where the way there does not exist."""
    *way, last = path
    if not way:
        item[str(last)] = value
        return
    parent = find(item, tuple(way)) or {}
    if isinstance(last, int) and "L" in parent:
        parent["L"][last : last + 1] = [value]
    elif isinstance(last, str) and "M" in parent:
        parent["M"][last] = value
    else:
        raise invalid("The document path provided in the update expression is invalid for update")


def remove(item: Item, path: Path) -> None:
    """Nothing happens where there is nothing."""
    *way, last = path
    if not way:
        item.pop(str(last), None)
        return
    parent = find(item, tuple(way)) or {}
    if isinstance(last, int) and last < len(parent.get("L", [])):
        del parent["L"][last]
    elif isinstance(last, str):
        parent.get("M", {}).pop(last, None)


def project(item: Item, paths: Iterable[Path]) -> Item:
    """*item* with nothing but what is at *paths*; chosen elements of a list move together."""
    tree: dict[str | int, Any] = {}
    for path in paths:
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
    return {str(name): chosen for name, branch in tree.items() if (chosen := _project(item.get(str(name)), branch))}


def _project(value: Value | None, tree: dict[str | int, Any]) -> Value | None:
    if value is None or not tree:
        return value
    parts = sorted(tree) if "L" in value else tree
    chosen = {part: one for part in parts if (one := _project(_child(value, part), tree[part]))}
    if not chosen:
        return None
    return {"L": list(chosen.values())} if "L" in value else {"M": chosen}


def _child(value: Value | None, part: str | int) -> Value | None:
    if value is None:
        return None
    if isinstance(part, int):
        elements: list[Value] = value.get("L", [])
        return elements[part] if part < len(elements) else None
    members: dict[str, Value] = value.get("M", {})
    return members.get(part)
