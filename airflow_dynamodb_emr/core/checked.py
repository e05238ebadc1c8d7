"""What a look at every byte of a dump finds; `transfer/checking` looks."""

from __future__ import annotations

from airflow_dynamodb_emr.core.documents import Noun


class Checked(Noun, frozen=True, kw_only=True):
    """One part. Of one that is damaged, what could be read of it."""

    key: str  # relative to the dump's folder
    bytes: int = 0  # as stored
    etag: str = ""
    items: int = 0  # of an increment: changes
    sha256: str = ""  # of the bytes as stored, in hex; empty: there is no such part
    md5: str = ""  # the same
    content_sha256: str = ""  # of the lines, unpacked
    content_bytes: int = 0
    blank_lines: int = 0  # no items, but the connector's import takes each for an item without attributes and fails
    connector_can_load: bool = True
    archived: bool = False  # S3 does not give it out until it is restored there: that says nothing against it
    reasons: list[str] = []  # what is wrong in it: "line 3: ...", "it is ..."; empty: every line of it is an item


class Found(Noun, frozen=True, kw_only=True):
    """A whole dump."""

    parts: list[Checked]  # in the order they were asked for
    duplicates: list[str] = []  # some of the keys that are there more than once, as JSON
    duplicate_count: int = 0  # lines that there would have to be fewer of for each key to be there once

    @property
    def items(self) -> int:
        return sum(part.items for part in self.parts)

    @property
    def connector_can_load(self) -> bool:
        return all(part.connector_can_load and not part.blank_lines for part in self.parts)
