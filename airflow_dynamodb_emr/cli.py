"""The command `dynamodb-emr`: one small function a verb, and a table of them.

Standard output is the answer, standard error the talk. Exit status:

    0   done and true            2   wrong use or bad input                 130   interrupted
    1   done, the answer is bad  3   AWS refused or could not be reached
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import NamedTuple

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError

ENGINES = ("connector", "worker", "auto")
TRUE, BAD_ANSWER, BAD_INPUT, AWS_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


class Verb(NamedTuple):
    """One verb: what it is for, the arguments it takes, and the function that does it and returns the exit status."""

    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; every error a user can cause or cure ends in a line of facts, a hint and the exit status above."""
    arguments = parser().parse_args(argv)
    try:
        return VERBS[arguments.verb].run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        status = _status(error)
        if status is None:
            raise
        print(f"dynamodb-emr {arguments.verb}: {error}", file=sys.stderr)
        return status


def parser() -> ArgumentParser:
    """The whole command line; `docs/cli.md` is made from it."""
    root = ArgumentParser(prog="dynamodb-emr", description="Back up and restore DynamoDB tables with Airflow and EMR.")
    root.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = root.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, verb in VERBS.items():
        verb.arguments(verbs.add_parser(name, help=verb.help, description=f"{verb.help[:1].upper()}{verb.help[1:]}."))
    return root


def _status(error: Exception) -> int | None:
    """The exit status of an expected error; None for a mistake of ours, which deserves its traceback."""
    from botocore.exceptions import BotoCoreError, ClientError  # here, because --help and --version should not wait for it

    if isinstance(error, BadInput):
        return BAD_INPUT
    if isinstance(error, DynamoDBBackupError):
        return BAD_ANSWER
    return AWS_FAILED if isinstance(error, (BotoCoreError, ClientError)) else None


def _local_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on (default: %(default)s, this machine only)")
    parser.add_argument("--port", default=5005, type=_port, metavar="N", help="port to listen on; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--fleet", default=0, type=_count, metavar="N", help="fill it with N tables in prefixes PROD_, STAGE_ and DEV_")


def _local(arguments: Namespace) -> int:
    try:
        from airflow_dynamodb_emr.local.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("airflow_dynamodb_emr"):
            raise
        raise BadInput(f"{error.name} is not installed", "pip install 'airflow-dynamodb-emr[local]'") from error
    try:
        serve(arguments.port, arguments.fleet, arguments.host)
    except SystemExit:  # of the web server, which has said that the port is taken
        return BAD_INPUT
    return INTERRUPTED  # the one way it ends


def _raised_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--base",
        required=True,
        metavar="S3URI",
        help="where the backups are, as in s3://my-backups/dynamodb; other bases that runs were given are looked at too",
    )
    parser.add_argument(
        "--reset",
        action="store_true",
        help="put back each table whose run is over: it has no live cluster, and raised the table 15 minutes ago or more",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _raised(arguments: Namespace) -> int:
    from airflow_dynamodb_emr.verbs import raised  # here, because --help should not wait for boto3

    return raised.run(arguments)


def _plan_arguments(parser: ArgumentParser) -> None:
    parser.epilog = "What is not given comes from the variables AIRFLOW__DYNAMODB_EMR__..., as for a run."
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


def _plan(arguments: Namespace) -> int:
    from airflow_dynamodb_emr.verbs import plan

    return plan.run(arguments)


def _port(text: str) -> int:
    return _count(text, most=65535)


def _count(text: str, most: int = 10_000) -> int:
    number = int(text)  # argparse turns the ValueError into its own message
    if not 0 <= number <= most:
        raise ValueError(text)
    return number


VERBS = {
    "local": Verb("run the stand-in for AWS until interrupted", _local_arguments, _local),
    "plan": Verb("tell what a backup of the tables with a prefix would do, take and cost; touches nothing", _plan_arguments, _plan),
    "raised": Verb("tell which tables' throughput is raised now, from the ledger, and put back what no run will", _raised_arguments, _raised),
}

if __name__ == "__main__":
    sys.exit(main())
