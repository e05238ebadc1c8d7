"""The tables of one task, round after round: what is done, what is tried again, what is given up. Decides nothing about clusters."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.steps import COMPLETED

ROUNDS = 40  # of one try of a task: its attempts at a table are numbered by it, and there are never so many
MOST_BLIND = 3  # rounds in which nothing could be seen of a cluster that lives


class Ended(Noun, frozen=True, kw_only=True):
    """What became of a table's step in a round."""

    state: str  # EMR's; empty where no step could be submitted
    reason: str = ""
    step: str = ""  # its id
    overran: bool = False  # it was cancelled because it took far longer than estimated


class Round(Noun, frozen=True, kw_only=True):
    """Where a task is with its tables."""

    left: list[str]  # tables that are still to be done
    number: int = 1
    lane: int = 0
    tried: list[int] = []  # lanes that were given up before
    losses: int = 0  # clusters that died under it
    blind: int = 0  # rounds that ended because EMR could not be asked
    failures: dict[str, int] = {}  # table -> how often its own step has failed
    overruns: dict[str, int] = {}  # table -> how often its step took far too long
    done: dict[str, str] = {}  # table -> the step that did it
    given_up: dict[str, str] = {}  # table -> why its last step failed

    def after(self, ended: Mapping[str, Ended], lost: bool, tries: int) -> Round:
        """The next round. *lost*: the cluster has died, and what did not complete is not the fault of its table. *tries*: of each table."""
        done = {table: each.step for table, each in ended.items() if each.state == COMPLETED}
        undone = {} if lost else {table: each for table, each in ended.items() if each.state != COMPLETED}
        failed = {table: each for table, each in undone.items() if each.step}
        failures = {**self.failures, **{table: self.failures.get(table, 0) + 1 for table in failed}}
        blind = self.blind + (len(failed) < len(undone))
        given_up = {table: each.reason for table, each in undone.items() if failures.get(table, 0) >= tries or blind > MOST_BLIND}
        over = {table: self.overruns.get(table, 0) + 1 for table, each in failed.items() if each.overran}
        return structs.replace(
            self,
            left=[table for table in self.left if table not in done and table not in given_up],
            number=self.number + 1,
            losses=self.losses + lost,
            blind=blind,
            failures=failures,
            overruns={**self.overruns, **over},
            done={**self.done, **done},
            given_up={**self.given_up, **given_up},
        )

    def attempt(self, try_number: int) -> int:
        """The number of this round's attempt at each of its tables, like no other's of any try of the task."""
        assert self.number <= ROUNDS  # or two rounds would share a folder
        return (try_number - 1) * ROUNDS + self.number
