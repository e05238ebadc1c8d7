"""The lines of a part, some hundred at a time, while everything that is stored is hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.packing import MAGIC_BYTES, UNPACKED_BYTES, Unpacker, unpacker
from airflow_dynamodb_emr.transfer.raw.stored import Stored

LONGEST_LINE_BYTES = 4_000_000  # an item has 400 KB at most; escapes and base64 make it longer, never ten times
_PACKED_BYTES = 2**17  # at once


class Blocks:
    """Reads a part once, from beginning to end; unpacks it where it is gzip or zstd by name or by content."""

    def __init__(self, stored: Stored, md5: bool = False, content: bool = False) -> None:
        """*md5*, *content*: whether these hashes are wanted, each of which costs a tenth of everything."""
        self._stored = stored
        self._md5 = hashlib.md5(usedforsecurity=False) if md5 else None
        self._content = hashlib.sha256() if content else None
        self.content_bytes = 0

    @property
    def md5(self) -> str:
        return self._md5.hexdigest() if self._md5 else ""

    @property
    def content_sha256(self) -> str:
        return self._content.hexdigest() if self._content else ""

    def __iter__(self) -> Iterator[bytes]:
        """Each ends with a newline; one is added to a last line without. Raises DataDamaged: at the end for what is cut short."""
        rest = b""
        for text in self.unpacked():
            end = text.rfind(b"\n") + 1
            if end:
                yield rest + text[:end]
                rest = b""
            rest += text[end:]
            if len(rest) > LONGEST_LINE_BYTES:
                raise DataDamaged(f"{self._stored.uri} holds a line of more than {LONGEST_LINE_BYTES} bytes: no item is")
        if rest:
            yield rest + b"\n"

    def drain(self) -> None:
        """Reads what is left, so that everything stored is counted and hashed."""
        for _ in self._packed():
            pass

    def unpacked(self) -> Iterator[bytes]:
        """What is stored, without its packing; in pieces of any size."""
        first = next(self._packed(), b"")
        while 0 < len(first) < MAGIC_BYTES and (more := next(self._packed(), b"")):  # a read may give less than there is
            first += more
        packed = unpacker(self._stored.uri, first)
        for text in self._members(first, packed) if packed else self._plain(first):
            self.content_bytes += len(text)
            if self._content:
                self._content.update(text)
            yield text

    def _plain(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            yield from (chunk[start : start + UNPACKED_BYTES] for start in range(0, len(chunk), UNPACKED_BYTES))
            chunk = next(self._packed(), b"")

    def _members(self, packed: bytes, kind: Callable[[], Unpacker]) -> Iterator[bytes]:
        """Of a packed file: one after the other, and zeros behind them, as gzip itself has it."""
        while packed := packed or next(self._packed(), b""):
            packed = yield from self._member(packed, kind())
            while packed.startswith(b"\0"):
                packed = packed.lstrip(b"\0") or next(self._packed(), b"")

    def _member(self, packed: bytes, unpack: Unpacker) -> Generator[bytes, None, bytes]:
        """Returns what of *packed*, and of what follows, is behind it."""
        try:
            while not unpack.eof and (packed := packed or next(self._packed(), b"")):
                yield from unpack.feed(packed)
                packed = b""
            yield unpack.flush()
        except unpack.bad as error:
            raise DataDamaged(f"{self._stored.uri} is no whole {unpack.name} file: {error}") from error
        if not unpack.eof:
            raise DataDamaged(f"{self._stored.uri} is no whole {unpack.name} file: it is cut short")
        return unpack.unused

    def _packed(self) -> Iterator[bytes]:
        while chunk := self._stored.read(_PACKED_BYTES):
            if self._md5:
                self._md5.update(chunk)
            yield chunk
