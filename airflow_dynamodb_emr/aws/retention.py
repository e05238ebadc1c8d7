"""Retention of one prefix: chooses among what is there, and forgets. `pruning` deletes the data, later."""

from __future__ import annotations

from datetime import datetime

import msgspec
from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, deleting, forgetting, holding, together
from airflow_dynamodb_emr.aws.errors import is_closed
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.chain import folder_of
from airflow_dynamodb_emr.core.decision import Chosen, Decision, Policy, tops
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.retention import choose
from airflow_dynamodb_emr.errors import DataDamaged

_LOST = "the newest good one is not good any more: nothing is forgotten before all is looked at again"
_AT_ONCE = 16  # are forgotten at a time; before each such lot it is looked whether the newest good one still is


class _Based(msgspec.Struct, frozen=True):
    base: str


class _Planned(msgspec.Struct, frozen=True):
    """As much of plan.json as tells of which tables a backup is, and what it stands on, or will."""

    prefix: str = ""
    increments: dict[str, _Based] = {}


def decide(store: Store, app: S3Uri, policy: Policy, now: datetime) -> Decision:
    """What `forget` would do now; touches nothing."""
    decision = _decide(store, _listed(store, app), policy, now)
    return structs.replace(decision, forget=together.each(lambda chosen: _with_lock(store, chosen), decision.forget))


def forget(store: Store, app: S3Uri, policy: Policy, now: datetime) -> Decision:
    """What was forgotten, and what stays. An increment goes before what it stands on."""
    entries = _listed(store, app)
    decision, done = _decide(store, entries, policy, now), dict[str, Chosen]()
    while left := [chosen for chosen in decision.forget if chosen.entry.uri not in done]:
        coming = tops(left)[:_AT_ONCE]
        if all(together.each(lambda newest: _is_still_good(store, newest), decision.newest_good)):
            whys = together.each(lambda chosen: forgetting.forget(store, chosen.entry, chosen.why, now, policy.idle), coming, _AT_ONCE)
        else:
            coming, whys = left, [_LOST] * len(left)
        done |= {chosen.entry.uri: chosen for chosen, why in zip(coming, whys, strict=True) if not why}
        held = {chosen.entry.uri: why for chosen, why in zip(coming, whys, strict=True) if why}
        decision = choose(entries, policy, now, held | {kept.entry.uri: kept.why for kept in decision.keep}) if held else decision
    return structs.replace(decision, forget=[chosen for chosen in decision.forget if chosen.entry.uri in done])


def _listed(store: Store, app: S3Uri) -> list[Entry]:
    """With what each stands on: one that is under way has not said so yet, but its plan has."""
    return together.each(lambda entry: _with_bases(store, entry), list(catalogue.entries(store, app)))


def _decide(store: Store, entries: list[Entry], policy: Policy, now: datetime) -> Decision:
    wanted = [chosen.entry for chosen in choose(entries, policy, now).forget]
    stays = together.each(lambda entry: _why_not(store, entry, now, policy), wanted, _AT_ONCE)
    return choose(entries, policy, now, {entry.uri: why for entry, why in zip(wanted, stays, strict=True) if why})


def _why_not(store: Store, entry: Entry, now: datetime, policy: Policy) -> str:
    return holding.why_not(store, entry, catalogue.look_at(store, Folder.parse(entry.uri)), now, policy.idle)


def _with_bases(store: Store, entry: Entry) -> Entry:
    """As its plan says; None stays where that cannot be read."""
    if entry.older or entry.stands_on is not None:
        return entry
    try:
        plan = store.load(Folder.parse(entry.uri).plan, _Planned) or _Planned()
    except DataDamaged:
        return entry
    except ClientError as error:
        if not is_closed(error):
            raise
        return entry
    bases = {folder_of(increment.base) for increment in plan.increments.values()}
    return structs.replace(entry, stands_on=sorted(bases), prefix=entry.prefix if entry.counted else plan.prefix or entry.prefix)


def _with_lock(store: Store, chosen: Chosen) -> Chosen:
    verdict = Folder.parse(chosen.entry.uri).verdict
    lock = deleting.lock_of(store.s3, verdict.bucket, {"Key": verdict.key})
    return structs.replace(chosen, why=f"{chosen.why}; it is {lock}, and its data stays as long") if lock else chosen


def _is_still_good(store: Store, newest: Entry) -> bool:
    seen = catalogue.entry(store, Folder.parse(newest.uri))
    return bool(seen and seen.good)
