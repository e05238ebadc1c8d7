"""What `dump` and `load` take."""

from __future__ import annotations

from argparse import ArgumentParser

from airflow_dynamodb_emr.verbs.options.common import FROM_SETTINGS, connections, json, units, whole


def dump(parser: ArgumentParser) -> None:
    parser.epilog = f"The same command takes up a dump that was broken off. {FROM_SETTINGS}"
    parser.add_argument("table", metavar="TABLE")
    parser.add_argument("into", metavar="S3URI", help="folder that holds no dump yet, as in s3://my-backups/orders")
    units(parser, "read")
    parser.add_argument("--read-ratio", metavar="R", help="share of the table's own read units that it may take")
    parser.add_argument("--segments", type=whole, metavar="N", help="slices that the table is read in; else by its size")
    connections(parser)
    parser.add_argument("--form", choices=["dynamodb-json", "connector"], help="lines to write (default: dynamodb-json)")
    json(parser, "print the dump's manifest")


def load(parser: ArgumentParser) -> None:
    parser.epilog = f"Items are put over those of the same key; others stay. {FROM_SETTINGS}"
    parser.add_argument("source", metavar="S3URI", help="folder of the dump: of this software's, of the connector's, or of files of such lines")
    parser.add_argument("table", metavar="TABLE")
    parser.add_argument("--create", action="store_true", help="make the table first, from the schema that was saved with the dump")
    units(parser, "write")
    parser.add_argument("--write-ratio", metavar="R", help="share of the table's own write units that it may take")
    connections(parser)
    json(parser)
