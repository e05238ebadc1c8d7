"""Programs started together and ended together, with everything they have started themselves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil

from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError

T = TypeVar("T")


class Programs:
    """Each leads a session of its own. A process group would not do: Airflow gives every task a group."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._killed: set[int] = set()  # leaders that may have left members behind

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """Standard output and error go to `<logs>/<name>.log`."""
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, env=environment, cwd=self._logs, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def kill(self, name: str, with_members: bool) -> None:
        """As a crash does, or, *with_members*, as the loss of a machine does: nothing is asked to end."""
        program = self._running.pop(name)
        if with_members:
            _signal({program.pid}, signal.SIGKILL)
        program.kill()
        program.wait()
        self._killed.add(program.pid)

    def members(self, name: str) -> list[psutil.Process]:
        """What the program, or one of those killed before it, has started and is alive."""
        leader = self._running[name].pid
        return [psutil.Process(pid) for pid in _members({leader} | self._killed) if pid != leader]

    @property
    def pids(self) -> list[int]:
        """Of everything that is alive: the programs, and what they have started."""
        return _members({program.pid for program in self._running.values()} | self._killed)

    @property
    def ended(self) -> list[str]:
        """Names of the programs that have ended by themselves."""
        return [name for name, program in self._running.items() if program.poll() is not None]

    def check(self) -> None:
        """Raise, with its last words, for a program that has ended by itself."""
        for name in self.ended:
            words = (self._logs / f"{name}.log").read_text(errors="replace").strip()[-2000:]
            raise DynamoDBBackupError(f"{name} ended with status {self._running[name].returncode}:\n{words}")

    def wait(self, name: str) -> None:
        """Until the program has done its work; raises when that goes wrong."""
        program = self._running[name]
        if until(lambda: None if program.poll() is None else (program.returncode,), f"{name} ends", lambda: None) != (0,):
            self.check()
        del self._running[name]

    def end(self, patience_seconds: float = 5) -> None:
        """Ask everything to end, then make it."""
        leaders = {program.pid for program in self._running.values()} | self._killed
        _signal(leaders, signal.SIGTERM)
        self._ended(leaders, patience_seconds)
        while not self._ended(leaders, 0.1):  # again and again: one that is being killed may just have started another
            _signal(leaders, signal.SIGKILL)
        for program in self._running.values():
            program.wait()  # one that ended just now has not been asked for its status yet
        self._running.clear()

    def _ended(self, leaders: set[int], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._left(leaders):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _left(self, leaders: set[int]) -> list[int]:
        for program in self._running.values():
            program.poll()  # else it stays as a zombie
        return _members(leaders)


def _members(leaders: set[int]) -> list[int]:
    """The processes alive in the sessions of *leaders*."""
    found = []
    for pid in psutil.pids():
        with suppress(OSError, psutil.Error):
            if os.getsid(pid) in leaders and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found


def _signal(leaders: set[int], number: signal.Signals) -> None:
    for pid in _members(leaders):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def until(found: Callable[[], T | None], what: str, check: Callable[[], None], seconds: float = 180) -> T:
    """Ask *found* until it has an answer; *check* may raise meanwhile. Raises when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = found()
        if answer is not None:
            return answer
        check()
        time.sleep(0.2)
    raise DynamoDBBackupError(f"{what}: not within {seconds:g} seconds")


def free_port(wanted: int = 0) -> int:
    """*wanted* if nothing listens there, any free one for 0; raises BadInput."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise BadInput(f"port {wanted} cannot be used: {error.strerror}", "name another, or 0 for any free one") from error
        return int(probe.getsockname()[1])
