"""What a dump begins and ends with, whoever copies: the table it is of, a folder that is free, and the manifest, written last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.output import DATA, Part
from airflow_dynamodb_emr.transfer.raw.place import MANIFEST as MANIFEST
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.wire import Refused, Wire

_OURS = re.compile(rf"{DATA}/part-\d+(?:\.\d+)*-\d{{4,}}\.json\.gz")  # as `output.py` names parts


class Source(NamedTuple):
    """The table as it is when the dump begins."""

    name: str
    arn: str
    id: str
    keys: Keys
    items: int  # both are hours old
    bytes: int
    read_units: int  # provisioned; 0: on demand
    status: str = "ACTIVE"

    @classmethod
    def of(cls, wire: Wire, table: str) -> Source:
        """Raises BadInput where there is no such table."""
        try:
            found: Source = wire.until("DescribeTable", json.dumps({"TableName": table}).encode(), _described)
        except Refused as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise
            raise BadInput(f"table {table} is not there", "look at its name, the region and the account") from refusal
        return found._replace(name=table)  # of another account's, it is an ARN

    def refuse_another(self, wire: Wire) -> None:
        """Raises CopyFailed where the name is another table's by now, or nobody's."""
        try:
            now = Source.of(wire, self.name)
        except BadInput as gone:
            raise CopyFailed(f"table {self.name} was deleted while it was copied", "what was copied is no dump of it") from gone
        if now.id != self.id:
            raise CopyFailed(f"table {self.name} was deleted and made anew while it was copied", "dump it again")
        if now.status == "DELETING":
            raise CopyFailed(f"table {self.name} is being deleted while it is copied", "what was copied is no dump of it")


def _described(answer: memoryview) -> Source:
    """Raises ValueError where it is no answer to DescribeTable."""
    try:
        found = json.loads(bytes(answer))["Table"]
        names = [each["AttributeName"] for each in sorted(found["KeySchema"], key=lambda each: str(each["KeyType"]))]
        units = found.get("ProvisionedThroughput", {}).get("ReadCapacityUnits", 0)
        facts = found.get("ItemCount", 0), found.get("TableSizeBytes", 0), units, found.get("TableStatus", "")
        return Source(found["TableName"], found["TableArn"], found.get("TableId", ""), Keys(*names), *facts)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no description of a table: {error!r}") from error


def refuse_taken(place: Place) -> None:
    """Raises BadInput where a dump is already, or anything that would be taken for a part of one and is not ours to drop."""
    if place.read(MANIFEST) is not None:
        raise BadInput(f"{place} holds a dump already", "name another folder: a dump is never written over")
    foreign = next((name for name in place.names(DATA) if not _OURS.fullmatch(name)), None)
    if foreign:
        raise BadInput(f"{place} holds {foreign}, which is no part of a dump", "name an empty folder")


def finish(place: Place, job: Job, source: Source, engine: str, slices: Iterable[Progress], began: datetime, ended: datetime) -> dict[str, Any]:
    """Drops what an earlier try has left, and writes the manifest, once; returns it. Raises CopyFailed where a part is not as it was written.

    A try that was taken for dead may be alive, and write parts of the same names.
    """
    done = sorted(slices, key=lambda each: each.slice.name)
    parts = [part for each in done for part in each.parts]
    place.refuse_finished()
    place.drop_uploads(DATA)
    found = place.objects(DATA)
    for part in parts:
        if found.get(part.key) != (part.bytes, part.etag):
            what = "was written over" if part.key in found else "is gone"
            raise CopyFailed(f"{place}/{part.key} {what} since it was written: does somebody else write here?", "dump into another folder")
    place.delete(sorted(found.keys() - {part.key for part in parts}))
    document = _document(job, source, engine, done, parts, began, ended)
    if not place.put(MANIFEST, json.dumps(document, indent=2).encode() + b"\n", once=True):
        raise CopyFailed(f"{place}: another dump was finished here meanwhile", "name another folder")
    return document


def _document(job: Job, source: Source, engine: str, slices: list[Progress], parts: list[Part], began: datetime, ended: datetime) -> dict[str, Any]:
    return {
        "format": 1,
        "tool": __version__,
        "engine": engine,
        "form": job.form,
        "table": source.name,
        "arn": source.arn,
        "table_id": source.id,
        "keys": [key for key in source.keys if key],
        "items": sum(part.items for part in parts),
        "bytes": sum(part.bytes for part in parts),
        "content_bytes": sum(part.content_bytes for part in parts),
        "read_units": sum(each.units for each in slices),
        "slices": len(slices),
        "started": min([began.isoformat(), *(each.began for each in slices if each.began)]),  # of what an earlier try has read, too
        "ended": ended.isoformat(),
        "seconds": (ended - began).total_seconds(),
        "parts": [part._asdict() for part in parts],
    }
