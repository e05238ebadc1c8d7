"""Data Pipeline's first format, as Hive writes it: no JSON but for the values. One line is one item:

    id ETX {"s":"k1"} STX price ETX {"n":"0.1"}

without the blanks. It is split on the control characters here, so that an attribute may have any name that such a line can hold: the
connector makes JSON of the whole line, and fails where a name has a blank, a colon or a slash in it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from airflow_dynamodb_emr.transfer.values import Damage

STX, ETX = b"\x02", b"\x03"


def is_line(line: bytes) -> bool:
    """In no JSON does this character stand by itself; here it stands behind every name."""
    return ETX in line


def decode(line: bytes) -> dict[str, Any]:
    """Names to values, their types in the line's own spelling. Raises Damage."""
    found: dict[str, Any] = {}
    for field in line.split(STX):
        name, value = _attribute(field)
        if name in found:
            raise Damage(f"it has the attribute {name!r} twice")
        found[name] = value
    return found


def _attribute(field: bytes) -> tuple[str, Any]:
    name, between, value = field.partition(ETX)
    if not between:
        raise Damage("an attribute has no ETX between name and value")
    try:
        return name.decode(), msgspec.json.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Damage(f"{name.decode(errors='replace')!r:.50}: {error}") from None
