from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.rounds import MOST_BLIND, ROUNDS, Ended, Round

FAILED, DONE, CUT = Ended(state="FAILED", reason="no disk", step="s-1"), Ended(state="COMPLETED", step="s-2"), Ended(state="CANCELLED", step="s-3")


def test_what_is_done_is_not_done_again_and_what_failed_is() -> None:
    after = Round(left=["a", "b"]).after({"a": DONE, "b": FAILED}, lost=False, tries=3)

    assert (after.left, after.done, after.failures, after.number) == (["b"], {"a": "s-2"}, {"b": 1}, 2)


def test_a_table_that_fails_too_often_is_given_up_with_its_reason_and_the_others_go_on() -> None:
    after = Round(left=["a", "b"], failures={"a": 2}).after({"a": FAILED, "b": FAILED}, lost=False, tries=3)

    assert (after.left, after.given_up) == (["b"], {"a": "no disk"})


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "INTERRUPTED", ""])
def test_the_loss_of_a_cluster_is_no_failure_of_a_table(state: str) -> None:
    after = Round(left=["a", "b"]).after({"a": DONE, "b": Ended(state=state)}, lost=True, tries=1)

    assert (after.left, after.failures, after.losses, after.given_up) == (["b"], {}, 1, {})


def test_a_round_in_which_emr_could_not_be_asked_is_no_failure_of_a_table_until_it_is_one_too_many() -> None:
    unseen = {"a": Ended(state="", reason="EMR does not answer")}
    round_ = Round(left=["a"])
    for _ in range(MOST_BLIND):
        round_ = round_.after(unseen, lost=False, tries=1)

    assert (round_.left, round_.failures) == (["a"], {})
    assert round_.after(unseen, lost=False, tries=1).given_up == {"a": "EMR does not answer"}


def test_a_step_that_took_far_too_long_is_counted_as_such() -> None:
    after = Round(left=["a", "b"]).after({"a": Ended(state="CANCELLED", step="s-4", overran=True), "b": CUT}, lost=False, tries=3)

    assert (after.overruns, after.failures) == ({"a": 1}, {"a": 1, "b": 1})


@given(st.integers(1, 50), st.integers(1, ROUNDS), st.integers(1, 50), st.integers(1, ROUNDS))
def test_no_two_rounds_of_any_try_have_the_same_attempt(one: int, first: int, other: int, second: int) -> None:
    attempts = Round(left=[], number=first).attempt(one), Round(left=[], number=second).attempt(other)

    assert (attempts[0] == attempts[1]) == ((one, first) == (other, second))


ENDS = st.sampled_from([FAILED, DONE, CUT, Ended(state="INTERRUPTED", step="s-5")])


@given(st.lists(st.tuples(st.lists(ENDS, min_size=4, max_size=4), st.booleans()), max_size=12), st.integers(1, 4))
def test_each_table_is_left_done_or_given_up_and_never_two_of_these(history: list[tuple[list[Ended], bool]], tries: int) -> None:
    round_ = Round(left=list("abcd"))
    for ends, lost in history:
        round_ = round_.after({table: end for table, end in zip("abcd", ends, strict=True) if table in round_.left}, lost, tries)

    assert sorted([*round_.left, *round_.done, *round_.given_up]) == list("abcd")
    assert all(round_.failures[table] == tries for table in round_.given_up)
