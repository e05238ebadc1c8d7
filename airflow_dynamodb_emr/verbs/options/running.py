"""What `local`, `check`, `plan` and `raised` take."""

from __future__ import annotations

from argparse import ArgumentParser

from airflow_dynamodb_emr.verbs.options.common import ENGINES, FROM_SETTINGS, PURPOSES, base, count, json, port


def local(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on (default: %(default)s, this machine only)")
    parser.add_argument("--port", default=5005, type=port, metavar="N", help="port to listen on; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--fleet", default=0, type=count, metavar="N", help="fill it with N tables in prefixes PROD_, STAGE_ and DEV_")


def plan(parser: ArgumentParser) -> None:
    parser.epilog = FROM_SETTINGS
    parser.add_argument("prefix", metavar="PREFIX", help="what the names of the tables start with")
    parser.add_argument("--exclude", action="append", metavar="PATTERN", help="table name or pattern (*, ?) to leave out; may be repeated")
    parser.add_argument("--engine", choices=ENGINES, help="how the tables are dumped; auto: for each what costs least")
    parser.add_argument("--spike", metavar="HOW", help="'20 minutes', x10, '4000 units' or off")
    parser.add_argument("--read-ratio", metavar="R", help="share of a table's own read units that the dump may take")
    parser.add_argument("--max-read-units", metavar="N", help="read units a second that no table is raised above")
    parser.add_argument("--step-concurrency", metavar="N", help="tables dumped at once by each cluster; 0: as many as needed")
    parser.add_argument("--core-nodes", metavar="N", help="worker nodes of each cluster; 0: as many as needed")
    parser.add_argument("--cluster-template", metavar="FILE", help="YAML or JSON in the form of RunJobFlow: a path or S3 URI")
    json(parser)


def check(parser: ArgumentParser) -> None:
    parser.epilog = f"One line each: ok, NO, or ? for what cannot be known, which fails nothing. {FROM_SETTINGS}"
    base(parser)
    parser.add_argument("--prefix", metavar="P", help="what the names of the tables start with: they are looked at too, and tried on")
    parser.add_argument("--engine", choices=ENGINES, help="how the tables are copied")
    parser.add_argument("--for", action="append", dest="purposes", choices=PURPOSES, help="what is to be done; may be repeated (default: backup)")
    json(parser)


def raised(parser: ArgumentParser) -> None:
    base(parser, "where the backups are, as in s3://my-backups/dynamodb; other bases that runs were given are looked at too")
    parser.add_argument(
        "--reset",
        action="store_true",
        help="put back each table whose run is over: it has no live cluster, and can have no other use for it any more",
    )
    json(parser)
