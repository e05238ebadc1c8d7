from __future__ import annotations

import shlex

import pytest

from airflow_dynamodb_emr.core import fleet, spark
from airflow_dynamodb_emr.core.cutting import Cut
from airflow_dynamodb_emr.core.names import yarn_tag
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.local.spark.submission import Submission
from airflow_dynamodb_emr.spark.arguments import parser

from .makers import BASE

PROGRAM = Program(main="s3://backups/artifacts/1/main.py", modules="s3://backups/artifacts/1/modules.zip")
MIB_OF = {"m": 1, "g": 1024}


def mib(text: str) -> int:
    return int(text[:-1]) * MIB_OF[text[-1]]


def submitted(executors: int = 3, program: Program = PROGRAM) -> Submission:
    step = spark.step("orders/1", program, ["dump"], executors)
    assert (step["Name"], step["ActionOnFailure"], step["HadoopJarStep"]["Jar"]) == ("orders/1", "CONTINUE", "command-runner.jar")
    assert step["HadoopJarStep"]["Args"][0] == "spark-submit"
    return Submission.parse(step["HadoopJarStep"]["Args"][1:])


def test_a_step_submits_the_program_that_lies_in_s3() -> None:
    submission = submitted()

    assert (submission.program, submission.args) == (PROGRAM.main, ["dump"])
    assert submission.listed("spark.submit.pyFiles") == [PROGRAM.modules]
    assert submission.listed("spark.archives") == []
    assert submission.tags == [yarn_tag("orders/1")]
    assert (submission.properties["spark.master"], submission.properties["spark.submit.deployMode"]) == ("yarn", "cluster")


def test_faster_libraries_come_along_where_there_are_some() -> None:
    program = Program(main=PROGRAM.main, modules=PROGRAM.modules, libraries="s3://jars/libraries.zip")

    assert submitted(program=program).listed("spark.archives") == ["s3://jars/libraries.zip#libraries"]


def test_a_step_takes_the_room_that_the_size_of_clusters_counts_on() -> None:
    properties = submitted().properties

    driver = mib(properties["spark.driver.memory"]) + mib(properties["spark.driver.memoryOverhead"])
    executor = mib(properties["spark.executor.memory"]) + mib(properties["spark.executor.memoryOverhead"])
    assert (driver, executor) == (fleet.MASTER_GIB * 1024, fleet.MAPPER_GIB * 1024)
    assert properties["spark.executor.cores"] == "1"


@pytest.mark.parametrize(("asked", "most"), [(3, "3"), (0, "1")])
def test_as_many_executors_as_are_asked_for_and_none_that_has_nothing_to_do(asked: int, most: str) -> None:
    properties = submitted(asked).properties

    assert properties["spark.dynamicAllocation.maxExecutors"] == properties["spark.dynamicAllocation.initialExecutors"] == most
    assert properties["spark.executor.instances"] == most
    assert properties["spark.dynamicAllocation.minExecutors"] == "0"


def test_nothing_is_read_twice_at_once_and_no_driver_begins_again_by_itself() -> None:
    properties = submitted().properties

    assert (properties["spark.speculation"], properties["spark.yarn.maxAppAttempts"]) == ("false", "1")


def test_a_job_run_has_the_same_program_on_the_smallest_workers_there_are() -> None:
    job = spark.job(PROGRAM, ["dump", "--table", "orders"], 3)["sparkSubmit"]
    submission = Submission.parse([*shlex.split(job["sparkSubmitParameters"]), job["entryPoint"], *job["entryPointArguments"]])

    assert (submission.program, submission.args) == (PROGRAM.main, ["dump", "--table", "orders"])
    assert submission.properties["spark.dynamicAllocation.maxExecutors"] == "3"
    for worker in ("driver", "executor"):
        memory = mib(submission.properties[f"spark.{worker}.memory"]) + mib(submission.properties[f"spark.{worker}.memoryOverhead"])
        assert (submission.properties[f"spark.{worker}.cores"], memory) == ("1", 2048)
    assert not any(name.startswith("spark.yarn") for name in submission.properties)


def test_the_program_understands_what_it_is_told_of_a_dump() -> None:
    cut = Cut(segments=7, page_items=5, part_bytes=1000, share_bytes=500)

    asked = parser().parse_args(spark.dump_task("eu-west-1", "orders", BASE / "orders" / "1", cut, executors=3, units=1200.5))

    assert (asked.verb, asked.region, asked.table, asked.into) == ("dump", "eu-west-1", "orders", "s3://backups/dynamodb/orders/1")
    assert (asked.segments, asked.page_items, asked.part_bytes, asked.share_bytes) == (7, 5, 1000, 500)
    assert (asked.executors, asked.units) == (3, 1200.5)


def test_the_program_understands_what_it_is_told_of_a_load() -> None:
    asked = parser().parse_args(spark.load_task("eu-west-1", BASE / "orders" / "1", "orders2", BASE / "restores", executors=3, units=800))

    assert (asked.verb, asked.region, asked.source, asked.table) == ("load", "eu-west-1", "s3://backups/dynamodb/orders/1", "orders2")
    assert (asked.outcome, asked.executors, asked.units) == ("s3://backups/dynamodb/restores", 3, 800)


def test_a_step_fits_into_what_emr_takes() -> None:
    """https://docs.aws.amazon.com/emr/latest/APIReference/API_HadoopJarStepConfig.html: 10,280 characters."""
    long = BASE / ("x" * 800)
    task = spark.dump_task("ap-southeast-2", "t" * 255, long, Cut(segments=4096), executors=200, units=40_000)
    args = spark.step("t" * 250, Program(main=str(long), modules=str(long), libraries=str(long)), task, 200)["HadoopJarStep"]["Args"]

    assert sum(map(len, args)) < 10_000
