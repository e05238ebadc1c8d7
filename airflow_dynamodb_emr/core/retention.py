"""Which backups of one prefix are kept, which are forgotten, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.decision import Chosen, Decision, Policy, label
from airflow_dynamodb_emr.core.keeping import PERIODS, Keep, period
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.words import counted

OLDER = "the older system's: it is yours to delete"
NEWEST = "the newest good one"
SOUND = "the newest good one that stands on nothing bad"
UNDER_WAY = "its run may be under way"
MARKED = "marked to be kept"
AHEAD = "of a time that is still to come: somebody's clock was wrong, so it counts for no rule"


def choose(entries: Iterable[Entry], policy: Policy, now: datetime, held: Mapping[str, str] | None = None) -> Decision:
    """*entries*: of one app and region. *held*: by URI, why one is kept whatever the policy says, a restore that reads it for one.

    Each prefix for itself, where several have one app. Raises BadInput for a policy that is off.
    """
    policy.refuse_off()
    found = sorted(entries, key=lambda entry: (entry.time, entry.uri), reverse=True)
    each = [[entry for entry in found if entry.prefix == prefix] for prefix in dict.fromkeys(entry.prefix for entry in found)]
    relied_on = {some[0].prefix: newest for some in each if (newest := _newest_good(some, found, now))}
    kept = {uri: why for some in each for uri, why in _kept(some, policy, now, relied_on.get(some[0].prefix)).items()}
    kept |= {entry.uri: held[entry.uri] for entry in found if held and entry.uri in held}
    kept |= _bases(found, kept)
    return Decision(
        keep=[Chosen(entry=entry, why=kept[entry.uri]) for entry in found if entry.uri in kept],
        forget=[Chosen(entry=entry, why=_why_not(entry, policy)) for entry in found if entry.uri not in kept],
        newest_good=list(relied_on.values()),
    )


def _kept(some: Sequence[Entry], policy: Policy, now: datetime, newest: Entry | None) -> dict[str, str]:
    good = [entry for entry in some if _counts(entry, now)]
    kept = {entry.uri: why for entry in some if entry not in good and (why := _kept_anyway(entry, policy, now, newest))}
    kept |= {uri: "; ".join(whys) for uri, whys in _by_rule(good, newest, policy.keep, now).items()}
    return kept | {entry.uri: MARKED for entry in some if entry.kept}


def _by_rule(good: Sequence[Entry], newest: Entry | None, keep: Keep, now: datetime) -> dict[str, list[str]]:
    whys = ({newest.uri: [SOUND]} if newest else {}) | {entry.uri: [NEWEST] for entry in good[:1]}
    for rule, number in keep.rules():
        for entry, named in _newest_of_each(good, rule)[:number]:
            whys.setdefault(entry.uri, []).append(f"{rule} {named}".strip())
    for entry in good:
        if keep.within and entry.time >= now - keep.within:
            whys.setdefault(entry.uri, []).append("within")
    return whys


def _newest_of_each(good: Sequence[Entry], rule: str) -> list[tuple[Entry, str]]:
    if rule not in PERIODS:
        return [(entry, "") for entry in good]
    newest = {period(rule, entry.time): entry for entry in reversed(good)}
    return [(entry, named) for named, entry in sorted(newest.items(), key=lambda each: each[1].time, reverse=True)]


def _kept_anyway(entry: Entry, policy: Policy, now: datetime, newest: Entry | None) -> str:
    """Of what no rule counts: why it stays all the same."""
    if entry.older:
        return OLDER
    if not entry.readable:
        return f"delete it by hand if it is of no use: {entry.reason}"
    if entry.verdict is Verdict.UNVERIFIED:
        return "nobody has looked whether it is good"
    if entry.verdict is Verdict.IN_PROGRESS and (entry.running is None or entry.running > now - policy.idle):
        return UNDER_WAY
    if entry.verdict is Verdict.VALID:
        return AHEAD
    if newest is None or newest.time < entry.time:
        return f"{entry.verdict.value}: kept while no newer one is good"
    return f"{entry.verdict.value}: kept for {counted(policy.failed.days, 'day')}" if entry.time > now - policy.failed else ""


def _why_not(entry: Entry, policy: Policy) -> str:
    if entry.verdict is Verdict.VALID:
        return "no rule keeps it"
    if entry.verdict is Verdict.IN_PROGRESS:
        return f"IN_PROGRESS: nobody has been at it for {counted(policy.idle.days, 'day')}, and a newer one is good"
    return f"{entry.verdict.value}: older than {counted(policy.failed.days, 'day')}, and a newer one is good"


def _bases(found: Sequence[Entry], kept: Mapping[str, str]) -> dict[str, str]:
    """What a kept one stands on is kept, and what that stands on: an increment alone restores nothing."""
    by_label, waiting, bases = {label(entry.uri): entry for entry in found}, [entry for entry in found if entry.uri in kept], dict[str, str]()
    while waiting:
        above = waiting.pop()
        for base, why in _below(above, found, by_label):
            if base.uri not in kept and base.uri not in bases:
                bases[base.uri] = why
                waiting.append(base)
    return bases


def _below(above: Entry, found: Sequence[Entry], by_label: Mapping[str, Entry]) -> list[tuple[Entry, str]]:
    """All that is older where nobody can tell what it stands on; the older system has no increments."""
    if above.stands_on is None and not above.older:
        return [(entry, f"{_made(above)} may stand on it, which nobody can read") for entry in found if entry.time < above.time]
    return [(by_label[name], f"{_made(above)} stands on it") for name in map(label, above.stands_on or []) if name in by_label]


def _made(entry: Entry) -> str:
    return f"{entry.time:%Y-%m-%d %H:%M:%S}"


def _newest_good(some: Sequence[Entry], found: Sequence[Entry], now: datetime) -> Entry | None:
    """One whose bases are good too, if there is any: what stands on something lost cannot be restored."""
    good, by_label = [entry for entry in some if _counts(entry, now)], {label(entry.uri): entry for entry in found}
    return next((entry for entry in good if _is_sound(entry, by_label)), good[0] if good else None)


def _is_sound(entry: Entry, by_label: Mapping[str, Entry]) -> bool:
    waiting, seen = [entry], {entry.uri}
    while waiting:
        above = waiting.pop()
        bases = [by_label.get(label(uri)) for uri in above.stands_on or []]
        if above.stands_on is None or not all(base and base.verdict is Verdict.VALID for base in bases):
            return False
        fresh = [base for base in bases if base and base.uri not in seen]
        waiting, seen = [*waiting, *fresh], seen | {base.uri for base in fresh}
    return True


def _counts(entry: Entry, now: datetime) -> bool:
    """For the rules. The older system's do not: they are not ours to forget, nor to rely on."""
    return entry.verdict is Verdict.VALID and not entry.older and entry.time <= now
