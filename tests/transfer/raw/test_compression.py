from __future__ import annotations

import gzip
import zlib

import pytest

from airflow_dynamodb_emr.transfer.raw import compression

LINES = b'{"Item":{"id":{"S":"k1"}}}\n' * 1000


@pytest.fixture(params=["isal", "zlib"])
def which(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "zlib":
        monkeypatch.setattr(compression, "fast", None)
    else:
        pytest.importorskip("isal")
    return str(request.param)


def packed(lines: bytes) -> bytes:
    packer = compression.compressor()
    return bytes(packer.compress(lines) + packer.flush())


def test_what_is_packed_is_gzip(which: str) -> None:
    assert gzip.decompress(packed(LINES)) == LINES


def test_the_same_lines_are_the_same_bytes_at_any_time(which: str) -> None:
    assert packed(LINES)[4:8] == bytes(4)  # where gzip has a time


def test_what_anybody_has_packed_is_unpacked(which: str) -> None:
    unpacker = compression.decompressor()

    assert unpacker.decompress(gzip.compress(LINES, 9)) + unpacker.flush() == LINES
    assert unpacker.eof


def test_what_is_no_gzip_is_an_error_that_has_a_name(which: str) -> None:
    with pytest.raises(compression.BAD_GZIP):
        compression.decompressor().decompress(b"{}" * 100)


def test_checksums_are_the_usual_ones(which: str) -> None:
    assert compression.crc32(LINES) == zlib.crc32(LINES)
