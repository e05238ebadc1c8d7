from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import steps
from airflow_dynamodb_emr.core.names import yarn_tag

from .makers import BASE


def test_a_dump_step_says_everything_to_the_connector() -> None:
    step = steps.dump_step("orders/1", "s3://jars/tools.jar", "eu-west-1", "orders", BASE / "orders" / "1", 0.5, 7, 2)

    assert (step["Name"], step["ActionOnFailure"], step["HadoopJarStep"]["Jar"]) == ("orders/1", "CONTINUE", "s3://jars/tools.jar")
    name, *options, into, table, ratio, segments = step["HadoopJarStep"]["Args"]
    assert (name, into, table, segments) == (steps.EXPORT, "s3://backups/dynamodb/orders/1", "orders", "7")
    assert float(ratio) == 0.5
    assert set(options) > {
        "-Ddynamodb.max.map.tasks=2",
        "-Dyarn.app.mapreduce.am.resource.mb=1024",
        "-Dmapreduce.map.memory.mb=1536",
        "-Dmapreduce.job.reduce.slowstart.completedmaps=1.0",
        "-Ddynamodb.region=eu-west-1",
        f"-Dmapreduce.job.tags={yarn_tag('orders/1')}",
        "-Dmapreduce.map.speculative=false",
        "-Dmapreduce.output.fileoutputformat.compress=true",
    }


def test_a_load_step_takes_no_segments() -> None:
    args = steps.load_step("orders/1", "tools.jar", "eu-west-1", BASE / "orders", "orders2", 0.8)["HadoopJarStep"]["Args"]

    assert args[0] == steps.IMPORT and args[-3:] == ["s3://backups/dynamodb/orders", "orders2", "0.800000"]
    assert "-Dmapreduce.map.speculative=false" in args and "-Dmapreduce.map.memory.mb=1536" in args
    assert not any("max.map.tasks" in arg for arg in args)  # it would not slow a load down


def test_what_a_step_has_started_is_ended_by_the_tag_it_was_given() -> None:
    step = steps.kill_step(["orders/1", "users/2"])

    *program, tags = step["HadoopJarStep"]["Args"]
    assert (step["Name"], step["HadoopJarStep"]["Jar"], program[:2]) == ("end orders/1 and 1 more", "command-runner.jar", ["bash", "-c"])
    assert tags.split(",") == [yarn_tag("orders/1"), yarn_tag("users/2")]
    assert "orders" not in program[2], "a name is an argument of the program, and never a part of it"


@given(st.floats(1 / 40_000, 1.5))
def test_a_ratio_is_written_without_an_exponent_and_never_as_nothing(ratio: float) -> None:
    written = steps.dump_step("n", "j", "r", "t", BASE, ratio, 1)["HadoopJarStep"]["Args"][-2]

    assert "e" not in written and abs(float(written) - ratio) <= ratio / 40


def test_steps_for_use_by_hand_are_in_the_form_of_the_command_line() -> None:
    step = steps.load_step("orders/0", "tools.jar", "eu-west-1", BASE, "orders", 0.8)

    (by_hand,) = steps.by_hand([step])

    assert by_hand == {
        "Name": "orders/0",
        "Type": "CUSTOM_JAR",
        "ActionOnFailure": "CONTINUE",
        "Jar": "tools.jar",
        "Args": step["HadoopJarStep"]["Args"],
    }
