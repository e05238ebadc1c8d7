"""What the items of a table look like, learned from some of them: which attributes, of which types, in which spelling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_dynamodb_emr.transfer.values import TYPES

_NAMES_AT_MOST = 64  # of one map; where there are more they are data, and come and go


class Shape:
    """Of the values in one place."""

    def __init__(self) -> None:
        self.kinds: dict[str, Inside] = {}  # by type, as it is spelled
        self.times = 0

    def learn(self, value: dict[str, Any]) -> None:
        """*value* is a good one, as it was decoded."""
        self.times += 1
        ((kind, inner),) = value.items()
        inside = self._inside(kind)
        if inside is not None:
            inside.learn(inner)

    def absorb(self, other: Shape) -> None:
        self.times += other.times
        for kind, inside in other.kinds.items():
            mine = self._inside(kind)
            if mine is not None:
                mine.absorb(inside)

    def spelled(self) -> Iterator[str]:
        """Every type anywhere in it."""
        for kind, inside in self.kinds.items():
            yield kind
            if inside is not None:
                yield from inside.spelled()

    def _inside(self, kind: str) -> Inside:
        if kind not in self.kinds:
            make = _INSIDE.get(TYPES[kind.lower()])
            self.kinds[kind] = make() if make else None
        return self.kinds[kind]


class Members:
    """Of a list: one shape for all."""

    def __init__(self) -> None:
        self.each = Shape()

    def learn(self, inner: list[Any]) -> None:
        for value in inner:
            self.each.learn(value)

    def absorb(self, other: Any) -> None:
        self.each.absorb(other.each)

    def spelled(self) -> Iterator[str]:
        return self.each.spelled()


class Names:
    """Of a map, or an item: a shape for each name, or one for all where there are many names."""

    def __init__(self) -> None:
        self.each: dict[str, Shape] = {}
        self.all: Shape | None = None
        self.times = 0

    def learn(self, inner: dict[str, Any]) -> None:
        self.times += 1
        for name, value in inner.items():
            self._shape(name).learn(value)

    def absorb(self, other: Any) -> None:
        self.times += other.times
        for name, shape in other.each.items():
            self._shape(name).absorb(shape)
        if other.all:
            self._for_all().absorb(other.all)

    @property
    def never_missing(self) -> str | None:
        """A name that each of these maps had: then none was empty."""
        return next((name for name, shape in self.each.items() if shape.times == self.times), None)

    def spelled(self) -> Iterator[str]:
        for shape in [self.all] if self.all else self.each.values():
            yield from shape.spelled()

    def _shape(self, name: str) -> Shape:
        if not self.all and name not in self.each and (len(self.each) == _NAMES_AT_MOST or not fits(name)):
            return self._for_all()
        return self.all or self.each.setdefault(name, Shape())

    def _for_all(self) -> Shape:
        self.all = self.all or Shape()
        for shape in self.each.values():
            self.all.absorb(shape)
        self.each = {}
        return self.all


def fits(name: str) -> bool:
    """Whether msgspec takes it for the name of a field."""
    return name.isprintable() and not set(name) & set('"\\')


Inside = Members | Names | None
_INSIDE: dict[str, type[Members] | type[Names]] = {"L": Members, "M": Names}
