"""Retention of one prefix: chooses among what is there, and forgets. `pruning` deletes the data, later."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, deleting, forgetting, together
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.chain import folder_of
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.retention import Chosen, Decision, Policy, choose
from airflow_dynamodb_emr.errors import DataDamaged

_LOST = "the newest good one is not good any more: nothing is forgotten before all is looked at again"


class _Based(msgspec.Struct, frozen=True):
    base: str


class _Planned(msgspec.Struct, frozen=True):
    """As much of plan.json as tells what a backup stands on, or will."""

    increments: dict[str, _Based] = {}


def decide(store: Store, app: S3Uri, policy: Policy, now: datetime) -> Decision:
    """What `forget` would do now; touches nothing."""
    decision = _decide(store, _listed(store, app), policy, now)
    return structs.replace(decision, forget=together.each(lambda chosen: _with_lock(store, chosen), decision.forget))


def forget(store: Store, app: S3Uri, policy: Policy, now: datetime) -> Decision:
    """What was forgotten, and what stays. Newest first: so an increment goes before what it stands on."""
    entries = _listed(store, app)
    decision, held, done = _decide(store, entries, policy, now), dict[str, str](), list[Chosen]()
    for chosen in decision.forget:
        if chosen.entry.uri in {kept.entry.uri for kept in decision.keep}:
            continue
        stays = "" if _is_still_good(store, decision.newest_good) else _LOST
        stays = stays or forgetting.forget(store, chosen.entry, chosen.why, now)
        if not stays:
            done.append(chosen)
            continue
        held[chosen.entry.uri] = stays
        decision = choose(entries, policy, now, held | {kept.entry.uri: kept.why for kept in decision.keep})
    return Decision(keep=decision.keep, forget=done)


def _listed(store: Store, app: S3Uri) -> list[Entry]:
    """With what each stands on: one that is under way has not said so yet, but its plan has."""
    return together.each(lambda entry: _with_bases(store, entry), list(catalogue.entries(store, app)))


def _decide(store: Store, entries: list[Entry], policy: Policy, now: datetime) -> Decision:
    wanted = [chosen.entry for chosen in choose(entries, policy, now).forget]
    stays = together.each(lambda entry: forgetting.why_not(store, entry, store.tagged(Folder.parse(entry.uri).verdict), now), wanted)
    return choose(entries, policy, now, {entry.uri: why for entry, why in zip(wanted, stays, strict=True) if why})


def _with_bases(store: Store, entry: Entry) -> Entry:
    if entry.older or entry.stands_on is not None:
        return entry
    try:
        plan = store.load(Folder.parse(entry.uri).plan, _Planned)
    except DataDamaged:  # nobody can go on with it
        plan = None
    bases = {folder_of(increment.base) for increment in plan.increments.values()} if plan else set()
    return structs.replace(entry, stands_on=sorted(bases))


def _with_lock(store: Store, chosen: Chosen) -> Chosen:
    verdict = Folder.parse(chosen.entry.uri).verdict
    lock = deleting.lock_of(store.s3, verdict.bucket, {"Key": verdict.key})
    return structs.replace(chosen, why=f"{chosen.why}; it is {lock}, and its data stays as long") if lock else chosen


def _is_still_good(store: Store, newest: Entry | None) -> bool:
    seen = newest and catalogue.entry(store, Folder.parse(newest.uri))
    return bool(seen and seen.good)
