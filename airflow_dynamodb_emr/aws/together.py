"""Several calls at once: a run has hundreds of tables, and each of AWS' answers takes a while."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 8  # well below what DynamoDB and S3 allow


def each(work: Callable[[T], R], items: Iterable[T], at_once: int = AT_ONCE) -> list[R]:
    """In the order of the items; what the first of them raises is raised."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(work, items))


def ahead(work: Callable[[T], R], items: Iterable[T], at_once: int = AT_ONCE) -> Iterator[R]:
    """The same, as it is asked for: who takes one result pays for one item; who goes on taking gets ever more of them worked on beforehand."""
    coming, under_way, room = iter(items), deque[Future[R]](), 1
    pool = ThreadPoolExecutor(at_once)
    try:
        while True:
            under_way.extend(pool.submit(work, item) for item in islice(coming, room - len(under_way)))
            if not under_way:
                return
            yield under_way.popleft().result()
            room = min(2 * room, at_once)
    finally:
        pool.shutdown(cancel_futures=True)
