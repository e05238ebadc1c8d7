"""What reading every byte of a dump's parts finds."""

from __future__ import annotations

from airflow_dynamodb_emr.core.documents import Noun


class Checked(Noun, frozen=True, kw_only=True):
    """One part, read from beginning to end."""

    key: str
    bytes: int  # as stored
    etag: str = ""
    items: int
    sha256: str  # of the bytes as stored
    md5: str = ""
    content_sha256: str = ""  # of the lines, unpacked
    blank_lines: int = 0  # no items, but the connector's import fails at one
    connector_can_load: bool = True
    reasons: list[str] = []  # what is wrong in it, in words


class Found(Noun, frozen=True, kw_only=True):
    """The parts of a dump together."""

    parts: list[Checked]
    duplicates: list[str] = []  # keys that are there more than once, as JSON; some of them
    duplicate_count: int = 0  # of such keys

    @property
    def items(self) -> int:
        return sum(part.items for part in self.parts)

    @property
    def connector_can_load(self) -> bool:
        return all(part.connector_can_load and not part.blank_lines for part in self.parts)
