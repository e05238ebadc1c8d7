"""Which of billions of digests are there more than once, with little memory: eight bytes each, on disk where there are many."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice, pairwise
from operator import eq
from pathlib import Path

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.checking.fast import DIGESTS

AT_ONCE = 2**19  # in memory: they are sorted as a list, of forty bytes each
_BUCKETS = 2**10  # so many that one of a billion digests' has about as many as are sorted at once
_DIGITS = 4
_EDGES = [number * 2**64 // _BUCKETS - 2**63 for number in range(1, _BUCKETS)]


class Digests:
    """Of one dump, or of one process' share of it; *folder* is the caller's, who deletes it."""

    def __init__(self, folder: Path, name: str = "") -> None:
        """*name*: apart from those of other processes that write to this folder."""
        self._folder, self._name = folder, name
        self._here = array(DIGESTS)

    def add(self, digests: array[int]) -> None:
        self._here.extend(digests)
        if len(self._here) >= AT_ONCE:
            self.spill()

    def spill(self) -> None:
        """All into files. Raises CopyFailed where they find no room."""
        try:
            self._spill()
        except OSError as error:
            hint = "set TMPDIR to a folder on a disk with room: eight bytes for each item"
            raise CopyFailed(f"keys cannot be compared, which takes a file in {self._folder}: {error}", hint) from error

    def _spill(self) -> None:
        digests = sorted(self._here)
        cuts = [0, *(bisect_left(digests, edge) for edge in _EDGES), len(digests)]
        for number, (start, end) in enumerate(pairwise(cuts)):
            if end > start:
                with (self._folder / f"{number:0{_DIGITS}}-{self._name}").open("ab") as file:
                    array(DIGESTS, digests[start:end]).tofile(file)
        self._here = array(DIGESTS)

    def repeated(self) -> Iterator[tuple[int, int]]:
        """What is there more than once, in these and in whatever was spilled to the folder, and how often."""
        if not any(self._folder.iterdir()):
            yield from _repeated(self._here)
            return
        self.spill()
        files = sorted(self._folder.iterdir())
        for _, bucket in groupby(files, lambda file: file.name[:_DIGITS]):
            yield from _repeated(_together(bucket))


def _together(files: Iterable[Path]) -> array[int]:
    digests = array(DIGESTS)
    for file in files:
        digests.frombytes(file.read_bytes())
    return digests


def _repeated(digests: array[int]) -> Iterable[tuple[int, int]]:
    found = sorted(digests)
    again = [digest for digest, same in zip(found, map(eq, found, islice(found, 1, None)), strict=False) if same]
    return ((digest, times + 1) for digest, times in Counter(again).items())
