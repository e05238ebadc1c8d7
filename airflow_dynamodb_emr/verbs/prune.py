"""`dynamodb-emr prune`: deletes the data of what was forgotten."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import datetime, timezone

from airflow_dynamodb_emr.aws import pruning
from airflow_dynamodb_emr.core.pruned import Pruned, summary
from airflow_dynamodb_emr.core.words import printable
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs.places import of_prefix


def run(given: Namespace) -> int:
    """1 when something could not be deleted that should have been; what is locked or being read is no failure."""
    store, app = of_prefix(given)
    found, idle = list[Pruned](), Settings.from_environment().retention(given.prefix).idle
    for pruned in pruning.prune_all(store, app, datetime.now(timezone.utc), given.dry_run, idle):
        found.append(pruned)
        if not given.json:
            print(printable(pruned.line(given.dry_run)), flush=True)
    if given.json:
        gone, left = [_pruned(each) for each in found if not each.left], [_left(each) for each in found if each.left]
        print(json.dumps({"pruned": gone, "left": left}, indent=2))
    else:
        print(summary(found, given.dry_run))
    return 1 if any(each.failed for each in found) else 0


def _pruned(pruned: Pruned) -> dict[str, object]:
    return {"uri": pruned.uri, "objects": pruned.objects, "bytes": pruned.bytes, "note": pruned.note}


def _left(pruned: Pruned) -> dict[str, object]:
    return {"uri": pruned.uri, "why": pruned.left, "failed": pruned.failed}
