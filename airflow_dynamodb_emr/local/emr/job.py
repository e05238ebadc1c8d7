"""What the arguments of a step say of the job that it starts on YARN: a tool of the connector, or a Spark application."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_dynamodb_emr.local.connector.hadoop import Options
from airflow_dynamodb_emr.local.emr.step import basename
from airflow_dynamodb_emr.local.spark.submission import Submission, WrongUse, is_submission


@dataclass(frozen=True, kw_only=True)
class Job:
    """Empty is what the arguments do not say."""

    kind: str  # as YARN has it
    name: str = ""
    table: str = ""
    folder: str = ""  # in S3, of a dump
    tags: str = ""
    executors: int = 1  # at most

    @classmethod
    def of(cls, args: list[str]) -> Job:
        return _spark(args[1:]) if is_submission(args) else _connector(args)


def _connector(args: list[str]) -> Job:
    if not args:
        return Job(kind="MAPREDUCE")
    options = Options.parse(args[1:])
    tags = options.settings.get("mapreduce.job.tags", "")
    name, folder, table = args[0].rpartition(".")[2], options.at(0) or "", options.at(1) or ""
    return Job(kind="MAPREDUCE", name=name, table=table, folder=folder, tags=tags)


def _spark(args: list[str]) -> Job:
    try:
        submission = Submission.parse(args)
    except WrongUse:
        return Job(kind="SPARK")
    name = submission.properties.get("spark.app.name") or basename(submission.program)
    table, folder = (next(submission.options(option), "") for option in ("--table", "--into"))
    executors = int(submission.properties.get("spark.dynamicAllocation.maxExecutors", 1))
    return Job(kind="SPARK", name=name, table=table, folder=folder, tags=",".join(submission.tags), executors=executors)
