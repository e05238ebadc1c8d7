"""The connector's two classes as the stand-in runs them in a step:

    python -m airflow_dynamodb_emr.local.connector CLASS [-D name=value]... ARGUMENT...

    org.apache.hadoop.dynamodb.tools.DynamoDBExport [-D...] s3://bucket/new-folder TABLE [RATIO] [SEGMENTS]
    org.apache.hadoop.dynamodb.tools.DynamoDBImport [-D...] s3://bucket/folder TABLE [RATIO]

An emulation of https://github.com/awslabs/emr-dynamodb-connector 5.x: its arguments, files, lines, counters, refusals and exit codes
(0 done, 255 wrong use, 1 anything else). The conformance tests hold its lines against AWS's own library.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from http.client import HTTPException

from airflow_dynamodb_emr.local.connector.cloud import Cloud
from airflow_dynamodb_emr.local.connector.connection import Refused
from airflow_dynamodb_emr.local.connector.exporter import USAGE as EXPORT_USAGE
from airflow_dynamodb_emr.local.connector.exporter import export
from airflow_dynamodb_emr.local.connector.hadoop import JavaError, Options, WrongUse
from airflow_dynamodb_emr.local.connector.importer import USAGE as IMPORT_USAGE
from airflow_dynamodb_emr.local.connector.importer import load

TOOLS: dict[str, tuple[Callable[[Cloud, Options], None], str]] = {
    "org.apache.hadoop.dynamodb.tools.DynamoDBExport": (export, EXPORT_USAGE),
    "org.apache.hadoop.dynamodb.tools.DynamoDBImport": (load, IMPORT_USAGE),
}


def main(arguments: Sequence[str] | None = None) -> int:
    name, *rest = sys.argv[1:] if arguments is None else arguments or [""]
    try:
        return _run(name, rest)
    except (JavaError, Refused, OSError, HTTPException) as error:
        print(f'Exception in thread "main" {error}', file=sys.stderr, flush=True)
        return 1


def _run(name: str, rest: list[str]) -> int:
    if name not in TOOLS:
        raise JavaError("java.lang.ClassNotFoundException", name)
    run, usage = TOOLS[name]
    options = Options.parse(rest)
    try:
        run(Cloud.of(options.settings), options)
    except WrongUse as wrong:
        print(f"Error: {wrong}\nUsage: {usage}", flush=True)
        return 255
    return 0
