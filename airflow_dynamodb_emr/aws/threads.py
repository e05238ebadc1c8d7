"""Calls of AWS from a triggerer's event loop, in threads of their own: one that waits for EMR's limits must not hold up Airflow's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
_AT_ONCE = 64  # most of them wait
_pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="aws")


async def off_loop(work: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(_pool, partial(work, *arguments))
