"""Arguments of spark-submit: what is understood, what is refused."""

from __future__ import annotations

import pytest

from airflow_dynamodb_emr.local.spark.submission import Submission, WrongUse, alias, is_submission


def test_options_are_properties_by_another_name() -> None:
    args = "--deploy-mode cluster --executor-memory=1g --py-files s3://b/a.zip,s3://b/b.zip -c spark.x=y=z --verbose main.py"

    made = Submission.parse(args.split())

    assert made.properties["spark.submit.deployMode"] == "cluster"
    assert made.properties["spark.executor.memory"] == "1g"
    assert made.properties["spark.x"] == "y=z"
    assert made.listed("spark.submit.pyFiles") == ["s3://b/a.zip", "s3://b/b.zip"]


def test_what_follows_the_program_is_its_own() -> None:
    made = Submission.parse(["--name", "dump", "s3://b/main.py", "dump", "--table", "orders", "--name", "x"])

    assert (made.program, made.args) == ("s3://b/main.py", ["dump", "--table", "orders", "--name", "x"])
    assert made.properties == {"spark.app.name": "dump"}
    assert list(made.options("--table")) == ["orders"]


def test_one_machine_takes_nothing_of_what_only_a_cluster_has() -> None:
    args = "--master yarn --deploy-mode cluster --num-executors 9 --driver-memory 64g --conf spark.dynamicAllocation.maxExecutors=9 --name x"

    made = Submission.parse([*args.split(), "main.py"])

    assert made.here == {"spark.app.name": "x"}


def test_tags_and_environment_are_read_out_of_the_properties() -> None:
    confs = ["spark.yarn.tags=One,two", "spark.yarn.appMasterEnv.A=1", "spark.executorEnv.B=2"]

    made = Submission.parse([*(word for conf in confs for word in ("--conf", conf)), "main.py"])

    assert made.tags == ["One", "two"]
    assert made.environment == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param("", "Missing application resource", id="nothing"),
        pytest.param("--name x", "Missing application resource", id="no program"),
        pytest.param("--name", "Missing argument for option '--name'", id="no value"),
        pytest.param("--colour red main.py", "Unrecognized option: --colour", id="unknown option"),
        pytest.param("--conf spark.x main.py", "Spark config without '=': spark.x", id="no property"),
        pytest.param("--name x main.jar", "only Python programs, not main.jar", id="a jar"),
    ],
)
def test_wrong_use_is_refused(args: str, words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        Submission.parse(args.split())


@pytest.mark.parametrize(("args", "is_one"), [(["spark-submit"], True), (["/usr/bin/spark-submit", "x.py"], True), (["sh"], False), ([], False)])
def test_a_submission_is_known_by_its_program(args: list[str], is_one: bool) -> None:
    assert is_submission(args) is is_one


@pytest.mark.parametrize(
    ("uri", "name"),
    [("s3://b/x/libs.zip#libraries", "libraries"), ("s3://b/x/libs.zip", "libs.zip"), ("/opt/a.tar.gz", "a.tar.gz")],
)
def test_an_archive_is_called_as_it_says(uri: str, name: str) -> None:
    assert alias(uri) == name
