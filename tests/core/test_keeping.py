from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.errors import BadInput


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        pytest.param({"daily": 7, "weekly": 4}, "keep 7 daily and 4 weekly backups", id="two rules"),
        pytest.param(
            {"last": 3, "daily": 7, "weekly": 4, "within": "30d"},
            "keep the last 3, 7 daily and 4 weekly backups, and all within 30 days",
            id="three rules and a span",
        ),
        pytest.param({"last": 1}, "keep the last backup", id="one"),
        pytest.param({"last": 1, "yearly": 1}, "keep the last and 1 yearly backup", id="one of each"),
        pytest.param({"within": "36h"}, "keep all backups within 36 hours", id="hours"),
        pytest.param({"within": "2w"}, "keep all backups within 14 days", id="weeks"),
        pytest.param({}, "no policy is set: every backup is kept", id="none"),
    ],
)
def test_a_policy_says_itself(values: dict[str, Any], sentence: str) -> None:
    assert str(Keep.parse(values)) == sentence


def test_numbers_and_spans_are_read_as_they_are_written_in_a_setting() -> None:
    assert Keep.parse({"last": "3", "hourly": 0, "within": " 8 w "}) == Keep(last=3, within=timedelta(weeks=8))
    assert Keep.parse({"daily": "0", "within": ""}).is_off


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        pytest.param({"daily": -1}, "keep: daily: -1 is no number from 0 on", id="below 0"),
        pytest.param({"daily": "seven"}, "keep: daily: 'seven' is no number from 0 on", id="a word"),
        pytest.param({"within": "30"}, "keep: within: '30' is no span of time", id="a span without unit"),
        pytest.param({"within": "1m"}, "keep: within: '1m' is no span of time", id="months are of no fixed length"),
        pytest.param({"fortnightly": 1}, "keep: there is no rule 'fortnightly'", id="an unknown rule"),
    ],
)
def test_what_is_no_policy_is_refused(values: dict[str, Any], facts: str) -> None:
    with pytest.raises(BadInput) as refused:
        Keep.parse(values)

    assert refused.value.facts == facts and refused.value.hint
