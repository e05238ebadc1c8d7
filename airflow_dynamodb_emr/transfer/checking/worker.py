"""Who reads the parts of one dump: in this process, or in one that was started for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.blocks import Blocks
from airflow_dynamodb_emr.transfer.checking.digests import Digests
from airflow_dynamodb_emr.transfer.checking.found import Checked, nobody
from airflow_dynamodb_emr.transfer.checking.reader import Reader
from airflow_dynamodb_emr.transfer.checking.tally import Tally
from airflow_dynamodb_emr.transfer.raw.refusals import of_s3
from airflow_dynamodb_emr.transfer.raw.stored import Stored

Heard = Callable[[int, int], None]  # stored bytes and items more than it was told of before
_HEARD_BYTES = 2**20
_ARCHIVED = "InvalidObjectState"
_HINT = "allow s3:GetObject there (and kms:Decrypt), look at bucket and network, and verify again"


class Dump(Noun, frozen=True, kw_only=True):
    """What is to be read, and how."""

    folder: S3Uri
    attributes: list[KeyAttribute]  # of its table's key; none: keys are not looked at
    form: str = ""  # of its lines, as `exact.judge` has it
    md5: bool = True
    content: bool = True
    scratch: str  # a folder of this machine, for what does not fit into memory

    def worker(self, s3: Any, name: str, heard: Heard) -> Worker:
        return Worker(s3, self, name, heard)


class Worker:
    """For one thread."""

    def __init__(self, s3: Any, dump: Dump, name: str = "", heard: Heard = nobody) -> None:
        """*name*: among those who read this dump."""
        self.s3 = s3
        self._dump, self._heard = dump, heard
        self._reader = Reader(dump.attributes, dump.form)
        self.digests = Digests(Path(dump.scratch), name)

    def check(self, key: str) -> Checked:
        """Raises CopyFailed for what S3 refuses, where that is not about this part."""
        try:
            return self._check(key, Stored(self.s3, self._dump.folder.bucket, (self._dump.folder / key).key))
        except DataDamaged as damage:  # there is no such part
            return Checked(key=key, reasons=[self._of(key, damage)])
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == _ARCHIVED:
                return Checked(key=key, archived=True, reasons=["it is archived: restore the object in S3 first"])
            raise of_s3(f"{self._dump.folder / key} could not be read", error, _HINT) from error

    def spill(self) -> None:
        """All digests go into the dump's scratch folder, for whoever compares them."""
        self.digests.spill()

    def keys(self, key: str, wanted: Mapping[int, int]) -> Counter[str]:
        """Keys in this part whose digest is *wanted*, as JSON, and how often they are there. A part that is damaged ends where it is."""
        stored = Stored(self.s3, self._dump.folder.bucket, (self._dump.folder / key).key)
        found: Counter[str] = Counter()
        try:
            for block in Blocks(stored):
                found.update(self._reader.keys(block, wanted))
        except DataDamaged:
            pass  # said when it was checked
        return found

    def _check(self, key: str, stored: Stored) -> Checked:
        blocks, tally, reasons = Blocks(stored, self._dump.md5, self._dump.content), Tally(), []
        heard = _Teller(self._heard)
        try:
            for block in blocks:
                read = self._reader.read(block, tally.connector_can_load)
                self.digests.add(read.digests)
                tally.add(read)
                heard.so_far(stored.bytes, tally.items)
        except DataDamaged as damage:
            reasons = self._whatever_is_left(key, blocks, damage)
        heard.so_far(stored.bytes, tally.items, last=True)
        return Checked(
            key=key,
            bytes=stored.bytes,
            etag=stored.etag,
            items=tally.items,
            sha256=stored.sha256,
            md5=blocks.md5,
            content_sha256=blocks.content_sha256,
            content_bytes=blocks.content_bytes,
            blank_lines=tally.blank_lines,
            connector_can_load=tally.connector_can_load,
            reasons=[*tally.reasons, *reasons],
        )

    def _whatever_is_left(self, key: str, blocks: Blocks, damage: DataDamaged) -> list[str]:
        """Of a part that is damaged: what is stored is hashed to its end."""
        try:
            blocks.drain()
        except DataDamaged as more:
            return [self._of(key, damage), self._of(key, more)]
        return [self._of(key, damage)]

    def _of(self, key: str, damage: DataDamaged) -> str:
        uri = str(self._dump.folder / key)
        return damage.facts.replace(uri, "it", 1)


class _Teller:
    """Tells of a part as it is read, now and then."""

    def __init__(self, heard: Heard) -> None:
        self._heard, self._bytes, self._items = heard, 0, 0

    def so_far(self, stored_bytes: int, items: int, last: bool = False) -> None:
        if last or stored_bytes - self._bytes >= _HEARD_BYTES:
            self._heard(stored_bytes - self._bytes, items - self._items)
            self._bytes, self._items = stored_bytes, items
