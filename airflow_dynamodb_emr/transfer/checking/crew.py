"""Several processes that read the parts of one dump: threads would wait for one another, because parsing holds Python's lock.

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
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import SimpleQueue
from secrets import randbelow
from types import TracebackType
from typing import Any, NamedTuple

import airflow_dynamodb_emr
from airflow_dynamodb_emr.core.custody import ANYWHERE, Custody
from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.checking.digests import Digests
from airflow_dynamodb_emr.transfer.checking.found import Told
from airflow_dynamodb_emr.transfer.checking.worker import Dump

CHILD = "airflow_dynamodb_emr.transfer.checking.child"


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
    owner: str  # of the bucket; empty: whoever
    dump: Dump
    name: str


class Crew:
    """They start with `with`, and end with it whatever happens."""

    def __init__(self, s3: Any, access: Access, dump: Dump, size: int, told: Told) -> None:
        self._s3, self._access, self._dump, self._told = s3, access, dump, told
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
        owner = access.custody.owner_of(self._dump.folder.bucket)
        return Start(meta.endpoint_url, meta.region_name, meta.config, access.verify, owner, self._dump, f"{number}")

    def __exit__(self, *error: Any) -> None:
        self._ends.__exit__(*error)

    def each(self, do: str, keys: Iterable[str], *more: Any) -> Iterator[Any]:
        """What `Worker`'s method *do* makes of each part, in order."""
        with ThreadPoolExecutor(self._size) as threads:
            yield from threads.map(lambda key: self._one(do, key, *more), keys)

    def digests(self) -> Digests:
        members = [self._idle.get() for _ in range(self._size)]
        for member in members:
            member.ask(("spill", None), self._told)
            self._idle.put(member)
        return Digests(Path(self._dump.scratch))

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
