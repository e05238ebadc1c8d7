"""The highest that something became while something else went on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType

EVERY_SECONDS = 0.5


class Highest:
    """Looks all the time, in a thread of its own; *value* is what it has seen so far."""

    def __init__(self, look: Callable[[], int]) -> None:
        self.value = 0
        self._look, self._over = look, Event()
        self._thread = Thread(target=self._run)

    def _run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self.value = max(self.value, self._look())

    def __enter__(self) -> Highest:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
