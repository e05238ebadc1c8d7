from __future__ import annotations

import random
import tempfile
from collections import Counter
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from any_item import ITEMS, NUMBERS
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer import buckets, canonical
from airflow_dynamodb_emr.transfer.canonical import digest_of, key_of, number
from airflow_dynamodb_emr.transfer.compare import EXAMPLES_AT_MOST, Comparison, Difference, Example, compare
from airflow_dynamodb_emr.transfer.lines import Item, json_of


def order(number: object, **attributes: Any) -> dict[str, Any]:
    return {"id": {"N": str(number)}, **attributes}


A = {"M": {"a": {"SS": ["x", "y"]}, "b": {"NS": ["1.50", "2"]}, "c": {"L": [{"N": "100"}, {"B": b"\x01"}]}, "d": {"BS": [b"\x02", b"\x03"]}}}


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        pytest.param({"SS": ["x", "y"]}, {"SS": ["y", "x"]}, True, id="sets have no order"),
        pytest.param({"N": "1.50"}, {"N": "1.5"}, True, id="numbers are their value"),
        pytest.param({"N": "100"}, {"N": "1E+2"}, True, id="numbers with exponents"),
        pytest.param({"N": "-0"}, {"N": "0.00"}, True, id="zeros"),
        pytest.param({"N": "12345678901234567890123456789012345678"}, {"N": "12345678901234567890123456789012345679"}, False, id="38 digits"),
        pytest.param({"N": "1"}, {"S": "1"}, False, id="types"),
        pytest.param({"NS": ["1.50", "2"]}, {"NS": ["2.0", "1.5"]}, True, id="sets of numbers"),
        pytest.param({"SS": ["1"]}, {"SS": ["1.0"]}, False, id="texts are their letters"),
        pytest.param({"L": [{"S": "x"}, {"S": "y"}]}, {"L": [{"S": "y"}, {"S": "x"}]}, False, id="lists have an order"),
        pytest.param({"M": {"a": {"N": "1"}, "b": {"N": "2"}}}, {"M": {"b": {"N": "2.0"}, "a": {"N": "1"}}}, True, id="maps have no order"),
        pytest.param({"B": b"\x00"}, {"B": b"\x00\x00"}, False, id="bytes"),
        pytest.param({"B": b"\x00"}, {"S": "AA=="}, False, id="bytes are no text"),
        pytest.param({"L": []}, {"M": {}}, False, id="empty list and empty map"),
        pytest.param({"NULL": True}, {"BOOL": True}, False, id="null and true"),
    ],
)
def test_what_is_the_same(left: dict[str, Any], right: dict[str, Any], same: bool) -> None:
    nested = [{"M": {"deep": {"L": [value]}}} for value in (left, right)]

    assert bool(compare([order(1, a=left)], [order(1, a=right)], ["id"])) != same
    assert bool(compare([order(1, a=nested[0])], [order(1, a=nested[1])], ["id"])) != same


def test_each_item_is_counted_once() -> None:
    left = [order(1), order(2, a={"S": "x"}), order(3)]
    right = [order("3.0"), order(2, a={"S": "y"}), order(4)]

    difference = compare(left, right, ["id"])

    assert difference == Difference(
        only_in_a=1,
        only_in_b=1,
        different=1,
        equal=1,
        examples=[Example("only_in_a", order(1)), Example("different", order(2)), Example("only_in_b", order(4))],
    )
    assert difference


def test_no_difference_is_false() -> None:
    assert not compare([], [], ["id"])
    assert not compare([order(1)], [order(1)], ["id"])


def test_of_one_key_the_last_item_counts() -> None:
    assert compare([order(1, a={"S": "x"}), order(1)], [order(1, a={"S": "y"}), order(1)], ["id"]) == Difference(equal=1)


def test_examples_are_few() -> None:
    difference = compare([order(n) for n in range(100)], [], ["id"])

    assert (difference.only_in_a, len(difference.examples)) == (100, EXAMPLES_AT_MOST)


def test_every_attribute_of_the_key_tells_items_apart() -> None:
    left, right = {"id": {"S": "x"}, "n": {"N": "1"}}, {"id": {"S": "x"}, "n": {"N": "2"}}

    assert compare([left], [right], ["id", "n"]).only_in_a == 1
    with pytest.raises(DataDamaged, match="lacks the key attribute 'm'"):
        compare([left], [right], ["id", "m"])


@given(ITEMS, st.randoms(use_true_random=False))
def test_order_does_not_matter_where_dynamodb_has_none(item: dict[str, Any], chance: random.Random) -> None:
    assert digest_of(item) == digest_of(shuffled(item, chance))


@given(ITEMS, ITEMS)
def test_different_items_differ(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert digest_of({**left, "x": {"S": "1"}}) != digest_of({**left, "x": {"S": "2"}})
    if left.keys() != right.keys():
        assert digest_of(left) != digest_of(right)


@given(NUMBERS)
def test_a_number_keeps_its_value(text: str) -> None:
    assert number(number(text)) == number(text)
    assert key_of({"n": {"N": text}}, ["n"]) == key_of({"n": {"N": text.replace("E", "e")}}, ["n"])


def shuffled(item: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    def mix(each: Any) -> Any:
        each = list(each)
        chance.shuffle(each)
        return each

    def value(given: dict[str, Any]) -> dict[str, Any]:
        ((kind, inner),) = given.items()
        if kind in ("SS", "NS", "BS"):
            return {kind: mix(inner)}
        if kind == "L":
            return {kind: [value(each) for each in inner]}
        return {kind: shuffled(inner, chance)} if kind == "M" else given

    return {name: value(item[name]) for name in mix(item)}


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little memory that all goes through files, and a bucket is gone through more than once."""
    monkeypatch.setattr(buckets, "IN_MEMORY_BYTES", 500)
    monkeypatch.setattr(buckets, "AT_ONCE_BYTES", 100)
    monkeypatch.setattr(buckets, "_SHIFT", 61)


def sides() -> tuple[list[Item], list[Item]]:
    left = [order(n, a={"S": "x\t\n"}) for n in range(100)]
    right = [order(f"{n}.0", a={"S": "x\t\n" if n % 10 else "y"}) for n in range(20, 130)]
    return left, right


@pytest.mark.usefixtures("crowded")
def test_what_does_not_fit_into_memory_is_compared_in_files() -> None:
    difference = compare(*sides(), ["id"])

    assert (difference.only_in_a, difference.only_in_b, difference.different, difference.equal) == (20, 30, 8, 72)
    assert Counter(each.what for each in difference.examples) == {"only_in_a": 4, "only_in_b": 3, "different": 3}
    assert compare([order(1, a={"S": "x" * 600}), order(1)], [order(1)], ["id"]) == Difference(equal=1), "the last of a key, also in a file"


@pytest.mark.usefixtures("crowded")
def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryDirectory", lambda **_: SimpleNamespace(name="/nowhere/at/all", cleanup=lambda: None))

    with pytest.raises(CopyFailed, match=r"which takes a file in /nowhere/at/all: .*\nHINT: set TMPDIR"):
        compare(*sides(), ["id"])


@pytest.mark.parametrize("size", [1, 7, 40, 1000])
def test_a_sample_is_of_the_same_keys_on_both_sides(size: int) -> None:
    left, right = sides()

    def sampled(left: list[Item], right: list[Item]) -> Difference:
        with Comparison(["id"], size) as comparison:
            comparison.left.add(left)
            comparison.right.add(right)
            return comparison.difference()

    found = sampled(left, right)

    assert sampled(left[::-1], right[::-1]) == found, "by what is there, not by its order"
    assert sampled(left, left) == Difference(equal=min(size, 100))
    assert found.only_in_a + found.different + found.equal <= size
    if size == 1000:
        assert (found.only_in_a, found.only_in_b, found.different, found.equal) == (20, 30, 8, 72)


def test_a_key_that_one_side_has_no_room_for_is_not_missing_there() -> None:
    few, many = [order(n) for n in range(0, 300, 3)], [order(n) for n in range(300)]

    with Comparison(["id"], 30) as comparison:
        comparison.left.add(few)
        comparison.right.add(many)
        found = comparison.difference()

    assert (found.only_in_a, found.different) == (0, 0)
    assert found.equal + found.only_in_b == 30


def test_a_sample_finds_about_the_share_that_differs() -> None:
    left, right = [order(n) for n in range(20_000)], [order(n, **({} if n % 4 else {"a": {"S": "x"}})) for n in range(20_000)]

    with Comparison(["id"], 2_000) as comparison:
        comparison.left.add(left)
        comparison.right.add(right)
        found = comparison.difference()

    assert found.equal + found.different == 2_000
    assert 400 < found.different < 600


@given(ITEMS)
def test_items_as_they_are_on_the_wire_are_the_same_as_decoded_ones(item: Item) -> None:
    raw = msgspec.json.decode(json_of(item))

    assert digest_of(raw) == digest_of(item)
    assert key_of(raw, list(raw)) == key_of(item, list(item))


@pytest.mark.parametrize(
    ("text", "same"),
    [("100", "1E2"), ("-0", "0"), ("0.10", ".1"), ("-1.50", "-15e-1"), ("+7", "7"), ("1E+125", "1" + "0" * 125), ("007", "7"), ("5.", "5")],
)
def test_a_number_may_be_written_in_many_ways(text: str, same: str) -> None:
    assert digest_of({"n": {"N": text}}) == digest_of({"n": {"N": same}})
    assert digest_of({"n": {"N": text}}) != digest_of({"n": {"N": "100.1"}})


@given(NUMBERS)
def test_what_is_taken_for_a_number_as_it_is_is_one(text: str) -> None:
    if not canonical._MAY_DIFFER.search(b'{"N":"%s"}' % text.encode()):
        assert number(text) == text


@pytest.mark.parametrize("item", [{"id": {"N": "1"}, "n": {"N": "1x"}}, {"id": {"N": "x"}}, {"id": {"NS": ["1", "x"]}}])
def test_what_is_no_item_is_damage(item: Any) -> None:
    with pytest.raises(DataDamaged):
        compare([item], [], ["id"])
