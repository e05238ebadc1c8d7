"""Which backups of one prefix are kept, which are forgotten, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.keeping import PERIODS, Keep, period
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.words import counted
from airflow_dynamodb_emr.errors import BadInput

OLDER = "the older system's: it is yours to delete"
NEWEST = "the newest good one"
UNDER_WAY = "its run may be under way"
MARKED = "marked to be kept"
_LABEL = 4  # YYYY/MM/DD/HH_MM.SS: tells the backups of one prefix apart, also in a copy of all of them


class Chosen(Noun, frozen=True, kw_only=True):
    entry: Entry
    why: str


class Policy(Noun, frozen=True, kw_only=True):
    keep: Keep
    failed: timedelta = timedelta(days=7)  # what cannot be restored is kept as long, and longer while no newer one is good

    def refuse_off(self) -> None:
        """Raises BadInput for a policy that keeps nothing: it would forget all but one."""
        if self.keep.is_off:
            raise BadInput("keep: no rule keeps a backup", "give at least one, as keep_daily = 7 or --keep-daily 7")

    def __str__(self) -> str:
        return f"{self.keep}; failed ones for {counted(self.failed.days, 'day')}, and until a newer one is good"


class Decision(Noun, frozen=True, kw_only=True):
    """Newest first."""

    keep: list[Chosen]
    forget: list[Chosen]

    @property
    def newest_good(self) -> Entry | None:
        return _newest_good([chosen.entry for chosen in self.keep])


def choose(entries: Iterable[Entry], policy: Policy, now: datetime, held: Mapping[str, str] | None = None) -> Decision:
    """*entries*: of one prefix and region. *held*: by URI, why one is kept whatever the policy says, a restore that reads it for one.

    Raises BadInput for a policy that is off.
    """
    policy.refuse_off()
    found = sorted(entries, key=lambda entry: (entry.time, entry.uri), reverse=True)
    kept = _kept(found, policy, now) | {entry.uri: held[entry.uri] for entry in found if held and entry.uri in held}
    kept |= _bases(found, kept)
    return Decision(
        keep=[Chosen(entry=entry, why=kept[entry.uri]) for entry in found if entry.uri in kept],
        forget=[Chosen(entry=entry, why=_why_not(entry, policy)) for entry in found if entry.uri not in kept],
    )


def lines(decision: Decision, policy: Policy) -> list[str]:
    rows = [(word, *_row(each)) for word, some in (("keep", decision.keep), ("forget", decision.forget)) for each in some]
    rows.sort(key=lambda row: row[1], reverse=True)
    return [str(policy), *(columns(rows, {0, 1, 2, 3, 4}) if rows else ["  there is no backup"])]


def _row(chosen: Chosen) -> tuple[str, ...]:
    return f"{chosen.entry.time:%Y-%m-%d %H:%M:%S}", chosen.entry.verdict.value, chosen.entry.uri, chosen.why


def _kept(found: Sequence[Entry], policy: Policy, now: datetime) -> dict[str, str]:
    good = [entry for entry in found if _is_good(entry)]
    kept = {entry.uri: why for entry in found if not _is_good(entry) and (why := _kept_anyway(entry, policy, now, _newest_good(found)))}
    kept |= {uri: "; ".join(whys) for uri, whys in _by_rule(good, policy.keep, now).items()}
    return kept | {entry.uri: MARKED for entry in found if entry.kept}


def _by_rule(good: Sequence[Entry], keep: Keep, now: datetime) -> dict[str, list[str]]:
    whys: dict[str, list[str]] = {entry.uri: [NEWEST] for entry in good[:1]}
    for rule, number in keep.rules():
        for entry, label in _newest_of_each(good, rule)[:number]:
            whys.setdefault(entry.uri, []).append(f"{rule} {label}".strip())
    for entry in good:
        if keep.within and entry.time >= now - keep.within:
            whys.setdefault(entry.uri, []).append("within")
    return whys


def _newest_of_each(good: Sequence[Entry], rule: str) -> list[tuple[Entry, str]]:
    if rule not in PERIODS:
        return [(entry, "") for entry in good]
    newest = {period(rule, entry.time): entry for entry in reversed(good)}
    return [(entry, label) for label, entry in sorted(newest.items(), key=lambda each: each[1].time, reverse=True)]


def _kept_anyway(entry: Entry, policy: Policy, now: datetime, newest_good: Entry | None) -> str:
    """Of what no rule counts: why it stays all the same."""
    if entry.older:
        return OLDER
    if entry.verdict in (Verdict.IN_PROGRESS, Verdict.UNVERIFIED):
        return UNDER_WAY if entry.verdict is Verdict.IN_PROGRESS else "nobody has looked whether it is good"
    if newest_good is None or newest_good.time < entry.time:
        return f"{entry.verdict.value}: kept while no newer one is good"
    if entry.time > now - policy.failed:
        return f"{entry.verdict.value}: kept for {counted(policy.failed.days, 'day')}"
    return ""


def _why_not(entry: Entry, policy: Policy) -> str:
    if _is_good(entry):
        return "no rule keeps it"
    return f"{entry.verdict.value}: older than {counted(policy.failed.days, 'day')}, and a newer one is good"


def _bases(found: Sequence[Entry], kept: Mapping[str, str]) -> dict[str, str]:
    """What a kept one stands on is kept, and what that stands on: an increment alone restores nothing."""
    by_label, waiting, bases = {_label(entry.uri): entry for entry in found}, [entry for entry in found if entry.uri in kept], dict[str, str]()
    while waiting:
        above = waiting.pop()
        for uri in above.stands_on or []:
            base = by_label.get(_label(uri))
            if base and base.uri not in kept and base.uri not in bases:
                bases[base.uri] = f"{above.time:%Y-%m-%d %H:%M:%S} stands on it"
                waiting.append(base)
    return bases


def _label(uri: str) -> str:
    return "/".join(uri.rstrip("/").split("/")[-_LABEL:])


def _newest_good(found: Sequence[Entry]) -> Entry | None:
    return max((entry for entry in found if _is_good(entry)), key=lambda entry: entry.time, default=None)


def _is_good(entry: Entry) -> bool:
    """The older system's are left out of the count: they are not ours to forget, nor to rely on."""
    return entry.verdict is Verdict.VALID and not entry.older
