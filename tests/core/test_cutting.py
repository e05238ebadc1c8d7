from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.cutting import MIB, SEGMENTS_AT_MOST, cut

FAST = 4000.0  # read units a second


@pytest.mark.parametrize(
    ("size", "segments"),
    [
        pytest.param(0, 1, id="empty, or too new to have a size"),
        pytest.param(4 * MIB, 1, id="small"),
        pytest.param(33 * MIB, 9, id="a bit more"),
        pytest.param(1024 * MIB, 64, id="enough for all hands, wherever its keys are"),
        pytest.param(10 * 1024 * MIB, 320, id="ten gigabytes"),
        pytest.param(10**15, SEGMENTS_AT_MOST, id="a petabyte"),
    ],
)
def test_a_segment_is_of_some_size(size: int, segments: int) -> None:
    assert cut(size, 1000, FAST).segments == segments


@pytest.mark.parametrize(
    ("units", "items"),
    [
        pytest.param(4000, 0, id="fast: pages are as DynamoDB gives them"),
        pytest.param(128, 0, id="a page a second"),
        pytest.param(12.8, 102, id="a tenth of a page a second"),
        pytest.param(0.001, 1, id="next to nothing, yet an item"),
    ],
)
def test_a_page_of_a_slow_table_is_what_it_serves_in_a_second(units: float, items: int) -> None:
    assert cut(1024 * 10_000, 10_000, units).page_items == items


@pytest.mark.parametrize(("units", "items"), [(50, 100), (1, 2), (0.1, 1)])
def test_a_slow_table_that_is_not_counted_yet_is_not_read_item_by_item(units: float, items: int) -> None:
    assert cut(0, 0, units).page_items == items


@given(st.integers(0, 2**45), st.integers(0, 10**9), st.floats(0.1, 1e6))
def test_an_item_collection_is_divided_before_it_is_as_long_as_a_segment(size: int, items: int, units: float) -> None:
    made = cut(size, items, units)

    assert made.share_bytes >= 8 * MIB
    assert made.share_bytes <= max(8 * MIB, size / made.segments / 2)
