"""`dynamodb-emr check`: whether a run would find everything as it needs it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

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
    for finding in everything.check(account.clients(settings), settings.checklist(arguments.prefix or "", arguments.purposes or [])):
        found.append(finding)
        if not arguments.json:
            print(*findings.lines([finding]), sep="\n", flush=True)
    if arguments.json:
        print(json.dumps(to_builtins(found), indent=2))
    else:
        print(findings.summary(found), file=sys.stderr)
    return 1 if findings.failed(found) else 0
