"""`dynamodb-emr raised`: what is raised now, and putting back what no run will."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from datetime import datetime, timezone
from typing import Any

from airflow_dynamodb_emr.aws import janitor
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.janitor import Raised
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.orphans import needed_until
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs import account

RESET_SECONDS, LOOK_SECONDS = 600, 2


def run(arguments: Namespace) -> int:
    """0 when all is told or all is back; 1 when an entry cannot be acted on, or a table is still raised after --reset."""
    base = S3Uri.parse(arguments.base, "--base")
    clients = account.clients(Settings.from_environment().with_form({"base": arguments.base}))
    live = set(janitor.live_names(clients)) if arguments.reset else set()
    found = _reset(clients, base, live) if arguments.reset else list(janitor.raised(clients, base))
    answer = [each.describe(janitor.look(clients, each)) for each in found]
    print(json.dumps(answer, indent=2) if arguments.json else "\n".join(_lines(answer)))
    return 1 if any(each.problem for each in found) or (arguments.reset and found) else 0


def _reset(clients: Clients, base: S3Uri, live: set[str]) -> list[Raised]:
    """Pass after pass until nothing moves any more; what is left."""
    until, said = time.monotonic() + RESET_SECONDS, set[str]()
    while True:
        lines = [_reset_one(clients, each, live) for each in janitor.raised(clients, base) if not each.problem]
        for line in lines:
            if line not in said:
                print(line, file=sys.stderr)
        said.update(lines)
        if not any(janitor.UNDER_WAY in line for line in lines) or time.monotonic() > until:
            return list(janitor.raised(clients, base))
        time.sleep(LOOK_SECONDS)


def _reset_one(clients: Clients, each: Raised, live: set[str]) -> str:
    done = janitor.reset_if_over(clients, each, None, live, datetime.now(timezone.utc))
    if done or not each.entry:
        return done
    until = f"{needed_until(each.entry):%Y-%m-%d %H:%M} UTC"
    return f"{each.entry.table}: left to its run, whose cluster is live, or which may need it until {until}"


def _lines(answer: list[dict[str, Any]]) -> list[str]:
    if not answer:
        return ["no table is raised"]
    rows = [("table", "since (UTC)", "read/write was", "is", "raised by"), *map(_row, answer)]
    return [*columns(rows, {0, 1, 4}), *(f"  {each['problem']}" for each in answer if each["problem"])]


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    was, now = each["original"], each["now"]
    is_now = _units(now) if now else "?" if each["problem"] else "deleted"
    others = [name for name, units in was["indexes"].items() if now and units != now["indexes"].get(name)] if was else []
    raised_too = f" (and {', '.join(others)})" if others else ""
    return each["table"], (each["since"] or "?")[:16].replace("T", " "), _units(was) if was else "?", is_now + raised_too, each["run"] or "?"


def _units(units: dict[str, Any]) -> str:
    """A second."""
    return f"{units['read']}/{units['write']}"
