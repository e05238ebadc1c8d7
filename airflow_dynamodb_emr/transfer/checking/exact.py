"""One line, judged exactly, and slowly: what every faster way is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import lines
from airflow_dynamodb_emr.transfer.canonical import key_of
from airflow_dynamodb_emr.transfer.raw.forms import DYNAMODB_JSON
from airflow_dynamodb_emr.transfer.values import Damage, read_map

Key = tuple[Any, ...]  # equal, and of the same hash, where the key is the same
INCREMENT = "increment"  # a form of lines beside those of `forms.py`: what became of each key that changed


class Judged(NamedTuple):
    """A line with an item on it, or a change of one."""

    key: dict[str, Any]  # its key attributes
    hashed: Key
    connector_can_load: bool


def judge(line: bytes, attributes: Sequence[KeyAttribute], form: str) -> Judged:
    """Raises DataDamaged, saying what is wrong. *form*: of `forms.py`, or INCREMENT; empty: as the line has it."""
    try:
        item, loads = _READERS.get(form, _any)(line)
        if form == INCREMENT and attributes and len(item) > len(attributes):
            raise Damage(f"Keys has other attributes than those of the table's key: {', '.join(item):.50}")
        key = {each.name: _key(item, each) for each in attributes}
        return Judged(key, tuple(HASHED[kind](inner) for value in key.values() for kind, inner in value.items()), loads)
    except Damage as damage:
        raise DataDamaged(f"this line is no item: {damage.facts}: {lines.told(line)}") from None
    except ArithmeticError:
        raise DataDamaged(f"this line is no item: a number in its key is out of all bounds: {lines.told(line)}") from None
    except RecursionError:
        raise DataDamaged(f"this line is no item: it is nested without end: {lines.told(line)}") from None


def key_text(key: dict[str, Any]) -> str:
    """JSON, the same for the same key."""
    return key_of(key, list(key)).decode()


def _same(inner: Any) -> Any:
    return inner


HASHED: dict[str, Callable[[Any], Any]] = {"S": _same, "B": _same, "N": Decimal}  # numbers are their value, however they are written


def _any(line: bytes) -> tuple[dict[str, Any], bool]:
    found = lines.read(line)
    return found.item, found.connector_can_load


def _wrapped(line: bytes) -> tuple[dict[str, Any], bool]:
    found = lines.decode(line)
    if found.keys() != {"Item"}:
        raise Damage(f"expected Item and nothing else, found {', '.join(found) or 'nothing':.50}")
    return _attributes(found["Item"]), False


def _change(line: bytes) -> tuple[dict[str, Any], bool]:
    found = lines.decode(line)
    if not {"Metadata", "Keys"} <= found.keys() <= {"Metadata", "Keys", "NewImage", "OldImage"}:
        raise Damage(f"expected Metadata, Keys and images, found {', '.join(found) or 'nothing':.50}")
    keys = _attributes(found["Keys"])
    for name in ("NewImage", "OldImage"):
        if name in found and (image := _attributes(found[name])) and key_of(keys, list(keys)) != _key_in(image, keys):
            raise Damage(f"{name} is of another key than Keys says")
    return keys, False


def _key_in(image: dict[str, Any], keys: dict[str, Any]) -> bytes:
    return key_of(image, list(keys)) if keys.keys() <= image.keys() else b""


def _attributes(found: Any) -> dict[str, Any]:
    item = read_map(found)
    if not item:
        raise Damage("it has no attributes")
    return item


_READERS: dict[str, Callable[[bytes], tuple[dict[str, Any], bool]]] = {DYNAMODB_JSON: _wrapped, INCREMENT: _change}


def _key(item: dict[str, Any], attribute: KeyAttribute) -> dict[str, Any]:
    value = item.get(attribute.name)
    if value is None:
        raise Damage(f"it lacks the key attribute {attribute.name!r}")
    ((kind, inner),) = value.items()
    if kind != attribute.type:
        raise Damage(f"its key attribute {attribute.name!r} is of type {kind}, expected {attribute.type}")
    if not inner:
        raise Damage(f"its key attribute {attribute.name!r} is empty")
    return {kind: inner}
