"""What several verbs take."""

from __future__ import annotations

from argparse import ArgumentParser

ENGINES = ("connector", "worker", "spark", "native", "auto")
PURPOSES = ("backup", "restore", "retention")
FROM_SETTINGS = "What is not given comes from the variables AIRFLOW__DYNAMODB_EMR__..., as for a run."


def base(parser: ArgumentParser, help: str = "where the backups are, as in s3://my-backups/dynamodb") -> None:
    parser.add_argument("--base", required=True, metavar="S3URI", help=help)


def json(parser: ArgumentParser, help: str = "one JSON document") -> None:
    parser.add_argument("--json", action="store_true", help=help)


def units(parser: ArgumentParser, kind: str) -> None:
    """*kind* is read or write."""
    parser.add_argument("--units", type=positive, metavar="N", help=f"{kind} units a second that it may take")


def connections(parser: ArgumentParser) -> None:
    parser.add_argument("--connections", type=whole, default=8, metavar="N", help="calls at a time (default: %(default)s)")


def port(text: str) -> int:
    return count(text, most=65535)


def count(text: str, most: int = 10_000) -> int:
    number = int(text)  # argparse turns the ValueError into its own message
    if not 0 <= number <= most:
        raise ValueError(text)
    return number


def whole(text: str) -> int:
    number = count(text)
    if number < 1:
        raise ValueError(text)
    return number


def many(text: str) -> int:
    """Of what is kept in memory."""
    number = count(text, most=100_000)
    if number < 1:
        raise ValueError(text)
    return number


def positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number
