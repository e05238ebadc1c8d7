"""`dynamodb-emr check`: whether a run would find everything as it needs it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator

from msgspec import to_builtins

from airflow_dynamodb_emr.aws.checks import everything
from airflow_dynamodb_emr.core import findings
from airflow_dynamodb_emr.core.findings import Finding
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs import account


def run(arguments: Namespace) -> int:
    """0 where nothing is wrong, also if something cannot be known; 1 where something is."""
    settings = Settings.from_environment().with_form({"base": arguments.base, "engine": arguments.engine})
    found: list[Finding] = []
    looks = _kept(found, everything.check(account.clients(settings), settings.checklist(arguments.prefix or "", arguments.purposes or [])))
    if arguments.json:
        print(json.dumps(to_builtins(list(looks)), indent=2))
        return _status(found)
    for line in findings.lines(looks):
        print(line, flush=True)
    print(findings.summary(found), file=sys.stderr)
    return _status(found)


def _kept(found: list[Finding], looks: Iterable[Finding]) -> Iterator[Finding]:
    """Each as it comes, and all of them in *found* at the end."""
    for finding in looks:
        found.append(finding)
        yield finding


def _status(found: list[Finding]) -> int:
    return 1 if findings.failed(found) else 0
