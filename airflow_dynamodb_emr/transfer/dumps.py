"""A dump in S3, in whatever form it is: what is known of it, and its items. `aws/sources.py` finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Copied, Part
from airflow_dynamodb_emr.core.words import counted, size
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import formats, increments, parts
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST
from airflow_dynamodb_emr.transfer.raw.output import DATA
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.write import Blocks
from airflow_dynamodb_emr.transfer.write import items_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SCHEMA = "schema.json"  # beside the manifest
FOLDED = "folded"  # stands for all parts, where there are changes
_OURS = f"{DATA}/part-"
_AT_ONCE = 256  # items: what is made of them stays in the processor's cache

Items = Iterator[tuple[str, Iterable[bytes]]]  # of each part: its key, and its items as JSON


class Found(Noun, frozen=True, kw_only=True):
    """A dump, and how it is read."""

    folder: S3Uri
    parts: list[Part]  # keys are relative to the folder
    form: str  # of its lines, as `formats.WORDS` has them; empty: it has none
    changes: list[list[S3Uri]] = []  # increments that stand on these parts, oldest first, each by its parts
    table: str = ""  # empty: nobody says
    keys: list[str] = []  # none: nobody says
    schemas: list[S3Uri] = []  # where that of its table may lie

    @property
    def items_announced(self) -> int:
        """0 where nobody says."""
        return sum(part.items or 0 for part in self.parts) if self.is_counted else 0

    @property
    def is_counted(self) -> bool:
        """Whether it is known how many items it holds."""
        return not self.changes and all(part.items is not None for part in self.parts)

    @property
    def content_bytes(self) -> int:
        """Unpacked; as stored, where nobody has counted that."""
        return sum(part.content_bytes or part.bytes for part in self.parts)

    def items(self, s3: S3Client, only: Sequence[Part] | None = None) -> Items:
        """Of all parts, or *only* of some. Raises DataDamaged where not all is as its manifest says."""
        if self.changes:
            base, *changes = (increments.stored(s3, uris) for uris in [[self.folder / part.key for part in self.parts], *self.changes])
            yield FOLDED, increments.items(increments.fold(base(), changes, self.keys))
        else:
            yield from items_of(s3, self.folder, self.parts if only is None else only, self.form)

    def __str__(self) -> str:
        items = f"{counted(self.items_announced, 'item')}, " if self.is_counted else ""
        folded = f", with {counted(len(self.changes), 'increment')} folded in" if self.changes else ""
        stored = f"{size(sum(part.bytes for part in self.parts))} in {counted(len(self.parts), 'part')}"
        return f"{self.folder}: {items}{stored}, {formats.WORDS[self.form]}{folded}"


def copied(s3: S3Client, folder: S3Uri) -> Found | None:
    """What the copy engine has written; None where it has not. Raises DataDamaged where that is not finished, or cannot be read."""
    place = Place(s3, folder.bucket, folder.key)
    data = place.read(MANIFEST)
    if data is not None:
        known = documents.decode(data, Copied, folder / MANIFEST)
        return Found(folder=folder, parts=known.parts, form=known.form, table=known.table, keys=known.keys, schemas=schemas_of(folder))
    if any(name.startswith(_OURS) for name in place.names(DATA)):
        raise DataDamaged(f"{folder} holds a dump that was not finished", "the command that began it takes it up, or name another folder")
    return None


def of_files(s3: S3Client, folder: S3Uri) -> Found:
    """What a connector's manifest there names, or every file. Raises NotFound where there is none, BadInput for files of other kinds."""
    found = parts.listed(s3, folder)
    forms = (formats.form_of(s3, folder / part.key) for part in found if part.bytes)
    return Found(folder=folder, parts=found, form=next(filter(None, forms), ""), schemas=schemas_of(folder))


def schemas_of(folder: S3Uri) -> list[S3Uri]:
    """Where that of a dump's table may lie: beside it; or, of a dump in a backup, where that has all of them."""
    backup, _, table = folder.key.rpartition("/")[0].rpartition("/")
    return [folder / SCHEMA, S3Uri(folder.bucket, backup) / "schema" / f"{table}.json"]


def some(items: Iterable[bytes]) -> Iterator[Sequence[bytes]]:
    """Of a part, so many at once as are of use."""
    if isinstance(items, Blocks):
        yield from items.blocks
        return
    items = iter(items)
    while more := list(islice(items, _AT_ONCE)):
        yield more


def flat(items: Items) -> Iterator[bytes]:
    """Of all parts."""
    return chain.from_iterable(each for _, each in items)
