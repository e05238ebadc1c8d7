"""Amounts as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta


def size(number_of_bytes: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number_of_bytes < 1024:
            return f"{number_of_bytes:.0f} {unit}" if unit == "B" else f"{number_of_bytes:.1f} {unit}"
        number_of_bytes /= 1024
    return f"{number_of_bytes:.1f} TiB"


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:,.0f} minutes" if seconds < 5400 else f"{seconds / 3600:,.1f} hours"


def parts_are(keys: Sequence[str], what: str) -> str:
    """`1 part is gone: a.gz`, `2 parts are gone, a.gz among them`."""
    return f"1 part is {what}: {keys[0]}" if len(keys) == 1 else f"{len(keys):,} parts are {what}, {keys[0]} among them"


def printable(text: str) -> str:
    """In one line, with what a terminal would obey spelled out: damaged data is shown to people."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def age(since: timedelta) -> str:
    """In the largest unit that there are two of: a backup of 47 hours is not called one of 2 days."""
    units = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}
    seconds = since.total_seconds()
    unit = next((unit for unit, length in units.items() if seconds >= 2 * length), "second")
    return counted(int(seconds // units[unit]), unit) if seconds >= 0 else "in the future"
