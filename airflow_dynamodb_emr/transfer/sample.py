"""A sample of keys: those whose hash is least. Of two sides it is the same keys, whatever each of them holds, and however many that are."""

from __future__ import annotations

from collections.abc import Iterable

_ALL = 2**64


class Sample:
    """So many keys, and what is said of each."""

    def __init__(self, size: int) -> None:
        self._size, self._below = size, _ALL
        self._kept: dict[bytes, tuple[int, bytes]] = {}

    def add(self, hash_: int, key: bytes, said: str) -> None:
        if hash_ < self._below:
            self._kept[key] = hash_, said.encode()
            if len(self._kept) > 2 * self._size:
                self._narrow()

    def narrow(self) -> int:
        """To its size; returns the hash below which every key that was there is kept."""
        if len(self._kept) > self._size:
            self._narrow()
        return self._below

    def take(self, below: int) -> dict[bytes, bytes]:
        return {key: said for key, (hash_, said) in self._kept.items() if hash_ < below}

    def _narrow(self) -> None:
        least = sorted(hash_ for hash_, _ in self._kept.values())
        self._below = least[self._size]
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] < self._below}


def together(left: Sample, right: Sample) -> Iterable[tuple[dict[bytes, bytes], dict[bytes, bytes]]]:
    """Below the hash that both have every key of: a key that only one side has kept may have been too many for the other."""
    below = min(left.narrow(), right.narrow())
    yield left.take(below), right.take(below)
