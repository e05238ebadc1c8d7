"""`dynamodb-emr forget`: which backups of a prefix are not kept any more; `prune` deletes their data."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import datetime, timezone

from msgspec import structs

from airflow_dynamodb_emr.aws import retention
from airflow_dynamodb_emr.core.decision import Chosen, Decision, Policy, lines
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.words import counted, printable
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs.places import of_prefix


def run(given: Namespace) -> int:
    policy, now = _policy(given), datetime.now(timezone.utc)
    policy.refuse_off()
    store, app = of_prefix(given)
    decision = (retention.decide if given.dry_run else retention.forget)(store, app, policy, now)
    if given.json:
        print(json.dumps({"keep": list(map(_told, decision.keep)), "forget": list(map(_told, decision.forget))}, indent=2))
        return 0
    print("\n".join([*map(printable, lines(decision, policy)), _sum(decision, given.dry_run)]))
    return 0


def _sum(decision: Decision, dry_run: bool) -> str:
    many, all_ = len(decision.forget), counted(len(decision.forget) + len(decision.keep), "backup")
    pruning = "; no data is deleted: `dynamodb-emr prune` does that" if many and not dry_run else ""
    return f"{many} of {all_} {'would be forgotten' if dry_run else 'forgotten'}{pruning}"


def _policy(given: Namespace) -> Policy:
    """What the command line says, or else what the settings say of this prefix."""
    policy = Settings.from_environment().retention(given.prefix)
    said = {rule: value for rule in Keep.__struct_fields__ if (value := getattr(given, f"keep_{rule}")) is not None}
    return structs.replace(policy, keep=Keep.parse(said, "--keep")) if said else policy


def _told(chosen: Chosen) -> dict[str, str]:
    return {"uri": chosen.entry.uri, "why": chosen.why}
