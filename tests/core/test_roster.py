from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core.roster import Start, Status, last, troubles

FIRST = Start(lane=0, number=1, cluster="j-1")


def ended(code: str, state: str = "TERMINATED_WITH_ERRORS", subnet: str = "subnet-a") -> Status:
    return Status(state=state, code=code, message="words", subnet=subnet)


@pytest.mark.parametrize(
    ("state", "ready", "over"),
    [
        ("STARTING", False, False),
        ("BOOTSTRAPPING", False, False),
        ("RUNNING", True, False),
        ("WAITING", True, False),
        ("TERMINATING", False, True),
        ("TERMINATED", False, True),
        ("TERMINATED_WITH_ERRORS", False, True),
    ],
)
def test_each_state_is_waited_for_used_or_given_up(state: str, ready: bool, over: bool) -> None:
    status = Status(state=state)

    assert (status.ready, status.ended) == (ready, over)


@pytest.mark.parametrize(
    ("status", "failed"),
    [
        pytest.param(ended("INSTANCE_FAILURE"), True, id="machines were lost"),
        pytest.param(ended("BOOTSTRAP_FAILURE", "TERMINATING"), True, id="it is still ending"),
        pytest.param(ended("USER_REQUEST", "TERMINATED"), False, id="somebody ended it"),
        pytest.param(ended("ALL_STEPS_COMPLETED", "TERMINATED"), False, id="it was done"),
        pytest.param(Status(state="RUNNING"), False, id="it lives"),
    ],
)
def test_a_cluster_that_somebody_ended_has_not_failed(status: Status, failed: bool) -> None:
    assert status.failed is failed


def test_a_cluster_that_failed_is_made_otherwise_and_elsewhere() -> None:
    following = FIRST.after("j-1", ended("INSTANCE_FLEET_TIMEOUT")).after("j-2", ended("VALIDATION_ERROR", subnet="subnet-b"))

    assert (following.number, following.choice, following.avoid) == (3, 2, ["subnet-a", "subnet-b"])
    assert following.instead_of == "cluster j-2 is TERMINATED_WITH_ERRORS: VALIDATION_ERROR: words"


def test_a_cluster_that_somebody_ended_is_made_once_more_as_it_was() -> None:
    following = FIRST.after("j-1", ended("USER_REQUEST", "TERMINATED"))

    assert (following.number, following.choice, following.avoid) == (2, 0, [])


def test_the_last_start_of_a_lane_counts_whatever_other_lanes_did() -> None:
    starts = [Start(lane=1, number=9), Start(lane=0, number=2), FIRST]

    assert last(starts, 0) == Start(lane=0, number=2)
    assert last(starts, 2) is None


def test_the_report_has_a_line_for_each_cluster_that_was_replaced() -> None:
    second = Start(lane=0, number=2, cluster="j-2", words="on demand", instead_of="cluster j-1 is TERMINATED_WITH_ERRORS: no spot")

    assert troubles([FIRST, second]) == ["cluster j-1 is TERMINATED_WITH_ERRORS: no spot; cluster j-2 was made instead, on demand"]
