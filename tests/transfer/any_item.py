"""Items of every attribute type, as hypothesis makes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

# names that could be taken for type keys, or for the wrapping of DynamoDB JSON
NAMES = st.sampled_from(["id", "S", "s", "M", "m", "L", "l", "N", "n", "sS", "NULL", "nULLValue", "Item", 'q"{}[]', "ä ☃"]) | st.text(
    min_size=1, max_size=8
)
STRINGS = st.text(max_size=20) | st.sampled_from(["", '{"M":{', "\x00\x02\x03\n\r\u2028", "𝄞"])
NUMBERS = st.sampled_from(["0", "-1", "0.1", "123456789012345678901234567890.12345678", "1E+125", "-9.9E-129"]) | st.integers().map(
    lambda n: str(n)[:38]
)
BINARY = st.binary(max_size=20)


def _set_of(each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(each, min_size=1, max_size=4, unique=True)


_PLAIN = st.one_of(
    STRINGS.map(lambda x: {"S": x}),
    NUMBERS.map(lambda x: {"N": x}),
    BINARY.map(lambda x: {"B": x}),
    st.booleans().map(lambda x: {"BOOL": x}),
    st.just({"NULL": True}),
    _set_of(STRINGS).map(lambda x: {"SS": x}),
    _set_of(NUMBERS).map(lambda x: {"NS": x}),
    _set_of(BINARY).map(lambda x: {"BS": x}),
)


def _values(shortest: int) -> st.SearchStrategy[dict[str, Any]]:
    """Lists and maps have *shortest* members at least."""

    def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        lists = st.lists(inner, min_size=shortest, max_size=3).map(lambda x: {"L": x})
        return lists | st.dictionaries(NAMES, inner, min_size=shortest, max_size=3).map(lambda x: {"M": x})

    return st.recursive(_PLAIN, nested, max_leaves=8)


ITEMS = st.dictionaries(NAMES, _values(0), min_size=1, max_size=6)
LOADABLE_ITEMS = st.dictionaries(NAMES, _values(1), min_size=1, max_size=6)  # by the connector: nothing empty in them
