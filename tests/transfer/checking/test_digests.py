from __future__ import annotations

from array import array
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.checking import digests
from airflow_dynamodb_emr.transfer.checking.digests import Digests
from airflow_dynamodb_emr.transfer.checking.fast import DIGESTS

EDGE = 2**54  # between the first buckets
ANY = st.sampled_from([-(2**63), -(2**63) + EDGE - 1, -(2**63) + EDGE, -EDGE, -1, 0, 1, EDGE - 1, EDGE, 2**63 - 1]) | st.integers(-(2**63), 2**63 - 1)


def repeated(found: list[int]) -> dict[int, int]:
    return {digest: times for digest, times in Counter(found).items() if times > 1}


@settings(max_examples=30)
@given(st.lists(st.lists(ANY, max_size=8), max_size=6), st.integers(1, 20))
def test_what_is_there_more_than_once_is_found_wherever_it_is_kept(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[int]], at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("digests")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digests, "AT_ONCE", at_once)
        ours = Digests(folder)
        for block in blocks:
            ours.add(array(DIGESTS, block))

        assert dict(ours.repeated()) == repeated([digest for block in blocks for digest in block])


def test_those_of_several_processes_are_compared(tmp_path: Path) -> None:
    for name in ("0", "1"):
        one = Digests(tmp_path, name)
        one.add(array(DIGESTS, [7, int(name)]))
        one.spill()

    assert dict(Digests(tmp_path).repeated()) == {7: 2}


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    ours = Digests(tmp_path / "gone")
    ours.add(array(DIGESTS, [1]))

    with pytest.raises(CopyFailed, match="keys cannot be compared") as raised:
        ours.spill()

    assert "TMPDIR" in raised.value.hint
