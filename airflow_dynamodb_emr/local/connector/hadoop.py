"""What the emulated tools share with every Hadoop job: options, log lines, counters, errors, tasks side by side."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

MAP_TASKS_AT_MOST = 4  # what the emulated cluster runs side by side
COMPRESS = ("mapreduce.output.fileoutputformat.compress", "mapred.output.compress")
T = TypeVar("T")

_TAKES_A_VALUE = {"-D", "-conf", "-fs", "-jt", "-files", "-libjars", "-archives"}


class WrongUse(Exception):
    """Arguments that print the usage."""


class JavaError(Exception):
    """An exception of the Java program, by its class."""

    def __init__(self, kind: str, message: str, cause: Exception | None = None) -> None:
        super().__init__(f"{kind}: {message}" + (f"\nCaused by: {cause}" if cause else ""))
        self.kind, self.message = kind, message


@dataclass(frozen=True)
class Options:
    """Settings given by -D, then positional arguments; an option behind the first positional is one too."""

    settings: dict[str, str]
    positional: list[str]

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> Options:
        left, settings = list(arguments), {}
        while left and left[0].startswith("-"):
            option = left.pop(0)
            value = left.pop(0) if option in _TAKES_A_VALUE and left else option[2:]
            if option.startswith("-D"):
                name, _, settings_value = value.partition("=")
                settings[name] = settings_value
        return cls(settings, left)

    def at(self, place: int) -> str | None:
        return self.positional[place] if len(self.positional) > place else None

    def number(self, place: int, what: str) -> float | None:
        """The number at *place*, None where there is none; raises WrongUse for what is no number."""
        return self._parsed(place, what, float)

    def whole_number(self, place: int, what: str) -> int | None:
        return self._parsed(place, what, _whole)

    def _parsed(self, place: int, what: str, parse: Callable[[str], T]) -> T | None:
        text = self.at(place)
        try:
            return None if text is None else parse(text)
        except ValueError:
            raise WrongUse(f"Could not parse {what} (value: {text})") from None

    @property
    def compress(self) -> bool:
        return any(self.settings.get(name, "").lower() == "true" for name in COMPRESS)

    @property
    def map_tasks_at_most(self) -> int:
        return min(MAP_TASKS_AT_MOST, int(self.settings.get("dynamodb.max.map.tasks", MAP_TASKS_AT_MOST)))


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def log(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')},000 INFO {text}", file=sys.stderr, flush=True)


@dataclass
class Counters:
    """By group and name. As in Hadoop, one that was never counted does not exist and is not printed: an empty table has no DYNAMODB_ITEMS_READ."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, group: str, name: str, by: int) -> None:
        with self._lock:
            counts = self.counts.setdefault(group, {})
            counts[name] = counts.get(name, 0) + by

    def print(self) -> None:
        """In Hadoop's shape, as one record."""
        lines = [f"\t{group}\n" + "\n".join(f"\t\t{name}={counts[name]}" for name in sorted(counts)) for group, counts in sorted(self.counts.items())]
        log("mapreduce.Job: " + "\n".join([f"Counters: {sum(map(len, self.counts.values()))}", *lines]))


def run_job(run: Callable[[], Counters]) -> None:
    """Say when it began and how long it took, as both tools do."""
    began = time.time()
    print(f"Job started: {time.strftime('%a %b %d %H:%M:%S UTC %Y', time.gmtime(began))}", flush=True)
    counters = run()
    log("mapreduce.Job: Job job_local_0001 completed successfully")
    counters.print()
    print(f"Job ended: {time.strftime('%a %b %d %H:%M:%S UTC %Y', time.gmtime())}")
    print(f"The job took {int(time.time() - began)} seconds.", flush=True)


def side_by_side(tasks: Iterable[Callable[[], None]], at_most: int) -> None:
    """Run the tasks, *at_most* at a time; the first failure ends the job with its words on stderr."""
    waiting: SimpleQueue[tuple[int, Callable[[], None]]] = SimpleQueue()
    for numbered in enumerate(tasks):
        waiting.put(numbered)
    failed: list[tuple[int, Exception]] = []
    threads = [Thread(target=_work, args=(waiting, failed), daemon=True) for _ in range(min(at_most, waiting.qsize()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, error in failed:
        log(f"mapreduce.Job: Task Id : attempt_local_0001_m_{number:06}_3, Status : FAILED\nError: {error}")
    if failed:
        raise JavaError("java.io.IOException", "Job failed!")


def _work(waiting: SimpleQueue[tuple[int, Callable[[], None]]], failed: list[tuple[int, Exception]]) -> None:
    while not failed:
        try:
            number, task = waiting.get_nowait()
        except Empty:
            return
        try:
            task()
        except Exception as error:  # whatever it is, it is the task's end and the job's
            failed.append((number, error))
