from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from any_item import ITEMS
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer.checking.exact import INCREMENT
from airflow_dynamodb_emr.transfer.checking.reader import Read, Reader
from airflow_dynamodb_emr.transfer.lines import connector_line, dynamodb_line
from airflow_dynamodb_emr.transfer.raw.forms import CONNECTOR, DYNAMODB_JSON

ID = [KeyAttribute(name="id", type="S")]
KEYS = st.sampled_from([ID, [KeyAttribute(name="id", type="N")], [KeyAttribute(name="S", type="B"), KeyAttribute(name="m", type="N")], []])
VALUES = {"S": st.text(min_size=1, max_size=5), "N": st.integers().map(str), "B": st.binary(min_size=1, max_size=5)}
PLAIN: dict[str, Any] = {
    "id": {"S": "k1"},
    "n": {"N": "1.50"},
    "m": {"M": {"a": {"BOOL": False}, "b": {"L": [{"NULL": True}, {"NULL": True}]}}},
    "x": {"NS": ["1", "-2e3"]},
    "y": {"B": b"abc"},
    "S": {"SS": ["S", "N"]},
}
OTHER = PLAIN | {"id": {"S": "k2"}, "m": {"M": {"a": {"BOOL": True}, "b": {"L": []}}}, "z": {"M": {}}}
MIXED = PLAIN | {"id": {"S": "k3"}, "n": {"NULL": True}}  # values of two types in one place


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[KeyAttribute], str, list[bytes]]:
    """The key of a table, the form of a dump, and its lines."""
    keys, form = draw(KEYS), draw(st.sampled_from(["", CONNECTOR, DYNAMODB_JSON, INCREMENT]))
    key = st.fixed_dictionaries({each.name: VALUES[each.type].map(lambda value, kind=each.type: {kind: value}) for each in keys})
    some = draw(st.lists(st.tuples(ITEMS, key).map(lambda both: both[0] | both[1]), min_size=1, max_size=4))
    write = connector_line if form == CONNECTOR or (not form and draw(st.booleans())) else dynamodb_line
    if form == INCREMENT:
        names = [each.name for each in keys]
        return keys, form, [change_line({name: item[name] for name in names}, item if draw(st.booleans()) else None) for item in some]
    return keys, form, [write(item) for item in some]


def change_line(keys: dict[str, Any], image: dict[str, Any] | None) -> bytes:
    record: dict[str, Any] = {"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": keys}
    return msgspec.json.encode(record | ({"NewImage": image} if image else {}))


# What damages a line, or does not although it looks like it: what is replaced, and by what
CHANGES = [
    *[(b'"S"', b'"N"'), (b'"N"', b'"S"'), (b'"s"', b'"n"'), (b'"N":"', b'"N": "'), (b'"N"', b'"\\u004e"'), (b'"N":"', b'"N":"x'), (b'"N"', b'"n"')],
    *[
        (b"true", b"false"),
        (b"true", b"1"),
        (b'"NULL"', b'"nULLValue"'),
        (b'"nULL"', b'"nULLValue"'),
        (b'":{', b'":{"S":"x",'),
        (b'":{', b'":{},"y":{'),
    ],
    *[
        (b'"}', b'","N":"1"}'),
        (b'"}', b'","M":{}}'),
        (b'"}', b'","S":"y"}'),
        (b"}", b"}}"),
        (b"{", b"{{"),
        (b"{", b"{\n"),
        (b"}", b"}\n"),
        (b"}\n", b"}"),
    ],
    *[(b",", b",\n"), (b":", b":\n"), (b"\n", b"\r\n"), (b"\n", b" \n"), (b"\n", b"\n\n"), (b'"', b"'"), (b'"', b""), (b"e", b"\xff"), (b'"k', b'"')],
    *[(b'"Item"', b'"item"'), (b'{"Item":', b""), (b'"M"', b'"m"'), (b'"M":{', b'"M":{"M":{'), (b'"B":"', b'"B":"A'), (b"[", b"[]"), (b"[", b"[[")],
    *[(b'"id":', b'"ID":'), (b'"id":{"S":"', b'"id":{"S":"","x":"'), (b"\n", b'\n{"Item":{"M":{}}}\n'), (b"\n", b'\n{"Item":{"m":{"m":{}}}}\n')],
    *[(b'"1.50"', text) for text in (b'"1."', b'".5"', b'"+1e5"', b'"1e"', b'"1_0"', b'" 1"', b'"NaN"', b'"-"', b'""', b"1", b'"\xc2\xb2"')],
    *[(b'"N":"1.50"', b'"\\u004e":"x"'), (b'"n":"1.50"', b'"\\u006e":"x"'), (b'"1.50"', b'"1.50","NULL":true'), (b'"1.50"', b'"1.50","nULL":true')],
    *[
        (b'"k1"', b'"k9"'),
        (b'{"N":"1.50"}', b"{}"),
        (b'{"n":"1.50"}', b"{}"),
        (b'[{"', b'["'),
        (b'"YWJj"', b'"YWJ"'),
        (b'"YWJj"', b'"YW=="'),
        (b'"YWJj"', b'"Y==="'),
    ],
]


def damaged(draw: st.DrawFn, block: bytes) -> bytes:
    old, new = draw(st.sampled_from(CHANGES))
    places = list(_places(block, old))
    if not places or draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(block) - 1))
        return block[:at] + draw(st.binary(max_size=2)) + block[at + draw(st.integers(0, 2)) :]
    return _changed(block, draw(st.sampled_from(places)), old, new)


def _places(block: bytes, old: bytes) -> Iterator[int]:
    return (at for at in range(len(block)) if block.startswith(old, at))


def _changed(block: bytes, at: int, old: bytes, new: bytes) -> bytes:
    return block[:at] + new + block[at + len(old) :]


def judged(read: Read) -> tuple[Any, ...]:
    return read.lines, read.items, read.digests, read.blank_lines, list(read.damaged), read.connector_can_load


@settings(max_examples=60, deadline=None)
@given(tables(), st.data())
def test_what_is_read_fast_is_what_an_exact_look_finds(table: tuple[list[KeyAttribute], str, list[bytes]], data: st.DataObject) -> None:
    keys, form, lines = table
    block = b"\n".join(lines) + b"\n"
    reader = Reader(keys, form)
    reader.read(block, loadable=True)

    for text in (block, data.draw(st.composite(damaged)(block))):
        assert judged(reader.read(text, loadable=True)) == judged(Reader(keys, form).read(text, loadable=True))


def block_of(write: Callable[[dict[str, Any]], bytes], *items: dict[str, Any]) -> bytes:
    return b"".join(write(item) + b"\n" for item in items)


def change_of(item: dict[str, Any]) -> bytes:
    return change_line({"id": item["id"]}, item)


FORMS = pytest.mark.parametrize(
    ("form", "write"),
    [
        pytest.param("", connector_line, id="connector"),
        pytest.param("", dynamodb_line, id="wrapped"),
        pytest.param(DYNAMODB_JSON, dynamodb_line, id="DynamoDB JSON"),
        pytest.param(INCREMENT, change_of, id="increment"),
    ],
)
LESSONS = pytest.mark.parametrize("items", [[PLAIN], [PLAIN, OTHER], [PLAIN, MIXED]], ids=["alike", "other names", "several types"])


@FORMS
@LESSONS
def test_no_change_of_a_line_is_seen_otherwise_than_by_an_exact_look(
    form: str, write: Callable[[dict[str, Any]], bytes], items: list[dict[str, Any]]
) -> None:
    block = block_of(write, *items)
    reader = taught(form, block)
    for old, new in CHANGES:
        for at in _places(block, old):
            text = _changed(block, at, old, new)
            found = fast(reader, text)
            if found:
                assert judged(found) == judged(Reader(ID, form).read(text, loadable=True)), (text, old, new)


def taught(form: str, block: bytes) -> Reader:
    reader = Reader(ID, form)
    reader.read(block, loadable=True)
    return reader


def fast(reader: Reader, block: bytes, loadable: bool = True) -> Read | None:
    """What is read without an exact look at any line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_exactly", lambda _: None)
        return reader.read(block, loadable)


@FORMS
def test_what_was_seen_once_is_read_fast(form: str, write: Callable[[dict[str, Any]], bytes]) -> None:
    simple = {"id": {"S": "k1"}, "n": {"N": "1"}, "map": {"M": {"a": {"L": [{"NULL": True}]}}}}
    reader = taught(form, block_of(write, simple, simple | {"n": {"NULL": True}}))

    found = fast(reader, block_of(write, *[simple | {"id": {"S": f"k{number}"}} for number in range(100)]))

    assert found and (found.items, len(set(found.digests)), found.connector_can_load) == (100, 100, write is connector_line)


def test_a_dump_with_empty_lists_and_maps_is_read_fast_too_once_that_is_known() -> None:
    block = block_of(connector_line, PLAIN, OTHER)
    reader = taught("", block)

    assert fast(reader, block) is None
    assert fast(reader, block, loadable=False)


def test_empty_maps_are_read_fast_where_values_are_of_several_types() -> None:
    block = block_of(dynamodb_line, PLAIN | {"z": {"M": {}}, "S": {"L": [{"M": {}}, {"M": {}}]}}, MIXED | {"S": {"S": "x"}})

    assert fast(taught("", block), block)


def test_a_map_of_many_names_is_read_fast_too() -> None:
    many = [{"id": {"S": "k"}, "m": {"M": {f"{number}-{name}": {"N": "1"} for name in range(40)}}} for number in range(4)]
    reader = taught("", block_of(dynamodb_line, *many[:3]))

    assert fast(reader, block_of(dynamodb_line, many[3]))


def test_items_of_many_names_are_read_fast_too() -> None:
    many = [{"id": {"S": "k"}, **{f'{number}-"{name}"': {"N": "1"} for name in range(40)}} for number in range(4)]
    reader = taught("", block_of(dynamodb_line, *many[:3]))

    assert fast(reader, block_of(dynamodb_line, many[3]))


@pytest.mark.parametrize("line", [b'{"Item":{}}\n', b"{}\n"])
def test_nothing_at_all_is_no_item_where_no_key_is_known_either(line: bytes) -> None:
    write = dynamodb_line if b"Item" in line else connector_line
    reader = Reader([], "")
    reader.read(block_of(write, {"x": {"S": "y"}}), loadable=True)

    assert len(reader.read(line, loadable=False).damaged) == 1


def test_an_image_of_another_key_than_the_change_is_damage() -> None:
    line = change_line({"id": {"S": "k1"}}, PLAIN | {"id": {"S": "k2"}})
    reader = taught(INCREMENT, change_of(PLAIN) + b"\n")

    ((number, what),) = reader.read(line + b"\n", loadable=False).damaged

    assert number == 0 and "NewImage is of another key than Keys says" in what


def test_a_deletion_is_a_change_too() -> None:
    block = change_line({"id": {"S": "k1"}}, None) + b"\n"

    found = fast(taught(INCREMENT, block), block)

    assert found and judged(found) == judged(Reader(ID, INCREMENT).read(block, loadable=False))
