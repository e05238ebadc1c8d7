"""What each verb takes. Nothing heavy is imported here: `--help` should not wait for boto3."""

from __future__ import annotations

from argparse import ArgumentParser

ENGINES = ("connector", "worker", "spark", "native", "auto")
_FROM_SETTINGS = "What is not given comes from the variables AIRFLOW__DYNAMODB_EMR__..., as for a run."


def local(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on (default: %(default)s, this machine only)")
    parser.add_argument("--port", default=5005, type=_port, metavar="N", help="port to listen on; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--fleet", default=0, type=_count, metavar="N", help="fill it with N tables in prefixes PROD_, STAGE_ and DEV_")


def raised(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--base",
        required=True,
        metavar="S3URI",
        help="where the backups are, as in s3://my-backups/dynamodb; other bases that runs were given are looked at too",
    )
    parser.add_argument(
        "--reset",
        action="store_true",
        help="put back each table whose run is over: it has no live cluster, and can have no other use for it any more",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")


def plan(parser: ArgumentParser) -> None:
    parser.epilog = _FROM_SETTINGS
    parser.add_argument("prefix", metavar="PREFIX", help="what the names of the tables start with")
    parser.add_argument("--exclude", action="append", metavar="PATTERN", help="table name or pattern (*, ?) to leave out; may be repeated")
    parser.add_argument("--engine", choices=ENGINES, help="how the tables are dumped; auto: for each what costs least")
    parser.add_argument("--spike", metavar="HOW", help="'20 minutes', x10, '4000 units' or off")
    parser.add_argument("--read-ratio", metavar="R", help="share of a table's own read units that the dump may take")
    parser.add_argument("--max-read-units", metavar="N", help="read units a second that no table is raised above")
    parser.add_argument("--step-concurrency", metavar="N", help="tables dumped at once by each cluster; 0: as many as needed")
    parser.add_argument("--core-nodes", metavar="N", help="worker nodes of each cluster; 0: as many as needed")
    parser.add_argument("--cluster-template", metavar="FILE", help="YAML or JSON in the form of RunJobFlow: a path or S3 URI")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def dump(parser: ArgumentParser) -> None:
    parser.epilog = f"The same command takes up a dump that was broken off. {_FROM_SETTINGS}"
    parser.add_argument("table", metavar="TABLE")
    parser.add_argument("into", metavar="S3URI", help="folder that holds no dump yet, as in s3://my-backups/orders")
    parser.add_argument("--units", type=_positive, metavar="N", help="read units a second that it may take")
    parser.add_argument("--read-ratio", metavar="R", help="share of the table's own read units that it may take")
    parser.add_argument("--segments", type=_whole, metavar="N", help="slices that the table is read in; else by its size")
    parser.add_argument("--connections", type=_whole, default=8, metavar="N", help="calls at a time (default: %(default)s)")
    parser.add_argument("--form", choices=["dynamodb-json", "connector"], help="lines to write (default: dynamodb-json)")
    parser.add_argument("--json", action="store_true", help="print the dump's manifest")


def load(parser: ArgumentParser) -> None:
    parser.epilog = f"Items are put over those of the same key; others stay. {_FROM_SETTINGS}"
    parser.add_argument("source", metavar="S3URI", help="folder of the dump: of this software's, of the connector's, or of files of such lines")
    parser.add_argument("table", metavar="TABLE")
    parser.add_argument("--create", action="store_true", help="make the table first, from the schema that was saved with the dump")
    parser.add_argument("--units", type=_positive, metavar="N", help="write units a second that it may take")
    parser.add_argument("--write-ratio", metavar="R", help="share of the table's own write units that it may take")
    parser.add_argument("--connections", type=_whole, default=8, metavar="N", help="calls at a time (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _port(text: str) -> int:
    return _count(text, most=65535)


def _count(text: str, most: int = 10_000) -> int:
    number = int(text)  # argparse turns the ValueError into its own message
    if not 0 <= number <= most:
        raise ValueError(text)
    return number


def _whole(text: str) -> int:
    number = _count(text)
    if number < 1:
        raise ValueError(text)
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number
