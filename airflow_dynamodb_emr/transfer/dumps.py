"""A dump in S3, in whatever form it is: what it holds, and its items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Copied
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import lines, parts
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST
from airflow_dynamodb_emr.transfer.raw.output import DATA
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.write import items_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_OURS = f"{DATA}/part-"

Items = Iterator[tuple[str, Iterable[bytes]]]  # of each part: its key, and its items as JSON


class Found(Noun, frozen=True, kw_only=True):
    """A dump in a folder."""

    folder: S3Uri
    copied: Copied | None  # what the copy engine says of it; None: it is somebody else's
    uris: list[S3Uri] = []  # the parts of somebody else's

    @property
    def items_announced(self) -> int:
        """0 where nobody says."""
        return self.copied.items if self.copied else 0

    def items(self, s3: S3Client) -> Items:
        if self.copied:
            yield from items_of(s3, self.folder, self.copied.parts, self.copied.form)
        for uri in self.uris:
            yield str(uri), _items(s3, uri)


def find(s3: S3Client, folder: S3Uri) -> Found:
    """Raises NotFound where there is none, DataDamaged where what should describe it cannot be read."""
    place = Place(s3, folder.bucket, folder.key)
    data = place.read(MANIFEST)
    if data is not None:
        return Found(folder=folder, copied=documents.decode(data, Copied, folder / MANIFEST))
    if any(name.startswith(_OURS) for name in place.names(DATA)):
        raise DataDamaged(f"{folder} holds a dump that was not finished", "`dynamodb-emr dump` into it takes it up, or name another")
    return Found(folder=folder, copied=None, uris=parts.parts_of(s3, folder))


def _items(s3: S3Client, uri: S3Uri) -> Iterator[bytes]:
    return (lines.json_of(lines.item(line)) for line in parts.lines(s3, uri) if line.strip())
