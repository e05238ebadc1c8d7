"""What types cannot say of a line's values, found by searching the text: it is right, or it needs an exact look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from airflow_dynamodb_emr.transfer.values import TYPES

# The first of these is what nearly every number is, the other what else is one: an alternative is tried in twice the time
_NUMBER = r'"-?\d+\.?\d*"|"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"'
# Behind a type stands its value, behind the name of an attribute an object, which the types themselves refuse as a value of these.
_GOOD = {"N": _NUMBER, "NS": rf"\[\s*(?:{_NUMBER})\s*(?:,\s*(?:{_NUMBER})\s*)*\]", "NULL": "true"}
ESCAPED = re.compile(rb"\\u00[4-7]")  # a letter, perhaps of a type: nobody needs to write it so
_EMPTY = re.compile(rb"\{\s*\}")

Alarm = re.Pattern[bytes]


def of(kinds: set[str], several: bool, empty: bool) -> list[Alarm]:
    """For lines whose values are of these types, as they are spelled. *several*: in one place they may be of several types.

    *empty*: whether an empty object has to be noticed, which the types let through. In any text there is ESCAPED to look for.
    """
    found = _values(kinds)
    if several:
        found.append(_second(kinds))
    if several or empty:
        found.append(_EMPTY if empty else _valueless(kinds))
    return found


def _values(kinds: Iterable[str]) -> list[Alarm]:
    """Numbers that are none, a NULL that is not true. One search for all types that begin alike."""
    alike = defaultdict(list)
    for kind in kinds:
        if good := _GOOD.get(TYPES[kind.lower()]):
            alike[kind[0]].append(rf'{kind[1:]}"\s*:(?!{good}|\{{|\s+(?:{good}|\{{))')
    # Searching goes from one first letter to the next: a capital is rarer than a quote
    begin = {first: first if first.isupper() else f'"{first}' for first in alike}
    return [re.compile(f"{begin[first]}(?:{'|'.join(rest)})".encode()) for first, rest in alike.items()]


def _second(kinds: Iterable[str]) -> Alarm:
    """A type that is not the first of its value; or an attribute of such a name."""
    maps = [kind for kind in kinds if TYPES[kind.lower()] == "M"]
    others = "|".join(set(kinds) - set(maps))
    return re.compile("|".join([rf',\s*"(?:{others})"\s*:(?!\s*\{{)', *(rf',\s*"{kind}"\s*:' for kind in maps)]).encode())


def _valueless(kinds: Iterable[str]) -> Alarm:
    """An empty object that is not plainly a map: that of a value in a list, or of an attribute.

    Attributes stand within a map or an item, and neither M nor Item, in no spelling, ends otherwise than with this letter.
    """
    plain = [rf'(?<![^Mm]":\{{"{kind}":)(?<![\[,]\{{"{kind}":)' for kind in kinds if TYPES[kind.lower()] == "M"]
    return re.compile("".join([*plain, r"\{\s*\}"]).encode())
