"""Files in a dump's folder that are no part of it: which of them would be taken for data by who reads whatever lies there."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_OWN = {"manifest", "manifest.json"}  # the connector's and the copy engine's
_DATA = "data"  # the copy engine's folder of parts, and DynamoDB's


def is_data(name: str) -> bool:
    """*name* begins at the dump's folder. The connector takes every file straight in it that is not hidden, ImportTable all that is in a `data`."""
    *folders, file = name.split("/")
    if any(each[:1] in {"_", ".", ""} for each in (*folders, file)):
        return False
    return folders[-1] == _DATA if folders else file not in _OWN


def strangers(folder: str, listed: Iterable[str], known: Collection[str]) -> list[str]:
    """Of the keys *listed*, those below *folder* that are data and nobody knows."""
    inside = f"{folder}/"
    return sorted(key for key in listed if key.startswith(inside) and key not in known and is_data(key[len(inside) :]))
