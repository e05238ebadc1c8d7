"""Several processes that see to the parts of one dump: threads would wait for one another, because parsing holds Python's lock.

They are programs of their own and no copies of this process, which may be a task of Airflow's with threads and connections. What they need to
know goes through their standard input, credentials too: nobody sees these in a list of processes, or in an environment.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from queue import SimpleQueue
from secrets import randbelow
from types import TracebackType
from typing import Any, NamedTuple, Protocol

import airflow_dynamodb_emr
from airflow_dynamodb_emr.core.custody import ANYWHERE, Custody
from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.checking.found import Told

CHILD = "airflow_dynamodb_emr.transfer.checking.child"


class Task(Protocol):
    """What is to be done with each part. It is sent to the other processes as a pickle."""

    def worker(self, s3: Any, name: str, heard: Callable[[int, int], None]) -> Any:
        """Whose methods do it, for one thread; *name*: among those who do. *heard* is told of bytes and items."""


class Workers(Protocol):
    def each(self, do: str, keys: Iterable[Any], *more: Any) -> Iterator[Any]:
        """What the worker's method *do* makes of each part, in order."""


class Access(NamedTuple):
    """What another process needs to reach the same S3 as a client does, beside what the client says of itself."""

    credentials: Any  # botocore's: they are renewed here, and given with each part; None: it is asked without
    verify: Any = None  # as botocore's: False, or the path of a CA bundle
    custody: Custody = ANYWHERE  # says who must own the bucket

    @property
    def frozen(self) -> Any:
        return self.credentials.get_frozen_credentials() if self.credentials else None


class Start(NamedTuple):
    """The first a process hears."""

    endpoint: str
    region: str
    config: Any
    verify: Any
    custody: Custody
    task: Task
    name: str


def workers(s3: Any, access: Access | None, task: Task, size: int, told: Told) -> AbstractContextManager[Crew | Alone]:
    """So many processes, where *access* says how they reach S3; with fewer than two, this one."""
    return Crew(s3, access, task, size, told) if access and size > 1 else Alone(s3, task, told)


class Alone(AbstractContextManager["Alone"]):
    """In this process, one part after the other."""

    def __init__(self, s3: Any, task: Task, told: Told) -> None:
        self.worker = task.worker(s3, "", lambda bytes_read, items: told(0, bytes_read, items))

    def each(self, do: str, keys: Iterable[Any], *more: Any) -> Iterator[Any]:
        return (getattr(self.worker, do)(key, *more) for key in keys)

    def __exit__(self, *_: object) -> None:
        pass


class Crew:
    """They start with `with`, and end with it whatever happens."""

    def __init__(self, s3: Any, access: Access, task: Task, size: int, told: Told) -> None:
        self._s3, self._access, self._task, self._told = s3, access, task, told
        # Python's hashes, which keys are compared by, are the same in all of them, and others in each crew
        self._env = {**os.environ, "PYTHONHASHSEED": str(1 + randbelow(2**32 - 1)), "PYTHONSAFEPATH": "1", "PYTHONPATH": _path()}
        self._size = size
        self._idle: SimpleQueue[_Member] = SimpleQueue()
        self._ends = ExitStack()

    def __enter__(self) -> Crew:
        with ExitStack() as started:
            for number in range(self._size):
                self._idle.put(started.enter_context(_Member(self._env, self._start(number))))
            self._ends = started.pop_all()
        return self

    def _start(self, number: int) -> Start:
        meta, access = self._s3.meta, self._access
        return Start(meta.endpoint_url, meta.region_name, meta.config, access.verify, access.custody, self._task, f"{number}")

    def __exit__(self, *error: Any) -> None:
        self._ends.__exit__(*error)

    def each(self, do: str, keys: Iterable[Any], *more: Any) -> Iterator[Any]:
        with ThreadPoolExecutor(self._size) as threads:
            yield from threads.map(lambda key: self._one(do, key, *more), keys)

    def everyone(self, do: str) -> None:
        """What has no part: once by each."""
        members = [self._idle.get() for _ in range(self._size)]
        for member in members:
            member.ask((do, None), self._told)
            self._idle.put(member)

    def _one(self, do: str, *arguments: Any) -> Any:
        member = self._idle.get()
        try:
            return member.ask((do, self._access.frozen, *arguments), self._told)
        finally:
            self._idle.put(member)


class _Member:
    def __init__(self, env: dict[str, str], start: Start) -> None:
        command = [sys.executable, "-m", CHILD]
        self._process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._start = start

    def __enter__(self) -> _Member:
        self._send(self._start)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind:
            self._process.kill()
        self._process.communicate()  # closes its input: it ends

    def ask(self, request: tuple[Any, ...], told: Told) -> Any:
        """Raises what the process raised, or CopyFailed where it died."""
        self._send(request)
        while True:
            what, answer = self._receive()
            if what == "heard":
                told(0, *answer)
            elif what == "raised":
                raise answer
            else:
                return answer

    def _send(self, message: object) -> None:
        self._or_died(lambda: _write(self._process.stdin, message))

    def _receive(self) -> Any:
        return self._or_died(lambda: pickle.load(self._process.stdout))  # type: ignore[arg-type]

    def _exit_code(self) -> int:
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=5)
        self._process.kill()
        return self._process.wait()

    def _or_died(self, do: Callable[[], Any]) -> Any:
        try:
            return do()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            how = f"a process that reads parts has ended with exit code {self._exit_code()}"
            raise CopyFailed(how, "see its last lines above; give this machine more memory, or read fewer parts at once") from error


def _write(pipe: Any, message: object) -> None:
    pickle.dump(message, pipe)
    pipe.flush()


def _path() -> str:
    """Where the processes find this very package, and then what this one finds."""
    here = str(Path(airflow_dynamodb_emr.__file__).parents[1])
    return os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
