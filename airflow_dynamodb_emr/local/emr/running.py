"""What a step runs as: a process of the primary node, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Ended:
    """What a step's process left behind; a negative code is the signal that ended it."""

    code: int
    stdout: bytes = b""
    stderr: bytes = b""

    @property
    def last_words(self) -> str:
        return self.stderr.decode(errors="replace").strip()[-300:] or f"exit code {self.code}"


class Running(Protocol):
    """A step's process."""

    def signal(self, number: int) -> None:
        """Nothing where it has ended already."""

    def wait(self) -> Ended: ...


class Application(Running, Protocol):
    """What runs on YARN, which whoever waits for it may leave."""

    @property
    def gone(self) -> bool: ...

    def leave(self, number: int) -> None:
        """Whoever waits shall take it for ended by a signal, with what it has written so far; it goes on."""

    def join(self, seconds: float) -> None:
        """Until it is gone, but no longer than *seconds*."""
