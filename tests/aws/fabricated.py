"""Whole backups, as each engine leaves them and as this package proves and publishes them, in an S3 that lives in this process."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
from msgspec import structs

from airflow_dynamodb_emr.aws import exportproof, proof
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.aws.verifying import verify
from airflow_dynamodb_emr.core import documents, verdict
from airflow_dynamodb_emr.core.dumping import dump_plan
from airflow_dynamodb_emr.core.engines import CONNECTOR, NATIVE, WORKER, Wished
from airflow_dynamodb_emr.core.exporting import Export, Wish
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Copied, Increment, Part, TableManifest, connector_manifest
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.verdict import Backup, Seen
from airflow_dynamodb_emr.core.verification import Verification
from airflow_dynamodb_emr.transfer.lines import Item, connector_line, dynamodb_line
from tests.core import makers
from tests.core.makers import NOON
from tests.transfer.raw.fake_s3 import BUCKET, FakeS3

APP = S3Uri(BUCKET, "dynamodb/eu-west-1/PROD_")
LATER = NOON + timedelta(days=1)
PLAIN, PACKED, COPIED, EXPORTED, CHANGED = "PROD_plain", "PROD_packed", "PROD_copied", "PROD_exported", "PROD_changed"
TABLES = (PLAIN, PACKED, COPIED, EXPORTED, CHANGED)  # the connector's, plain and gzip; the worker's; DynamoDB's, the whole table and a change
_ENGINES = {PLAIN: CONNECTOR, PACKED: CONNECTOR, COPIED: WORKER, EXPORTED: NATIVE, CHANGED: NATIVE}
_LOG = "26/11/23 12:00:01 INFO mapreduce.Job: Counters: 1\n\t\tDYNAMODB_ITEMS_READ={}\n"

Parts = Sequence[Sequence[bytes]]  # the lines of each part


def item(number: int) -> Item:
    return {"id": {"S": f"item {number}"}, "n": {"N": str(number)}, "tags": {"SS": ["a", "b"]}, "photo": {"B": b"\0" * number}}


ITEMS = [[item(1), item(2), item(3)], [item(4), item(5)]]  # of each table, by part


def change_line(item: Item, kept: bool = True) -> bytes:
    fields = {"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": {"id": item["id"]}, **({"NewImage": item} if kept else {})}
    return msgspec.json.encode(fields)


_LINES: dict[str, Callable[[Item], bytes]] = {
    PLAIN: connector_line,
    PACKED: connector_line,
    COPIED: dynamodb_line,
    EXPORTED: dynamodb_line,
    CHANGED: change_line,
}


def packed(lines: Sequence[bytes]) -> bytes:
    return gzip.compress(plain(lines), 1, mtime=0)


def plain(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


class Fabricated:
    """A backup of five tables, whole, and the one that its increment stands on; each test damages it in its own way."""

    def __init__(
        self, items: Mapping[str, Sequence[Sequence[Item]]] = {}, lines: Mapping[str, Parts] = {}, read_back: float = 2**30, s3: FakeS3 | None = None
    ) -> None:
        """*items*, *lines*: of some tables, in place of `ITEMS`."""
        self.s3 = s3 or FakeS3()
        self.clients = Clients(lambda *_: self.s3, "eu-west-1")
        self.store = Store(cast("Any", self.s3))
        self.lines = {name: lines.get(name) or [list(map(_LINES[name], part)) for part in items.get(name, ITEMS)] for name in TABLES}
        self.read_back = read_back
        self.base, self.folder = (Folder(APP / f"2026/11/{day}/12_00.00") for day in (22, 23))
        self._back_up(self.base, [CHANGED], NOON - timedelta(days=1), None)
        base = self.manifest(CHANGED, self.base)
        assert base.consistent
        self._back_up(
            self.folder, TABLES, NOON, Increment(base=str(self.base.manifest(CHANGED)), base_time=base.consistent, start=base.consistent, end=NOON)
        )

    def look(self, deep: bool = False, at: datetime = LATER, **more: Any) -> Verification:
        return verify(self.clients, self.folder, at, deep=deep, **more)

    def manifest(self, name: str, folder: Folder | None = None) -> TableManifest:
        found = self.store.load((folder or self.folder).manifest(name), TableManifest)
        assert found
        return found

    def key(self, name: str, number: int = 0) -> str:
        """Of a table's part, relative to the backup's folder."""
        return self.manifest(name).parts[number].key

    def __getitem__(self, key: str) -> bytes:
        """What lies at *key*, relative to the backup's folder."""
        return self.s3.objects[(self.folder.uri / key).key]

    def __setitem__(self, key: str, data: bytes) -> None:
        """Somebody puts it there: with an ETag of its own."""
        self.store.put(self.folder.uri / key, data)

    def __delitem__(self, key: str) -> None:
        del self.s3.objects[(self.folder.uri / key).key]

    def rot(self, key: str, data: bytes) -> None:
        """What lies there is not what was put: S3 shows size and ETag of what was."""
        assert len(data) == len(self[key])
        self.s3.objects[(self.folder.uri / key).key] = data

    def edit(self, key: str, old: str, new: str) -> None:
        """In a document; what changes must be there."""
        text = self[key].decode()
        assert old in text
        self[key] = text.replace(old, new, 1).encode()

    def publish(self, folder: Folder | None = None, tables: Sequence[str] = TABLES) -> None:
        """The verdict of what is proven."""
        folder = folder or self.folder
        plan = self.store.load(folder.plan, BackupPlan)
        assert plan
        stored = {name: self.store.read(folder.manifest(name)) or b"" for name in tables}
        told = [verdict.whole(documents.decode(data, TableManifest, name), data, Seen(), False) for name, data in stored.items()]
        self.store.put(folder.verdict, documents.encode(verdict.backup(plan, told, plan.made, [])))
        self.store.put(folder.flag("COMPLETE_SUCCESS"))

    @property
    def verdict(self) -> Backup:
        found = self.store.load(self.folder.verdict, Backup)
        assert found
        return found

    def _back_up(self, folder: Folder, tables: Sequence[str], time: datetime, increment: Increment | None) -> None:
        dumps = [dump_plan(makers.table(name), Pace(), Wished(engine=_ENGINES[name])) for name in tables]
        increments = {CHANGED: increment} if increment else {}
        more: dict[str, Any] = {"made": time, "tables": dumps, "increments": increments, "logs": f"s3://{BUCKET}/logs/{time:%d}"}
        plan = structs.replace(makers.plan(), folder=str(folder.uri), **more)
        self.store.write_once(folder.plan, plan)
        for name in tables:
            self.store.write_once(folder.schema(name), makers.schema(name))
            lines = self.lines[name] if name != CHANGED or increment else [list(map(dynamodb_line, part)) for part in ITEMS]
            reasons = _DUMPED[_ENGINES[name]](self, plan, name, lines)
            assert reasons == []
        self.publish(folder, tables)


def _connector(made: Fabricated, plan: BackupPlan, name: str, parts: Parts) -> list[str]:
    into, pack, ending = plan.root.data(name, 1), *((packed, ".gz") if name == PACKED else (plain, ""))
    urls = [into / f"{number}c1f8d2e{ending}" for number in range(len(parts))]
    for url, lines in zip(urls, parts, strict=True):
        made.store.put(url, pack(lines))
    made.store.put(into / "_SUCCESS")
    made.store.put(into / "manifest", connector_manifest(urls))
    step = Step(id=f"s-{name}", name=f"{name}/1", state="COMPLETED", reason="", started=plan.made, ended=plan.made)
    attempt = Attempt(number=1, cluster="j-1", step=step)
    made.store.put(attempt.log(plan.logs), gzip.compress(_LOG.format(sum(map(len, parts))).encode(), 1))
    return proof.prove(made.store, plan, plan.table(name), attempt, plan.made, made.read_back)


def _worker(made: Fabricated, plan: BackupPlan, name: str, parts: Parts) -> list[str]:
    into, described = plan.root.data(name, 1), makers.schema(name).table
    written = []
    for number, lines in enumerate(parts):
        key, data = f"data/part-0-{number:04}.json.gz", packed(lines)
        made.store.put(into / key, data)
        hashes = {"sha256": hashlib.sha256(data).hexdigest(), "content_sha256": hashlib.sha256(plain(lines)).hexdigest()}
        written.append(Part(key=key, bytes=len(data), etag=made.s3.etags[(into / key).key], items=len(lines), **hashes))
    copied = Copied(
        engine=WORKER,
        form="dynamodb-json",
        table=name,
        arn=described["TableArn"],
        table_id=described["TableId"],
        keys=["id"],
        items=sum(map(len, parts)),
        bytes=sum(part.bytes for part in written),
        content_bytes=0,
        read_units=1,
        started=plan.made,
        ended=plan.made,
        seconds=1,
        parts=written,
    )
    made.store.write_once(into / "manifest.json", copied)
    return proof.prove(made.store, plan, plan.table(name), None, plan.made)


def _native(made: Fabricated, plan: BackupPlan, name: str, parts: Parts) -> list[str]:
    schema, increment = makers.schema(name), plan.increments.get(name)
    wish = Wish.of(schema, plan.run, plan.folder, increment=increment)
    into, id = wish.into(1), f"01{plan.made:%d}-{name}"
    data = into / "AWSDynamoDB" / ("data" if increment else f"{id}/data")
    files = [_file(made, data / f"{number}q7.json.gz", lines) for number, lines in enumerate(parts)]
    arn, items = f"{wish.arn}/export/{id}", sum(file["itemCount"] for file in files)
    window = {"exportFromTime": increment.start, "exportToTime": increment.end} if increment else {"exportTime": plan.made}
    summary = {"exportArn": arn, "startTime": plan.made, "endTime": plan.made, "tableArn": wish.arn, "tableId": schema.table["TableId"], **window}
    summary |= {"itemCount": items, "billedSizeBytes": 1, "outputFormat": "DYNAMODB_JSON"}
    _put_checked(made, into / "AWSDynamoDB" / id / "manifest-files", b"".join(msgspec.json.encode(file) + b"\n" for file in files))
    _put_checked(made, into / "AWSDynamoDB" / id / "manifest-summary", msgspec.json.encode(summary))
    return exportproof.prove(made.store, wish, Export(arn=arn, table=name, status="COMPLETED", into=into, items=items))


def _file(made: Fabricated, uri: S3Uri, lines: Sequence[bytes]) -> dict[str, Any]:
    body = packed(lines)
    made.store.put(uri, body)
    etag = made.s3.etags[uri.key] = hashlib.md5(hashlib.md5(body).digest()).hexdigest() + "-1"  # of an upload in parts, as DynamoDB's are
    return {"itemCount": len(lines), "md5Checksum": _md5(body), "etag": etag, "dataFileS3Key": uri.key}


def _put_checked(made: Fabricated, name: S3Uri, body: bytes) -> None:
    made.store.put(S3Uri(name.bucket, f"{name.key}.json"), body)
    made.store.put(S3Uri(name.bucket, f"{name.key}.md5"), _md5(body).encode())


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body).digest()).decode()


_DUMPED = {CONNECTOR: _connector, WORKER: _worker, NATIVE: _native}
