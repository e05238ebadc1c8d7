from __future__ import annotations

from typing import Any

import msgspec
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
PLAIN = {
    "id": {"S": "k1"},
    "n": {"N": "1.50"},
    "m": {"M": {"a": {"BOOL": False}, "b": {"L": [{"NULL": True}, {"NULL": True}]}}},
    "x": {"NS": ["1", "-2e3"]},
}


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
CHANGES = st.sampled_from(
    [
        *[
            (b'"S"', b'"N"'),
            (b'"N"', b'"S"'),
            (b'"s"', b'"n"'),
            (b'"N":"', b'"N": "'),
            (b'"N"', b'"\\u004e"'),
            (b'"N":"', b'"N":"x'),
            (b'"N"', b'"n"'),
        ],
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
        *[
            (b",", b",\n"),
            (b":", b":\n"),
            (b"\n", b"\r\n"),
            (b"\n", b" \n"),
            (b"\n", b"\n\n"),
            (b'"', b"'"),
            (b'"', b""),
            (b"e", b"\xff"),
            (b'"k', b'"'),
        ],
        *[
            (b'"Item"', b'"item"'),
            (b'{"Item":', b""),
            (b'"M"', b'"m"'),
            (b'"M":{', b'"M":{"M":{'),
            (b'"B":"', b'"B":"A'),
            (b"[", b"[]"),
            (b"[", b"[["),
        ],
        *[(b'"id":', b'"ID":'), (b'"id":{"S":"', b'"id":{"S":"","x":"'), (b"\n", b'\n{"Item":{"M":{}}}\n'), (b"\n", b'\n{"Item":{"m":{"m":{}}}}\n')],
    ]
)


def damaged(draw: st.DrawFn, block: bytes) -> bytes:
    old, new = draw(CHANGES)
    places = [at for at in range(len(block)) if block.startswith(old, at)]
    if not places or draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(block) - 1))
        return block[:at] + draw(st.binary(max_size=2)) + block[at + draw(st.integers(0, 2)) :]
    at = draw(st.sampled_from(places))
    return block[:at] + new + block[at + len(old) :]


def judged(read: Read) -> tuple[Any, ...]:
    return read.lines, read.items, read.digests, read.blank_lines, list(read.damaged), read.connector_can_load


@settings(max_examples=400)
@given(tables(), st.data())
def test_what_is_read_fast_is_what_an_exact_look_finds(table: tuple[list[KeyAttribute], str, list[bytes]], data: st.DataObject) -> None:
    keys, form, lines = table
    block = b"\n".join(lines) + b"\n"
    reader = Reader(keys, form)
    reader.read(block, loadable=True)

    for text in (block, data.draw(st.composite(damaged)(block))):
        assert judged(reader.read(text, loadable=True)) == judged(Reader(keys, form).read(text, loadable=True))
