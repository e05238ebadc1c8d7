from __future__ import annotations

from base64 import b64decode, b64encode
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from airflow_dynamodb_emr.transfer.raw.between import between, later

LONGEST = "x" * 1023
_numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1E125"), max_value=Decimal("1E125")).map(
    lambda number: number if not number or abs(number) >= Decimal("1E-130") else Decimal(0)
)
VALUES = st.one_of(
    st.tuples(*[st.text(min_size=1, max_size=30).map(lambda text: {"S": text})] * 2),
    st.tuples(*[st.binary(min_size=1, max_size=30).map(lambda data: {"B": b64encode(data).decode()})] * 2),
    st.tuples(*[_numbers.map(lambda number: {"N": str(number)})] * 2),
)


def order(value: dict[str, str]) -> Any:
    """As DynamoDB sorts: numbers by value, strings by their UTF-8 bytes, binary by its bytes."""
    ((kind, text),) = value.items()
    return Decimal(text) if kind == "N" else b64decode(text) if kind == "B" else text.encode()


@given(VALUES, st.integers(1, 9))
@example(({"S": LONGEST + "a"}, {"S": LONGEST + "c"}), 7)
@example(({"B": b64encode(b"\x00" * 1024).decode()}, {"B": b64encode(b"\x00" * 1023 + b"\x02").decode()}), 7)
@example(({"S": "a"}, {"S": "a\x00"}), 7)
@example(({"S": "\ud7ff"}, {"S": "\U00010000"}), 7)
@example(({"N": "-1E-130"}, {"N": "1E-130"}), 7)
@example(({"N": "-9.9999999999999999999999999999999999999E+125"}, {"N": "9.9999999999999999999999999999999999999E+125"}), 7)
def test_bounds_rise_between_the_two_and_are_values_that_a_key_may_have(ends: tuple[dict[str, str], dict[str, str]], count: int) -> None:
    low, high = sorted(ends, key=order)
    assume(order(low) < order(high))

    found = between(low, high, count)

    orders = [order(low), *map(order, found), order(high)]
    assert all(one < other for one, other in pairwise(orders))
    assert len(found) <= count
    assert all(may_be_a_key(value) for value in found)


def may_be_a_key(value: dict[str, str]) -> bool:
    ((kind, text),) = value.items()
    if kind != "N":
        return 1 <= len(order(value)) <= 1024
    number = Decimal(text)
    return not number or (len(number.as_tuple().digits) <= 38 and -130 <= number.adjusted() <= 125)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        pytest.param({"N": "0"}, {"N": "8"}, [{"N": str(n)} for n in range(1, 8)], id="numbers"),
        pytest.param({"N": "-1"}, {"N": "1"}, [{"N": text} for text in ("-0.75", "-0.50", "-0.25", "0", "0.25", "0.50", "0.75")], id="about zero"),
        pytest.param({"S": "2026-01-01"}, {"S": "2026-09-01"}, [{"S": f"2026-0{n}-01"} for n in range(2, 9)], id="dates"),
        pytest.param({"B": "AA=="}, {"B": "CA=="}, [{"B": b64encode(bytes([n, 0])).decode()} for n in range(1, 8)], id="bytes"),
    ],
)
def test_bounds_are_evenly_apart(low: dict[str, str], high: dict[str, str], expected: list[dict[str, str]]) -> None:
    ((kind, _),) = low.items()

    found = between(low, high, 7)

    assert [Decimal(v["N"]) if kind == "N" else order(v)[: len(order(e))] for v, e in zip(found, expected, strict=True)] == [
        Decimal(e["N"]) if kind == "N" else order(e) for e in expected
    ]


@given(VALUES)
def test_the_later_of_two_is_the_one_that_sorts_behind(ends: tuple[dict[str, str], dict[str, str]]) -> None:
    assert order(later(*ends)) == max(map(order, ends))
