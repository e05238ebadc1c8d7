from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from any_item import ITEMS
from conftest import BUCKET
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.increments import Lines, changes, fold, requests, stored
from airflow_dynamodb_emr.transfer.lines import Item, dynamodb_line, item

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEYS = ["id", "n"]
Held = dict[str, Item]  # by what tells them apart


def keyed(number: int, **more: Any) -> Item:
    return {**more, "id": {"S": f"k{number}"}, "n": {"N": str(number)}}


def change_line(keys: Item, new: Item | None, old: Item | None = None) -> bytes:
    images = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image is not None}
    return msgspec.json.encode({"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": {name: keys[name] for name in KEYS}, **images})


def of(*lines: bytes) -> Lines:
    return lambda: list(lines)


def folded(base: Sequence[Item], *increments: Lines) -> list[Item]:
    return [item(line) for line in fold(map(dynamodb_line, base), increments, KEYS)]


def test_what_did_not_change_passes_through_untouched() -> None:
    line = b'{"Item": {"n":{"N":"1"} , "x":{"S":"\\u00e9"},"id":{"S":"k1"}}}'

    assert list(fold([line], [of(change_line(keyed(2), None))], KEYS)) == [line]


def test_a_change_replaces_a_deletion_takes_away_and_a_new_item_is_added() -> None:
    base = [keyed(1), keyed(2), keyed(3)]

    after = folded(base, of(change_line(keyed(1), keyed(1, v={"N": "5"})), change_line(keyed(2), None, keyed(2)), change_line(keyed(4), keyed(4))))

    assert after == [keyed(3), keyed(1, v={"N": "5"}), keyed(4)]


def test_the_last_increment_has_the_last_word() -> None:
    increments = [of(change_line(keyed(1), keyed(1, v={"N": str(number)}))) for number in range(3)]

    assert folded([keyed(1)], *increments) == [keyed(1, v={"N": "2"})]
    assert folded([keyed(1)], *increments, of(change_line(keyed(1), None))) == []
    assert folded([], of(change_line(keyed(1), None)), of(change_line(keyed(1), keyed(1)))) == [keyed(1)]


def test_a_key_is_the_same_however_its_number_is_written() -> None:
    assert folded([{"id": {"S": "k"}, "n": {"N": "1.0"}}], of(change_line({"id": {"S": "k"}, "n": {"N": "1"}}, None))) == []


_WINDOW = st.dictionaries(st.integers(0, 5), st.none() | ITEMS, max_size=6)


@given(st.dictionaries(st.integers(0, 5), ITEMS), st.lists(_WINDOW, max_size=3), st.booleans())
def test_base_and_increments_are_the_table_as_it_became(base: dict[int, Item], windows: list[dict[int, Item | None]], old: bool) -> None:
    held = {number: keyed(number, **each) for number, each in base.items()}
    first, increments = list(held.values()), []
    for window in windows:
        lines = []
        for number, each in window.items():
            before, now = held.pop(number, None), keyed(number, **each) if each else None
            lines.append(change_line(keyed(number), now, before if old else None))
            held.update({number: now} if now else {})
        increments.append(of(*lines))

    after = folded(first, *increments)

    assert len(after) == len(held), "each key once"
    assert not compare(after, held.values(), KEYS)
    assert not compare(applied(first, increments), held.values(), KEYS)


def applied(base: Sequence[Item], increments: Sequence[Lines]) -> list[Item]:
    """What a table holds that got the base, and then the requests of each increment."""
    table = {each["id"]["S"]: each for each in base}
    for increment in increments:
        for request in map(msgspec.json.decode, requests(increment(), KEYS)):
            if "DeleteRequest" in request:
                assert request["DeleteRequest"]["Key"].keys() == set(KEYS)
                table.pop(request["DeleteRequest"]["Key"]["id"]["S"], None)
            else:
                new = item(msgspec.json.encode(request["PutRequest"]))
                table[new["id"]["S"]] = new
    return list(table.values())


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"Keys":{"id":{"S":"k"}', id="cut short"),
        pytest.param(b'{"Item":{"id":{"S":"k"},"n":{"N":"1"}}}', id="of a full export"),
        pytest.param(b'{"Keys":{"id":{"S":"k"}}}', id="half a key"),
        pytest.param(b'{"Keys":["id"]}', id="keys of another form"),
        pytest.param(b"\xff\xfe", id="no text"),
    ],
)
def test_a_line_that_is_no_change_is_damage(line: bytes) -> None:
    with pytest.raises(DataDamaged):
        list(changes([line], KEYS))


@pytest.mark.parametrize("line", [change_line(keyed(1), keyed(1)), b"[]", b'{"Item":{"id":{"S":"k"}}}'], ids=["a change", "no object", "half a key"])
def test_a_line_of_the_base_that_is_no_item_is_damage(line: bytes) -> None:
    with pytest.raises(DataDamaged):
        list(fold([line], [], KEYS))


def test_two_changes_of_one_key_within_a_window_are_damage() -> None:
    with pytest.raises(DataDamaged, match="two changes of one key"):
        folded([], of(change_line(keyed(1), keyed(1)), change_line(keyed(1), None)))


def test_the_lines_in_s3_can_be_read_again_and_again(s3: S3Client) -> None:
    uris = [BUCKET / name for name in ("a.json.gz", "b.json.gz")]
    for number, uri in enumerate(uris):
        s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=gzip.compress(b"%d\n\n" % number))

    lines = stored(s3, uris)

    assert list(lines()) == list(lines()) == [b"0", b"1"]
