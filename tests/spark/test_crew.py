"""Pieces of work as jobs of Spark, which a fake does in this process."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.spark.crew import Crew
from airflow_dynamodb_emr.spark.tasks import Failure


class FakeSpark:
    """As much of a SparkContext as a crew needs."""

    def __init__(self) -> None:
        self.cancelled = 0

    def parallelize(self, pieces: list[Any], _: int) -> _Rdd:
        return _Rdd(pieces)

    def cancelAllJobs(self) -> None:
        self.cancelled += 1


class _Rdd:
    def __init__(self, pieces: list[Any], do: Callable[[Any], Any] = lambda each: each) -> None:
        self._pieces, self._do = pieces, do

    def map(self, do: Callable[[Any], Any]) -> _Rdd:
        return _Rdd(self._pieces, do)

    def collect(self) -> list[Any]:
        return [self._do(each) for each in self._pieces]


def crew(tasks: int = 2) -> Crew:
    spark: Any = FakeSpark()
    return Crew(spark, tasks)


def test_what_a_task_leaves_to_others_is_done_too() -> None:
    halves = crew().work([8], lambda piece: piece, lambda done: [done // 2] * 2 if done > 1 else [])

    assert sorted(halves) == [1] * 8 + [2] * 4 + [4] * 2 + [8]


def test_so_many_tasks_run_at_once() -> None:
    together = Barrier(3, timeout=20)

    assert len(list(crew(3).work(range(6), lambda _: together.wait()))) == 6


def test_a_failure_that_is_told_ends_all_with_its_words() -> None:
    with pytest.raises(CopyFailed) as failed:
        list(crew(1).work(range(3), lambda _: Failure("table x was deleted", "dump another")))

    assert (failed.value.facts, failed.value.hint) == ("table x was deleted", "dump another")


def test_no_job_is_left_when_one_has_failed() -> None:
    spark: Any = FakeSpark()

    with pytest.raises(CopyFailed):
        list(Crew(spark, 1).work([1], lambda _: Failure("", "")))

    assert spark.cancelled == 1


JAVA = """An error occurred while calling o53.collect.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent failure: {}
\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2856)
"""
OF_PYTHON = """Lost task 0.3 in stage 0.0 (TID 3) (executor 1): org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "/mnt/x/pyspark.zip/pyspark/worker.py", line 1247, in main
botocore.exceptions.NoCredentialsError: Unable to locate credentials

\tat org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handlePythonException(PythonRunner.scala:572)"""
OF_YARN = "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding memory limits."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(OF_PYTHON, "NoCredentialsError: Unable to locate credentials", id="an error of Python"),
        pytest.param(OF_YARN, "killed by YARN for exceeding memory limits", id="a lost executor"),
    ],
)
def test_what_spark_says_of_a_task_that_failed_each_time_is_made_one_line(words: str, reason: str) -> None:
    def fails(_: int) -> None:
        raise RuntimeError(JAVA.format(words))

    with pytest.raises(CopyFailed) as failed:
        list(crew().work([1], fails))

    assert reason in failed.value.facts
    assert "\n" not in failed.value.facts
