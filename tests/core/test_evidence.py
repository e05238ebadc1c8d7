from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.evidence import Evidence, reasons
from airflow_dynamodb_emr.core.steps import COMPLETED

from .makers import part

WHOLE: dict[str, Any] = {"step_state": COMPLETED, "counter": 6, "manifest_found": True, "parts": [part("a"), part("b")]}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param({}, "no EMR step was submitted for it", id="no step"),
        pytest.param({**WHOLE, "step_state": "FAILED", "step_reason": "no space left"}, "its step is FAILED: no space left", id="failed step"),
        pytest.param({**WHOLE, "step_state": "CANCELLED"}, "its step is CANCELLED", id="cancelled step"),
        pytest.param({**WHOLE, "step_state": "RUNNING"}, "its step is RUNNING", id="running step"),
        pytest.param({**WHOLE, "manifest_found": False}, "the step left no manifest", id="no manifest"),
        pytest.param({**WHOLE, "schema_found": False}, "its schema was not saved", id="no schema"),
        pytest.param({**WHOLE, "lost": ["c", "d"]}, "2 parts are gone, c among them", id="lost parts"),
        pytest.param({**WHOLE, "damaged": ["e is cut short"]}, "1 parts cannot be read: e is cut short", id="damaged part"),
        pytest.param({**WHOLE, "counter": None}, "the step's log has no item count (DYNAMODB_ITEMS_READ)", id="no log"),
        pytest.param({**WHOLE, "counter": 7}, "the step read 7 items, the parts hold 6", id="too few items"),
        pytest.param({**WHOLE, "counter": 5}, "the step read 5 items, the parts hold 6", id="too many items"),
        pytest.param({**WHOLE, "counter": 0}, "the step read 0 items, the parts hold 6", id="a counter of none"),
    ],
)
def test_a_dump_that_does_not_count_says_why(found: dict[str, Any], words: str) -> None:
    assert reasons(Evidence(**found)) == [words]


def test_a_whole_dump_counts() -> None:
    assert reasons(Evidence(**WHOLE)) == []


def test_the_dump_of_an_empty_table_counts() -> None:
    assert reasons(Evidence(step_state=COMPLETED, counter=0, manifest_found=True)) == []


def test_everything_that_is_wrong_is_said() -> None:
    assert len(reasons(Evidence(step_state=COMPLETED, counter=1, lost=["x"], damaged=["y"]))) == 4


@given(
    st.sampled_from([None, COMPLETED, "FAILED", "PENDING"]),
    st.none() | st.integers(0, 9),
    st.booleans(),
    st.lists(st.integers(0, 3), max_size=3),
    st.lists(st.just("x"), max_size=1),
    st.lists(st.just("y"), max_size=1),
)
def test_only_a_completed_step_with_every_item_in_place_counts(
    state: str | None, counter: int | None, manifest: bool, items: list[int], lost: list[str], damaged: list[str]
) -> None:
    parts = [part(str(number), items=count) for number, count in enumerate(items)]
    found = Evidence(step_state=state, counter=counter, manifest_found=manifest, parts=parts, lost=lost, damaged=damaged)

    counts = not reasons(found)

    assert counts == (state == COMPLETED and counter == sum(items) and manifest and not lost and not damaged)
