from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.spiking import PATTERN, Absolute, Deadline, Multiple, Off, Present, Spike, parse
from airflow_dynamodb_emr.errors import BadInput

NOW = Present(capacity=10, work=120_000, seconds=24_000, kept=5, stretch=1)


@pytest.mark.parametrize(
    ("text", "spike"),
    [
        ("20 minutes", Deadline(minutes=20)),
        ("1 minute", Deadline(minutes=1)),
        ("5 min", Deadline(minutes=5)),
        ("0.02 minutes", Deadline(minutes=0.02)),
        ("90min", Deadline(minutes=90)),
        ("x10", Multiple(times=10)),
        ("x 2.5", Multiple(times=2.5)),
        ("x1.01", Multiple(times=1.01)),
        ("4000 units", Absolute(number=4000)),
        ("1 unit", Absolute(number=1)),
        ("off", Off()),
        ("  Off ", Off()),
        ("X10", Multiple(times=10)),
    ],
)
def test_a_spike_is_said_in_words(text: str, spike: Spike) -> None:
    assert parse(text) == spike


BAD = ["", "20", "0 minutes", "0.0 minutes", "-5 minutes", "x1", "x1.0", "x0.5", "x-2", "x0", "10x", "x", "0 units", "-4000 units", "4000.5 units"]
BAD += [
    "on",
    "off!",
    "20 hours",
    "1e3 units",
    "nan minutes",
    "inf minutes",
    "x10\noff",
    "9999999999 units",
    "\u0665 minutes",
]  # the last: another script's 5


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused_by_name_and_the_hint_lists_the_forms(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        parse(text)

    assert raised.value.facts.startswith(f"spike: {text!r} is neither") and "\n" not in raised.value.facts
    assert all(form in raised.value.hint for form in ("`20 minutes`", "`x10`", "`4000 units`", "`off`"))


@given(st.one_of(st.text(), st.from_regex(r"x? *[0-9.]{1,6} *(minutes?|units?|min|)", fullmatch=True), st.from_regex(PATTERN, fullmatch=True)))
def test_the_form_takes_what_is_taken_here_as_typed(text: str) -> None:
    try:
        parse(text)
    except BadInput:
        assert not re.fullmatch(PATTERN, text)
    else:
        assert re.search(PATTERN, text.strip().lower())


@pytest.mark.parametrize("text", ["20 minutes", "1 minute", "0.5 minutes", "x10", "x1.5", "4000 units", "1 unit", "off"])
def test_a_spike_says_itself(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("spike", "units"),
    [
        pytest.param(Deadline(minutes=20), 105, id="100 for the work, and what the application keeps"),
        pytest.param(Multiple(times=10), 100, id="ten times what it has"),
        pytest.param(Absolute(number=300), 300, id="what was asked for"),
    ],
)
def test_each_kind_of_spike_asks_for_a_capacity(spike: Spike, units: float) -> None:
    assert spike.units(NOW) == units and not spike.declined(NOW)


@pytest.mark.parametrize(
    ("spike", "why"),
    [
        (Off(), "spikes are switched off"),
        (Deadline(minutes=400), "done within 400 minutes as it is"),
        (Absolute(number=10), "not spiked: 10 units are not above the 10 it has"),
    ],
)
def test_a_table_that_needs_none_is_told_why(spike: Spike, why: str) -> None:
    assert spike.declined(NOW) == why
