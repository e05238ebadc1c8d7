"""What Ctrl-C, a kill and a closed terminal do to the programs of this ring: they stop, and they clean up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, the first of them raises KeyboardInterrupt; those that follow must not stop the cleaning up, and do nothing."""
    if threading.current_thread() is not threading.main_thread():  # only that one can be interrupted
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in _STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in _STOPS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
