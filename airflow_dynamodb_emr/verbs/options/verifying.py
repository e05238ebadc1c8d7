"""What `verify` takes."""

from __future__ import annotations

from argparse import ArgumentParser

from airflow_dynamodb_emr.verbs.options.common import json, whole


def verify(parser: ArgumentParser) -> None:
    parser.epilog = (
        "Without --deep no data is read: names, sizes, ETags, counts and documents are held against each other. "
        "The exit status is 0 if every table is VALID, 1 if not; docs/format.md says what is looked at."
    )
    parser.add_argument("backup", metavar="S3URI", help="folder of the backup, as in s3://my-backups/dynamodb/eu-west-1/PROD_/2026/11/23/02_00.00")
    parser.add_argument("--deep", action="store_true", help="read every part: count, hash and parse it, look at keys and for duplicates")
    parser.add_argument("--table", action="append", default=[], metavar="T", help="name or pattern (*, ?) of a table; may be repeated; else all")
    parser.add_argument("--at-once", type=whole, metavar="N", help="parts of a table that --deep reads at a time (default: one a processor)")
    parser.add_argument("--record", action="store_true", help="write what is found beside the verdict: restores go by it")
    json(parser)
