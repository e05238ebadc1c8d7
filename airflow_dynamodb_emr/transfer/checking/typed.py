"""A shape as types of msgspec's: lines that fit are parsed and judged in one go, hundreds at a time. What does not fit need not be wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Annotated, Any

import msgspec
from msgspec import Meta, defstruct

from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer.checking.shapes import Members, Names, Shape
from airflow_dynamodb_emr.transfer.values import OLD_NULL, TYPES

_Some = Meta(min_length=1)
NOTHING: Any = Annotated[str, Meta(min_length=1, max_length=0)]
_PLAIN: dict[str, Any] = {
    "S": str,
    "N": str,  # whether it is a number is left to `alarms.py`
    "B": bytes,  # msgspec is as strict with base64 as `values.py`
    "SS": Annotated[list[str], _Some],
    "NS": Annotated[list[str], _Some],
    "BS": Annotated[list[bytes], _Some],
    "BOOL": bool,
    "NULL": bool,
}


class Types:
    """Makes the types for one shape; where *loadable*, what the connector cannot load does not fit."""

    def __init__(self, loadable: bool) -> None:
        self._loadable = loadable
        self.several = False  # values of several types stand in one place
        self.empty = False  # an empty map fits, although the connector cannot load it

    def item(self, names: Names, keys: Sequence[KeyAttribute]) -> Any:
        """Keys are its fields k0 and k1, and their values v0 of these. None: it cannot be done."""
        shapes = [(names.all or names.each.get(key.name, Shape())) for key in keys]
        if names.all or not all(_is(shape, key.type) for shape, key in zip(shapes, keys, strict=True)):
            return None
        required = [(f"k{number}", key.name) for number, key in enumerate(keys)]
        return self._fields(names, required, {key.name for key in keys})

    def keys(self, names: Names, keys: Sequence[KeyAttribute]) -> Any:
        """Nothing but the keys, in the same way."""
        only = Names()
        only.each = {key.name: names.each[key.name] for key in keys if key.name in names.each}
        return self.item(only, keys)

    def _fields(self, names: Names, required: Sequence[tuple[str, str]], keys: Set[str | None]) -> Any:
        optional = [(f"o{number}", name) for number, name in enumerate(names.each) if name not in keys]
        fields: list[Any] = [(field, self.value(names.each[name])) for field, name in required]
        fields += [(field, self.value(names.each[name]), None) for field, name in optional]
        return _struct(fields, dict([*required, *optional]))

    def value(self, shape: Shape) -> Any:
        """Its fields are v0, v1..., one of which is there; nothing fits a shape that nothing is known of."""
        self.several |= len(shape.kinds) > 1
        renames = {f"v{number}": kind for number, kind in enumerate(shape.kinds)}
        kinds = [(field, self._kind(kind, shape.kinds[kind])) for field, kind in renames.items()]
        fields: list[Any] = [(*kind, None) for kind in kinds] if len(kinds) > 1 else kinds or [("v0", NOTHING)]
        return _struct(fields, renames)

    def _kind(self, kind: str, inside: Any) -> Any:
        if isinstance(inside, Members):
            each = list[self.value(inside.each)]  # type: ignore[misc, valid-type]
            return Annotated[each, _Some] if self._loadable else each
        if isinstance(inside, Names):
            return self._map(inside)
        return NOTHING if self._loadable and kind.lower() == OLD_NULL else _PLAIN[TYPES[kind.lower()]]

    def _map(self, names: Names) -> Any:
        if names.all:
            each = dict[str, self.value(names.all)]  # type: ignore[misc, valid-type]
            return Annotated[each, _Some] if self._loadable else each
        known = names.never_missing if self._loadable else None
        self.empty |= self._loadable and known is None
        return self._fields(names, [("k", known)] if known is not None else [], {known})


def decoder(line: Any) -> Callable[[bytes], list[Any]]:
    return msgspec.json.Decoder(line).decode_lines


def wrapped(item: Any) -> Any:
    return _struct([("item", item)], {"item": "Item"})


def change(keys: Any, image: Any) -> Any:
    fields = [("metadata", dict[str, dict[str, str]]), ("keys", keys), ("new", image, None), ("old", image, None)]
    return _struct(fields, {"metadata": "Metadata", "keys": "Keys", "new": "NewImage", "old": "OldImage"})


def _is(shape: Shape, kind: str) -> bool:
    return [TYPES[each.lower()] for each in shape.kinds] == [kind]


def _struct(fields: Any, renames: dict[str, str]) -> Any:
    # Without `gc`: Python need not look for cycles among millions of values that live for a moment
    return defstruct("Typed", fields, rename=renames, forbid_unknown_fields=True, gc=False)
