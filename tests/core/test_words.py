from __future__ import annotations

from datetime import timedelta

import pytest

from airflow_dynamodb_emr.core.words import age, counted, duration, printable, size


@pytest.mark.parametrize(("bytes_", "words"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 * 2**30, "5.0 GiB"), (2**41, "2.0 TiB")])
def test_a_size_is_told_in_the_largest_unit_it_has_one_of(bytes_: float, words: str) -> None:
    assert size(bytes_) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.26, "0.3 s"), (10, "10 s"), (89, "89 s"), (120, "2 minutes"), (7200, "2.0 hours")])
def test_a_time_is_told_as_a_person_would(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_one_is_no_plural() -> None:
    assert [counted(number, "part") for number in (0, 1, 2000)] == ["0 parts", "1 part", "2,000 parts"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "in the future"), (0, "0 seconds"), (1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7199, "119 minutes"), (172_800, "2 days")],
)
def test_an_age_is_told_in_the_largest_unit_it_has_two_of(seconds: float, words: str) -> None:
    assert age(timedelta(seconds=seconds)) == words


def test_what_a_terminal_would_obey_is_spelled_out() -> None:
    assert printable('{"a":"ä\x00\x1b[31m\n\ud800"}') == '{"a":"ä\\x00\\x1b[31m\\n\\ud800"}'
