"""Several calls at once: a run has hundreds of tables, and each of AWS' answers takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 8  # well below what DynamoDB and S3 allow


def each(work: Callable[[T], R], items: Iterable[T], at_once: int = AT_ONCE) -> list[R]:
    """In the order of the items; what the first of them raises is raised."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(work, items))
