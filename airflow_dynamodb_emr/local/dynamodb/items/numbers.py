"""Numbers: which DynamoDB accepts, how it writes them, and what size it counts."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from airflow_dynamodb_emr.local.http.protocol import invalid, wrong_json

_MOST_DIGITS = 38
# As DynamoDB writes a number, and short enough to have no more digits than it keeps.
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{0,17}[1-9])?")
_NUMERIC = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def normal_number(text: Any) -> str:
    """Without zeros at either end and without an exponent: 1.50 is 1.5, 1e3 is 1000, -0 is 0."""
    if type(text) is not str:
        raise wrong_json(text)
    if _PLAIN.fullmatch(text) and text != "-0":
        return text
    if not _NUMERIC.fullmatch(text):
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}")
    return _rewritten(text)


def number_size(number: str) -> int:
    """One byte for two digits, one for the exponent, one for a minus."""
    digits = number.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + (number[0] == "-")


def _rewritten(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}") from error
    if not number:
        return "0"
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if number.adjusted() > 125:
        raise invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if number.adjusted() < -130:
        raise invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    if len(digits) > _MOST_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
