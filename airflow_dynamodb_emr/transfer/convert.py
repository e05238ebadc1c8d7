"""The items of a dump in another form: written as this software's own dumps are, part after part, the manifest last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

import msgspec

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import connector_manifest
from airflow_dynamodb_emr.core.words import counted
from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer import dumps, lines, parts
from airflow_dynamodb_emr.transfer.blocks import Blocks
from airflow_dynamodb_emr.transfer.checking.crew import Access, Workers, workers
from airflow_dynamodb_emr.transfer.checking.found import Told, nobody
from airflow_dynamodb_emr.transfer.dumps import Found
from airflow_dynamodb_emr.transfer.raw import dumped, forms
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.journal import Journal
from airflow_dynamodb_emr.transfer.raw.output import Output
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Keys, Slice, segments_of
from airflow_dynamodb_emr.transfer.raw.stored import Stored

ENGINE = "convert"
A_PROCESS_BYTES = 2**24  # stored: what is less is written sooner than another process has started
_EMPTY = re.compile(rb"\[\s*\]|\{\s*\}")


class Work(Noun, frozen=True, kw_only=True):
    """What is converted, and into what: a task for one or several processes."""

    found: Found
    into: S3Uri
    form: str

    def worker(self, s3: Any, name: str, heard: Any) -> Converter:  # noqa: ARG002 - each part has a name of its own
        return Converter(s3, self, heard)

    @property
    def size(self) -> int:
        """In parts, each of which is converted by itself; what has increments folded in is one stream."""
        return 1 if self.found.changes else len(self.found.parts)

    @property
    def job(self) -> Job:
        return Job(str(self.found.folder), Keys(*(self.found.keys or [""])), segments=self.size, form=self.form)

    @property
    def fingerprint(self) -> str:
        """Another, where what is converted is not what it was."""
        return sha256(msgspec.json.encode([self.found.parts, self.found.changes])).hexdigest()


class Converter:
    """For one thread."""

    def __init__(self, s3: Any, work: Work, heard: Any) -> None:
        self._s3, self._work, self._heard = s3, work, heard
        self._place = Place(s3, work.into.bucket, work.into.key)

    def convert(self, slice_: Slice) -> Progress:
        """One part into some, from its beginning: what a try that was broken off has left of it is written over."""
        job, began = self._work.job, datetime.now(timezone.utc).isoformat()
        output = Output(self._place.upload, forms.LINES[job.form], slice_.name, job.part_bytes, [])
        try:
            for items in self._items(slice_):
                self._heard(output.write(items), len(items))
                if output.is_full:
                    output.close_part()
            output.close_part()
        finally:
            output.abort()
        return Progress(slice_, output.parts, done=True, began=began)

    def empties(self, slice_: Slice) -> int:
        """Items of one part that hold an empty list or map, which the connector writes and cannot read."""
        return sum(_empties(block) for block in self._blocks(slice_) if _EMPTY.search(block))

    def _items(self, slice_: Slice) -> Iterator[Any]:
        found = self._work.found
        for _, items in found.items(self._s3, None if found.changes else [found.parts[slice_.segment]]):
            yield from dumps.some(items)

    def _blocks(self, slice_: Slice) -> Iterator[bytes]:
        """Of lines."""
        found = self._work.found
        if found.changes:
            for items in self._items(slice_):
                yield b"\n".join(items)
            return
        uri = found.folder / found.parts[slice_.segment].key
        yield from Blocks(Stored(self._s3, uri.bucket, uri.key))


def _empties(block: bytes) -> int:
    return sum(not lines.connector_can_load(lines.item(line)) for line in block.split(b"\n") if _EMPTY.search(line))


def convert(
    s3: Any, found: Found, into: S3Uri, form: str, *, anyway: bool = False, at_once: int = 1, access: Access | None = None, told: Told = nobody
) -> tuple[dict[str, Any], int]:
    """The manifest, which is written last, and the number of items in it that the connector cannot load. What was begun is taken up.

    Raises BadInput, before anything is written, where the folder is taken or, unless *anyway*, where something could not be loaded from what is
    written; DataDamaged where the dump is not whole; CopyFailed where not all of it could be written.
    """
    began, work, place = datetime.now(timezone.utc), Work(found=found, into=into, form=form), Place(s3, into.bucket, into.key)
    dumped.refuse_taken(place)
    journal = Journal(place, work.job, work.fingerprint)
    stored = sum(part.bytes for part in found.parts)
    with workers(s3, access, work, min(at_once, work.size, stored // A_PROCESS_BYTES), told) as crew:
        empties = _seen(crew, work, anyway) if form == forms.CONNECTOR else 0
        slices = list(_converted(crew, work, journal))
    _refuse_another_count(work, slices)
    if form == forms.CONNECTOR:
        place.put(parts.MANIFEST, connector_manifest([into / part.key for each in slices for part in each.parts]))
    source = Source(found.table, "", "", work.job.keys, 0, 0, 0)
    manifest = dumped.finish(place, work.job, source, ENGINE, slices, began, datetime.now(timezone.utc))
    journal.clear()
    return manifest, empties


def _seen(crew: Workers, work: Work, anyway: bool) -> int:
    empties: int = sum(crew.each("empties", segments_of(work.size)))
    if empties and not anyway:
        facts = f"{work.found.folder} has {counted(empties, 'item')} with empty lists or maps, which the connector writes and cannot load"
        raise BadInput(facts, "take dynamodb-json, which `dynamodb-emr load` and DynamoDB's own import read; --anyway writes it all the same")
    return empties


def _converted(crew: Workers, work: Work, journal: Journal) -> Iterator[Progress]:
    begun = [journal.progress(slice_) for slice_ in segments_of(work.size)]
    yield from (each for each in begun if each.done)
    for done in crew.each("convert", [each.slice for each in begun if not each.done]):
        journal.save(done)
        yield done


def _refuse_another_count(work: Work, slices: list[Progress]) -> None:
    written = sum(part.items for each in slices for part in each.parts)
    if work.found.is_counted and written != work.found.items_announced:
        facts = f"{written} items were written of the {work.found.items_announced} in {work.found.folder}"
        raise CopyFailed(facts, f"{work.into} has no manifest, and is no dump; convert anew into another folder")
