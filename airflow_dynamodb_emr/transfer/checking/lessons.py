"""From lines that were read exactly to a way of reading the next ones fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer import pipeline
from airflow_dynamodb_emr.transfer.checking import alarms, typed
from airflow_dynamodb_emr.transfer.checking.exact import INCREMENT
from airflow_dynamodb_emr.transfer.checking.fast import Column, Fast, always, column, column_of_dicts, images_agree, numbers
from airflow_dynamodb_emr.transfer.checking.shapes import Names, Shape
from airflow_dynamodb_emr.transfer.lines import unwrapped
from airflow_dynamodb_emr.transfer.raw.forms import DYNAMODB_JSON
from airflow_dynamodb_emr.transfer.values import TYPES

_AT_MOST = 64  # who has not learned it by then never will


class Lessons:
    """Of one dump."""

    def __init__(self, attributes: Sequence[KeyAttribute], form: str) -> None:
        self._attributes, self._form = attributes, form
        self._wrapped: bool | None = True if form == DYNAMODB_JSON else None
        self._items, self._keys = Names(), Names()
        self._left = _AT_MOST
        self._fast: dict[bool, Fast | None] = {}

    def learn(self, line: bytes) -> None:
        """From a good one."""
        if not self._left or pipeline.is_line(line):
            return
        found = msgspec.json.decode(line)
        if self._form == INCREMENT:
            self._keys.learn(found["Keys"])
            for image in found.keys() & {"NewImage", "OldImage"}:
                self._items.learn(found[image])
            return
        wrapped, item = (True, found["Item"]) if self._form == DYNAMODB_JSON else unwrapped(found)
        self._wrapped = wrapped if self._wrapped is None else self._wrapped
        if wrapped == self._wrapped:
            self._items.learn(item)

    def end(self) -> None:
        """Of what is learned at once."""
        if self._left:
            self._left, self._fast = self._left - 1, {}

    def fast(self, loadable: bool) -> Fast | None:
        """None: there is no such way. *loadable*: what the connector cannot load is to be noticed."""
        loadable = loadable and self._form != INCREMENT and not self._wrapped
        if loadable not in self._fast:
            self._fast[loadable] = self._make(loadable) if self._items.times or self._keys.times else None
        return self._fast[loadable]

    def _make(self, loadable: bool) -> Fast | None:
        types = typed.Types(loadable)
        made = self._change(types) if self._form == INCREMENT else self._item(types)
        if made is None:
            return None
        line, columns = made
        kinds = {*self._items.spelled(), *self._keys.spelled()}
        # With no key to be there, nothing at all would fit; and of an increment, images are no maps either
        empty = types.empty or not self._attributes or self._form == INCREMENT
        agree = images_agree if self._form == INCREMENT else always
        wrapped = self._form == INCREMENT or bool(self._wrapped)
        return Fast(typed.decoder(line), columns, numbers(self._attributes), alarms.of(kinds, types.several, empty), agree, wrapped)

    def _change(self, types: typed.Types) -> tuple[Any, list[Column]] | None:
        keys = types.keys(self._keys, self._attributes)
        image = types.item(self._items, self._attributes) if self._items.times else typed.NOTHING
        if keys is None or image is None or not self._attributes:
            return None
        return typed.change(keys, image), [column("keys", number) for number in range(len(self._attributes))]

    def _item(self, types: typed.Types) -> tuple[Any, list[Column]] | None:
        where = "item" if self._wrapped else ""
        if self._items.all:
            item: Any = dict[str, types.value(self._items.all)]  # type: ignore[misc]
            columns = _of_dicts(where, self._items.all, self._attributes)
        else:
            item = types.item(self._items, self._attributes)
            columns = [column(where, number) for number in range(len(self._attributes))]
        if item is None or columns is None:
            return None
        return typed.wrapped(item) if self._wrapped else item, columns


def _of_dicts(where: str, shape: Shape, attributes: Sequence[KeyAttribute]) -> list[Column] | None:
    columns = []
    for key in attributes:
        fields = [f"v{number}" for number, kind in enumerate(shape.kinds) if TYPES[kind.lower()] == key.type]
        if len(fields) != 1:
            return None
        columns.append(column_of_dicts(where, key.name, fields[0]))
    return columns
