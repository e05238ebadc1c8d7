"""DynamoDBExport: a table into a new folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.connector.clients import S3, DynamoDB
from airflow_dynamodb_emr.local.connector.cloud import Cloud
from airflow_dynamodb_emr.local.connector.hadoop import Counters, JavaError, Options, WrongUse, log, run_job, side_by_side
from airflow_dynamodb_emr.local.connector.output import DataFile, Folder
from airflow_dynamodb_emr.local.connector.rate import Mapper, Pager, mappers
from airflow_dynamodb_emr.transfer.lines import Item, connector_line

USAGE = "Export <path> <table-name> [<read-ratio>] [<total-segment-count>]"
ITEMS_A_FILE = 100_000
COUNTERS = "org.apache.hadoop.dynamodb.tools.ExportMapper$Counters"
FRAMEWORK = "Map-Reduce Framework"


class _Consumed(msgspec.Struct):
    CapacityUnits: float


class _Page(msgspec.Struct):
    Items: list[Item]
    LastEvaluatedKey: Item | None = None
    ConsumedCapacity: _Consumed | None = None


def export(cloud: Cloud, options: Options) -> None:
    path, table = options.at(0), options.at(1)
    if path is None or table is None:
        raise WrongUse("Not enough parameters")
    ratio, segments = options.number(2, "read ratio"), options.whole_number(3, "segment count")
    with cloud.dynamodb() as dynamodb:
        description = dynamodb.describe(table)
    run_job(partial(_export, cloud, options, path, description, partial(mappers, description, ratio, segments, options.map_tasks_at_most)))
    print(f"Output path: {path}", flush=True)


def _export(cloud: Cloud, options: Options, path: str, description: Mapping[str, Any], shares: Callable[[], list[Mapper]]) -> Counters:
    counters = Counters()
    with cloud.s3() as s3:
        folder = Folder(_new_folder(s3, path), options.compress)
        side_by_side((partial(_map, cloud, description, share, folder, counters) for share in shares()), options.map_tasks_at_most)
        folder.commit(s3)
    counters.add(FRAMEWORK, "Map output records", len(folder.files))
    return counters


def _new_folder(s3: S3, path: str) -> S3Uri:
    try:
        uri = S3Uri.parse(path)
    except BadInput:
        raise JavaError("org.apache.hadoop.fs.UnsupportedFileSystemException", f"No FileSystem for {path!r}") from None
    if next(s3.names(uri, at_most=1), None) is not None or not uri.key:
        raise JavaError("org.apache.hadoop.mapred.FileAlreadyExistsException", f"Output directory {path} already exists")
    return uri


def _map(cloud: Cloud, description: Mapping[str, Any], share: Mapper, folder: Folder, counters: Counters) -> None:
    """One mapper."""
    file, items = None, 0
    with cloud.dynamodb() as dynamodb, cloud.s3() as s3:
        for page in _pages(dynamodb, description, share):
            file = _write(page, file, folder, s3, counters)
            items += len(page)
        if file:
            file.close(s3)
    counters.add(FRAMEWORK, "Map input records", items)
    log(f"tools.ExportMapper: {items} items of {len(share.segments)} segments")


def _pages(dynamodb: DynamoDB, description: Mapping[str, Any], share: Mapper) -> Iterator[list[Item]]:
    """A page of each of the mapper's segments in turn, until all are read."""
    pager = Pager(share.units_per_second, description)
    scan = {"TableName": description["TableName"], "TotalSegments": share.of, "ReturnConsumedCapacity": "TOTAL"}
    waiting: deque[dict[str, Any]] = deque({"Segment": segment} for segment in share.segments)
    while waiting:
        start = waiting.popleft()
        granted, limit = pager.next()
        page = dynamodb.call("Scan", {**scan, **start, "Limit": limit}, _Page)
        pager.used(granted, page.ConsumedCapacity.CapacityUnits if page.ConsumedCapacity else 0.0, len(page.Items))
        if page.LastEvaluatedKey:
            waiting.append({"Segment": start["Segment"], "ExclusiveStartKey": page.LastEvaluatedKey})
        yield page.Items


def _write(page: list[Item], file: DataFile | None, folder: Folder, s3: S3, counters: Counters) -> DataFile | None:
    """The page's lines into *file*, or into new ones where it is full or there is none yet; the file that is open then."""
    lines = [connector_line(item) for item in page]
    while lines:
        if file is None or file.items == ITEMS_A_FILE:
            if file:
                file.close(s3)
            file = folder.new_file()
            counters.add(COUNTERS, "OUTPUT_FILES", 1)
        room = ITEMS_A_FILE - file.items
        file.write(lines[:room])
        counters.add(COUNTERS, "DYNAMODB_ITEMS_READ", len(lines[:room]))
        lines = lines[room:]
    return file
