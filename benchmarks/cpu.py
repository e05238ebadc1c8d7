"""CPU time of the processes of an Airflow, which starts and ends hundreds while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import psutil


def seconds(pids: Iterable[int]) -> float:
    """User and system time so far, of these processes and of those that they have started, seen end, and outlived.

    Give all that are alive: then what has ended is in the time of a parent, and two readings differ by all that was used between them.
    """
    total = 0.0
    for pid in pids:
        with suppress(psutil.Error):  # it has ended just now: then its parent has its time
            total += sum(psutil.Process(pid).cpu_times()[:4])  # user, system, and both of its children
    return total
