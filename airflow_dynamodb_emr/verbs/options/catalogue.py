"""What `backups` and `show` take."""

from __future__ import annotations

from argparse import ArgumentParser

from airflow_dynamodb_emr.verbs.options.common import base, json, whole


def backups(parser: ArgumentParser) -> None:
    parser.epilog = "A time is as 2026-11-23T02:00:00Z, a day as 2026-11-23, which is one of UTC. Exit status 1: --good found none of some prefix."
    base(parser)
    parser.add_argument("--prefix", metavar="P", help="only those of this prefix (or app, where runs were given one); else of all")
    parser.add_argument("--region", metavar="R", help="only those of this region's tables; else of all")
    parser.add_argument("--since", metavar="T", help="only those of this time or day, and later")
    parser.add_argument("--until", metavar="T", help="only those of this time or day, and earlier")
    parser.add_argument("--limit", type=whole, metavar="N", help="of each prefix the newest N; else all")
    parser.add_argument("--good", action="store_true", help="only good ones: verified, whole, and what `latest` may mean in a restore")
    json(parser)


def show(parser: ArgumentParser) -> None:
    parser.add_argument("backup", metavar="URI", help="the backup's folder, as `backups` prints it")
    json(parser, "its verdict as one JSON document, backup.json, with what the last look at it found as `verification`")
