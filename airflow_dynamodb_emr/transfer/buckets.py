"""Lines about keys, a few of them together at a time: in memory, and in files where there are many. As many as fit on a disk, in bounded memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from airflow_dynamodb_emr.errors import CopyFailed

IN_MEMORY_BYTES = 2**25
AT_ONCE_BYTES = 2**25  # of one bucket; a larger one is gone through more than once
_SHIFT = 64 - 12  # so many buckets that one of a billion items has a quarter of a million


def hashed(key: bytes) -> int:
    """Of 64 bits; the same everywhere and at any time, so that two dumps can be sampled alike."""
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")


class Buckets:
    """Key and what is said of it; not for several threads at once."""

    def __init__(self, folder: Path, name: str) -> None:
        """*folder* is the caller's, who deletes it; *name*: apart from others who write there."""
        self._folder, self._name = folder, name
        self._here: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._bytes = 0
        self._stored: dict[int, int] = {}  # bytes in the file of each bucket that has one

    @property
    def numbers(self) -> set[int]:
        return self._stored.keys() | self._here.keys()

    def add(self, hash_: int, key: bytes, said: str) -> None:
        """*key* has neither tab nor newline, as no JSON has. Raises CopyFailed where files find no room."""
        line = b"%s\t%s\n" % (key, said.encode())
        self._here[hash_ >> _SHIFT] += line
        self._bytes += len(line)
        if self._bytes > IN_MEMORY_BYTES:
            self._spill()

    def size(self, number: int) -> int:
        return len(self._here.get(number, b"")) + self._stored.get(number, 0)

    def take(self, number: int, pass_: int, passes: int) -> dict[bytes, bytes]:
        """What is said last of each key in a bucket, or in so much of it."""
        lines = (line.split(b"\t") for line in self._lines(number))
        return {key: said for key, said in lines if passes == 1 or hashed(key) % passes == pass_}

    def _lines(self, number: int) -> Iterator[bytes]:
        if number in self._stored:
            with self._file(number).open("rb") as lines:
                yield from (line[:-1] for line in lines)
        yield from bytes(self._here.get(number, b"")).split(b"\n")[:-1]

    def _file(self, number: int) -> Path:
        return self._folder / f"{self._name}-{number:04}"

    def _spill(self) -> None:
        try:
            for number, lines in self._here.items():
                with self._file(number).open("ab") as file:
                    file.write(lines)
                self._stored[number] = self._stored.get(number, 0) + len(lines)
        except OSError as error:
            hint = "set TMPDIR to a folder on a disk with room: a hundred bytes or so for each item of both sides, or take --sample"
            raise CopyFailed(f"items cannot be compared, which takes a file in {self._folder}: {error}", hint) from error
        self._here.clear()
        self._bytes = 0


def together(left: Buckets, right: Buckets) -> Iterable[tuple[dict[bytes, bytes], dict[bytes, bytes]]]:
    """All keys of both, some at a time; a key is on both sides at the same time."""
    for number in sorted(left.numbers | right.numbers):
        passes = 1 + max(left.size(number), right.size(number)) // AT_ONCE_BYTES
        for pass_ in range(passes):
            yield left.take(number, pass_, passes), right.take(number, pass_, passes)
