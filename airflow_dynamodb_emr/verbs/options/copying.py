"""What `dump`, `load`, `convert` and `diff` take."""

from __future__ import annotations

from argparse import ArgumentParser

from airflow_dynamodb_emr.verbs.options.common import FROM_SETTINGS, connections, json, many, units, whole


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
    _source(parser)
    parser.add_argument("table", metavar="TABLE")
    parser.add_argument("--create", action="store_true", help="make the table first, from the schema that was saved with the dump")
    units(parser, "write")
    parser.add_argument("--write-ratio", metavar="R", help="share of the table's own write units that it may take")
    connections(parser)
    json(parser)


def convert(parser: ArgumentParser) -> None:
    parser.epilog = f"The same command takes up what was broken off. {FROM_SETTINGS}"
    _source(parser)
    parser.add_argument("into", metavar="S3URI", help="folder that holds nothing yet")
    parser.add_argument("--to", required=True, choices=["connector", "dynamodb-json"], help="lines to write")
    parser.add_argument("--anyway", action="store_true", help="to connector: write empty lists and maps too, which the connector cannot load")
    parser.add_argument("--at-once", type=whole, metavar="N", help="parts that are converted at a time (default: one a processor)")
    json(parser)


def diff(parser: ArgumentParser) -> None:
    parser.epilog = (
        "Numbers are their value, sets and maps have no order. A table is read eventually consistent: what is written meanwhile may differ. "
        f"Exit status 1: there is a difference. {FROM_SETTINGS}"
    )
    for side in ("A", "B"):
        parser.add_argument(side.lower(), metavar=side, help="a table's name; or a dump's folder in S3, or '<backup>#<table>', as for load")
    parser.add_argument("--keys", metavar="NAME[,NAME]", help="the key attributes, where neither a table nor a dump says which they are")
    parser.add_argument("--sample", type=many, metavar="N", help="compare N keys only, chosen by their hash: the same on both sides, each time")
    units(parser, "read")
    parser.add_argument("--read-ratio", metavar="R", help="share of a table's own read units that it may take")
    connections(parser)
    json(parser)


def _source(parser: ArgumentParser) -> None:
    help = "folder of the dump, in any format that can be read (docs/formats.md); of a table in a backup: 's3://.../<backup>#<table>'"
    parser.add_argument("source", metavar="S3URI", help=help)
