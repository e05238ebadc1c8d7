"""Files in a dump's folder that are no part of it: which of them would be taken for data by who reads whatever lies there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import takewhile

_OWN = {"manifest", "manifest.json"}  # the connector's and the copy engine's
_DATA = "data"  # the copy engine's folder of parts, and DynamoDB's


def is_data(name: str) -> bool:
    """*name* begins at the dump's folder. The connector takes every file straight in it that is not hidden, ImportTable all below a `data`."""
    *folders, file = name.split("/")
    seen = list(takewhile(lambda each: not is_hidden(each), folders))
    return _DATA in seen or (not folders and not is_hidden(file) and file not in _OWN)


def is_hidden(name: str) -> bool:
    return name[:1] in {"_", ".", ""}


def strangers(folder: str, listed: Iterable[str], known: Collection[str]) -> list[str]:
    """Of the keys *listed*, those below *folder* that are data and nobody knows."""
    inside = f"{folder}/"
    return sorted(key for key in listed if key.startswith(inside) and key not in known and is_data(key[len(inside) :]))
