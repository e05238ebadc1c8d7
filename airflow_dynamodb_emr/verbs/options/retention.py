"""What `forget`, `prune` and `keep` take."""

from __future__ import annotations

from argparse import ArgumentParser

from airflow_dynamodb_emr.verbs.options.common import base, count, json

_PERIODS = {"hourly": "hours", "daily": "days", "weekly": "weeks", "monthly": "months", "yearly": "years"}


def forget(parser: ArgumentParser) -> None:
    parser.epilog = (
        "No data is deleted by this: `dynamodb-emr prune` does that. Without any --keep option the policy is that of the settings, "
        "AIRFLOW__DYNAMODB_EMR__KEEP_... Hours, days and weeks are those of UTC."
    )
    _where(parser)
    parser.add_argument("--keep-last", type=count, metavar="N", help="keep the newest N good backups")
    for rule, periods in _PERIODS.items():
        parser.add_argument(
            f"--keep-{rule}", type=count, metavar="N", help=f"keep the newest good backup of each of the last N {periods} that have one"
        )
    parser.add_argument("--keep-within", metavar="SPAN", help="keep all good backups that are no older, as 36h, 30d or 8w")
    _dry_run(parser)


def prune(parser: ArgumentParser) -> None:
    parser.epilog = "What is locked or being read stays, and is deleted by a later run; that is no failure."
    _where(parser)
    _dry_run(parser)


def keep(parser: ArgumentParser) -> None:
    parser.epilog = "A backup that was forgotten comes back by this, as long as `prune` has not begun to delete its data."
    parser.add_argument("uri", metavar="URI", help="folder of the backup")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--why", default="", metavar="TEXT", help="written down with the mark")
    either.add_argument("--undo", action="store_true", help="take the mark away")
    json(parser)


def _where(parser: ArgumentParser) -> None:
    base(parser)
    parser.add_argument("--prefix", required=True, metavar="P", help="the prefix, or the name of its folder")
    parser.add_argument("--region", metavar="R", help="region of the tables; else the one that AWS is set to")


def _dry_run(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")
    json(parser)
