"""The command `dynamodb-emr`: one small function a verb, and a table of them.

Standard output is the answer, standard error the talk. Exit status:

    0   done and true            2   wrong use or bad input                 130   interrupted
    1   done, the answer is bad  3   AWS refused or could not be reached
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.errors import BadInput, CopyFailed, DynamoDBBackupError
from airflow_dynamodb_emr.verbs.options import catalogue, copying, retention, running, verifying

TRUE, BAD_ANSWER, BAD_INPUT, AWS_FAILED, INTERRUPTED, UNREAD = 0, 1, 2, 3, 130, 141  # the last as of a program that SIGPIPE ends


class Verb(NamedTuple):
    """One verb: what it is for, the arguments it takes, and the function that does it and returns the exit status."""

    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int] | None = None  # None: it has a module of its own


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; every error a user can cause or cure ends in a line of facts, a hint and the exit status above."""
    arguments = parser().parse_args(argv)
    try:
        return (VERBS[arguments.verb].run or _by_module)(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the answer, as `head` does, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python tries again to write what is left, and fails at its end
        return UNREAD
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
    if isinstance(error, (BotoCoreError, ClientError, CopyFailed)):
        return AWS_FAILED
    return BAD_ANSWER if isinstance(error, DynamoDBBackupError) else None


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


def _by_module(arguments: Namespace) -> int:
    """The verb's own module, imported only now: --help should not wait for boto3."""
    return int(import_module(f"airflow_dynamodb_emr.verbs.{arguments.verb}").run(arguments))


VERBS = {
    "local": Verb("run the stand-in for AWS until interrupted", running.local, _local),
    "check": Verb("try every permission and look at every setting that a run needs", running.check),
    "plan": Verb("tell what a backup of the tables with a prefix would do, take and cost; touches nothing", running.plan),
    "backups": Verb("list the backups there are, newest first, and say which is the newest good one", catalogue.backups),
    "show": Verb("tell of one backup what it holds, table by table", catalogue.show),
    "verify": Verb("tell whether a backup is restorable, by which engines, and what is wrong with it", verifying.verify),
    "dump": Verb("copy one table into a folder in S3, by this process", copying.dump),
    "load": Verb("put the items of one dump into one table, by this process", copying.load),
    "convert": Verb("write the items of one dump in another format, each value as it is", copying.convert),
    "diff": Verb("hold the items of two tables or dumps against each other", copying.diff),
    "forget": Verb("choose by a policy which backups of a prefix are kept, and forget the others", retention.forget),
    "prune": Verb("delete the data of the backups of a prefix that were forgotten", retention.prune),
    "keep": Verb("mark a backup to be kept whatever the policy says", retention.keep),
    "raised": Verb("tell which tables' throughput is raised now, from the ledger, and put back what no run will", running.raised),
}

if __name__ == "__main__":
    sys.exit(main())
