"""DynamoDBImport: the data files of a folder into a table, with the refusals of the original."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from gzip import GzipFile
from http.client import HTTPResponse
from io import TextIOWrapper
from typing import IO, Any, cast

import msgspec

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import CONNECTOR_FORMAT
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.connector.clients import S3
from airflow_dynamodb_emr.local.connector.cloud import Cloud
from airflow_dynamodb_emr.local.connector.hadoop import Counters, JavaError, Options, WrongUse, log, run_job, side_by_side
from airflow_dynamodb_emr.local.connector.items import item_as_read
from airflow_dynamodb_emr.local.connector.rate import units_per_second
from airflow_dynamodb_emr.local.connector.writer import Writer

USAGE = "Import <path> <table-name> [<write-ratio>]"
COUNTERS = "org.apache.hadoop.dynamodb.tools.ImportMapper$Counters"
FRAMEWORK = "Map-Reduce Framework"


def load(cloud: Cloud, options: Options) -> None:
    path, table = options.at(0), options.at(1)
    if path is None or table is None:
        raise WrongUse("Not enough parameters")
    ratio = options.number(2, "write ratio")
    with cloud.dynamodb() as dynamodb:
        rate = units_per_second(dynamodb.describe(table), "Write", ratio)
    run_job(partial(_load, cloud, options, path, table, rate))


def _load(cloud: Cloud, options: Options, path: str, table: str, rate: int) -> Counters:
    counters = Counters()
    with cloud.s3() as s3:
        files = _files(s3, path)
    log(f"importformat.ImportInputFormat: Number of S3 files: {len(files)}")
    tasks_at_most = min(options.map_tasks_at_most, max(1, len(files)))
    side_by_side((partial(_map, cloud, file, table, max(1, rate // tasks_at_most), counters) for file in files), tasks_at_most)
    return counters


def _files(s3: S3, path: str) -> list[S3Uri]:
    """What the manifest names; without one, every file that is not hidden."""
    try:
        folder = S3Uri.parse(path)
    except BadInput:
        raise JavaError("org.apache.hadoop.fs.UnsupportedFileSystemException", f"No FileSystem for {path!r}") from None
    names = [name for name in s3.names(folder) if name]
    if not names:
        raise JavaError("java.io.FileNotFoundException", f"No such file or directory: {path}")
    if "manifest" in names:
        return _named(s3, folder / "manifest")
    seen = [name for name in names if name[0] not in "_."]
    if folders := [name for name in seen if name.endswith("/")]:
        raise JavaError("java.io.IOException", f"Not a file: {folder / folders[0]}")
    return [folder / name for name in seen]


def _named(s3: S3, manifest: S3Uri) -> list[S3Uri]:
    """Read as the original does: wherever the URLs point to, be it to the place that a copied backup came from."""
    answer = s3.get(manifest)
    try:
        content = msgspec.json.decode(answer.read() if answer else b"", type=dict[str, Any])
        urls = [S3Uri.parse(entry["url"]) for entry in content.get("entries", [])]
    except (msgspec.MsgspecError, KeyError, TypeError, BadInput) as error:
        raise JavaError("com.google.gson.JsonSyntaxException", f"{manifest}: {error}") from None
    if urls and content.get("version") != CONNECTOR_FORMAT:
        raise JavaError("java.io.IOException", f"Unknown version: {content.get('version')}")
    return urls


def _map(cloud: Cloud, file: S3Uri, table: str, rate: int, counters: Counters) -> None:
    """One mapper: one file."""
    with cloud.s3() as s3, cloud.dynamodb() as dynamodb:
        answer = s3.get(file)
        if answer is None:
            raise JavaError("java.io.FileNotFoundException", f"No such file or directory: {file}")
        writer = Writer(dynamodb, table, rate)
        for line in _lines(answer, file):
            writer.put(item_as_read(line))
        writer.close()
    counters.add(FRAMEWORK, "Map input records", writer.items)
    if writer.items:
        counters.add(COUNTERS, "DYNAMODB_ITEMS_READ_FROM_BACKUP", writer.items)
    log(f"write.AbstractDynamoDBRecordWriter: {writer.items} total items written")


def _lines(answer: HTTPResponse, file: S3Uri) -> Iterator[str]:
    """Unpacked by the name's end alone. A line ends at LF, CR or CR LF."""
    stream = cast("IO[bytes]", GzipFile(fileobj=answer)) if file.key.endswith(".gz") else answer
    with TextIOWrapper(stream, "utf-8", errors="replace") as text:
        for line in text:
            yield line.rstrip("\n")
