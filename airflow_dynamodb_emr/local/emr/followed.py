"""A process of a node that a thread of ours follows to its end."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Any

from airflow_dynamodb_emr.local.emr.running import Ended


class Followed(ABC):
    """An Application but for `signal`: whoever waits for it wakes when it has ended, or was left."""

    def __init__(self) -> None:
        self._ended: Ended | None = None
        self._changed = threading.Condition()

    @property
    def gone(self) -> bool:
        return not self._follower.is_alive()

    def wait(self) -> Ended:
        with self._changed:
            self._changed.wait_for(lambda: self._ended)
        assert self._ended
        return self._ended

    def leave(self, number: int) -> None:
        self._end(-number)

    def join(self, seconds: float) -> None:
        self._follower.join(seconds)

    def _start_following(self, pid: int, *args: Any) -> None:
        self._follower = threading.Thread(target=self._follow, args=args, name=f"process {pid}", daemon=True)
        self._follower.start()

    def _end(self, code: int) -> None:
        with self._changed:
            self._ended = self._ended or Ended(code, *self._outputs())
            self._changed.notify_all()

    @abstractmethod
    def _follow(self, *args: Any) -> None:
        """Until the process is gone; calls `_end`."""

    @abstractmethod
    def _outputs(self) -> tuple[bytes, bytes]:
        """Its standard output and error, until now."""
