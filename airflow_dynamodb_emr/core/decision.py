"""What retention decides: which backups of one prefix are kept, which are forgotten, and why; and what a policy says beside its rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.forgotten import LONGEST_IDLE
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.core.words import counted
from airflow_dynamodb_emr.errors import BadInput

_LABEL = 4  # YYYY/MM/DD/HH_MM.SS: tells the backups of one prefix apart, also in a copy of all of them


class Chosen(Noun, frozen=True, kw_only=True):
    entry: Entry
    why: str


class Policy(Noun, frozen=True, kw_only=True):
    keep: Keep
    failed: timedelta = timedelta(days=7)  # what cannot be restored is kept as long, and longer while no newer one is good
    idle: timedelta = LONGEST_IDLE  # a run that writes nothing for as long was killed: what it has made cannot be restored

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
    newest_good: list[Entry] = []  # of each prefix: what all that is forgotten relies on


def lines(decision: Decision, policy: Policy) -> list[str]:
    rows = [(word, *_row(each)) for word, some in (("keep", decision.keep), ("forget", decision.forget)) for each in some]
    rows.sort(key=lambda row: row[1], reverse=True)
    return [str(policy), *(columns(rows, {0, 1, 2, 3, 4}) if rows else ["  there is no backup"])]


def tops(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Those on which none of the others stands, as far as that is known: what these stand on is forgotten after them."""
    bases = {label(uri) for each in chosen for uri in each.entry.stands_on or []}
    unsure = max((each.entry.time for each in chosen if each.entry.stands_on is None), default=None)
    free = [each for each in chosen if label(each.entry.uri) not in bases and (unsure is None or each.entry.time >= unsure)]
    return free or list(chosen)  # damaged ones may stand on one another


def label(uri: str) -> str:
    return "/".join(uri.rstrip("/").split("/")[-_LABEL:])


def _row(chosen: Chosen) -> tuple[str, ...]:
    return f"{chosen.entry.time:%Y-%m-%d %H:%M:%S}", chosen.entry.verdict.value, chosen.entry.uri, chosen.why
