"""How a part is packed, told by its name or its first bytes: gzip, zstd or not at all; and how it is unpacked, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.transfer.raw.compression import BAD_GZIP, decompressor

UNPACKED_BYTES = 2**16  # at once: what is parsed stays in the processor's cache
MAGIC_BYTES = 4
_GZIP_MAGIC, _ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ZSTD_MODULES = ("compression.zstd", "backports.zstd")  # the first is Python's own, from 3.14 on


class Unpacker(Protocol):
    """Of one member of a packed file: there may be several, one behind the other."""

    name: str
    bad: Any  # errors that it raises for what is damaged

    def feed(self, packed: bytes) -> Iterator[bytes]: ...

    def flush(self) -> bytes:
        """What it has read, and not yet given."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused(self) -> bytes:
        """Of what it was fed, what is behind its end."""


class Gzip:
    name, bad = "gzip", BAD_GZIP

    def __init__(self) -> None:
        self._inner = decompressor()

    def feed(self, packed: bytes) -> Iterator[bytes]:
        while packed and not self.eof:
            yield self._inner.decompress(packed, UNPACKED_BYTES)
            packed = self._inner.unconsumed_tail

    def flush(self) -> bytes:
        return bytes(self._inner.flush())

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused(self) -> bytes:
        return bytes(self._inner.unused_data)


class Zstd:
    name = "zstd"

    def __init__(self) -> None:
        module = _zstd()
        self.bad, self._inner = module.ZstdError, module.ZstdDecompressor()

    def feed(self, packed: bytes) -> Iterator[bytes]:
        yield self._inner.decompress(packed, UNPACKED_BYTES)
        while not (self.eof or self._inner.needs_input):
            yield self._inner.decompress(b"", UNPACKED_BYTES)

    def flush(self) -> bytes:
        return b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused(self) -> bytes:
        return bytes(self._inner.unused_data)


def unpacker(name: str, first: bytes) -> type[Gzip | Zstd] | None:
    """For an object of this *name* that begins with these bytes, MAGIC_BYTES at least; None where it is not packed."""
    if name.endswith(".gz") or first.startswith(_GZIP_MAGIC):
        return Gzip
    return Zstd if name.endswith((".zst", ".zstd")) or first.startswith(_ZSTD_MAGIC) else None


def _zstd() -> Any:
    """Raises BadInput where no package reads it."""
    for name in _ZSTD_MODULES:
        try:
            return import_module(name)
        except ModuleNotFoundError:
            continue
    raise BadInput("this dump is packed by zstd, and nothing that is installed reads it", "pip install 'airflow-dynamodb-emr[zstd]'")
