"""Work done by the executors of a Spark application: each piece is a job of one task, so that what a task leaves to others can begin at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, TypeVar

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.spark.tasks import Failure

if TYPE_CHECKING:
    from pyspark import SparkContext

T = TypeVar("T")
R = TypeVar("R")


class Crew:
    """So many tasks at once."""

    def __init__(self, spark: SparkContext, tasks: int) -> None:
        self._spark, self._tasks = spark, max(1, tasks)

    def work(self, heap: Iterable[T], task: Callable[[T], Any], more: Callable[[R], Iterable[T]] = lambda _: ()) -> Iterator[R]:
        """What *task* makes of each, as it is done; *more* is work that a result has made. The first failure ends all: CopyFailed."""
        with ThreadPoolExecutor(self._tasks) as pool:
            try:
                running: set[Future[R]] = {pool.submit(self._one, task, each) for each in heap}
                while running:
                    ended, running = wait(running, return_when=FIRST_COMPLETED)
                    for result in (each.result() for each in ended):
                        running |= {pool.submit(self._one, task, each) for each in more(result)}
                        yield result
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                self._spark.cancelAllJobs()  # wakes the threads that wait for one

    def _one(self, task: Callable[[T], Any], piece: T) -> Any:
        try:
            (result,) = self._spark.parallelize([piece], 1).map(task).collect()
        except Exception as error:  # of Spark, after it has tried the task several times
            raise CopyFailed(f"a task failed each time: {_reason(str(error))}", "look at the logs of the executors") from error
        if isinstance(result, Failure):
            raise CopyFailed(result.facts, result.hint)
        return result


def _reason(text: str) -> str:
    """What Python says last, among what Java says of it."""
    found = re.findall(r"^\s*(?:[\w.]*(?:Error|Exception|Interrupt)\b.*|.*(?:Reason|lost).*)$", text, re.MULTILINE)
    python = [line for line in found if not line.strip().startswith(("org.", "java.", "at ", "Caused"))]
    return (python or found or text.strip().splitlines() or ["no reason was given"])[0].strip()[:300]
