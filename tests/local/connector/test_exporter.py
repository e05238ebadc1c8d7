from __future__ import annotations

import re
from typing import Any

import pytest

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.connector import exporter
from airflow_dynamodb_emr.transfer.lines import connector_line, item

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ITEMS = [{"id": {"S": f"k{n:03}"}, "S": {"M": {"M": {"B": b"\x00\xff"}, "l": {"L": []}}}, "z": {"NULL": True}} for n in range(100)]


def test_a_table_becomes_files_of_lines_a_manifest_and_a_success_flag(machine: Any, export: Any) -> None:
    folder = machine.folder()

    ran = export(folder, machine.table(ITEMS), "0.25", "4")

    assert ran.code == 0
    assert machine.lines(folder) == sorted(map(connector_line, ITEMS))
    assert {*machine.names(folder)} == {"manifest", "_SUCCESS", *(file.key.rpartition("/")[2] for file in machine.files(folder))}
    assert all(UUID.fullmatch(file.key.rpartition("/")[2]) for file in machine.files(folder))
    assert machine.read(folder / "_SUCCESS") == b""


def test_the_counters_are_on_stderr_and_the_times_on_stdout(machine: Any, export: Any) -> None:
    folder = machine.folder()

    ran = export(folder, machine.table(ITEMS), "0.25", "4")

    assert ran.counters["DYNAMODB_ITEMS_READ"] == ran.counters["Map input records"] == 100
    assert ran.counters["OUTPUT_FILES"] == len(machine.files(folder))
    assert [line.partition(":")[0] for line in ran.out.splitlines()][:2] == ["Job started", "Job ended"]
    assert ran.out.splitlines()[-1] == f"Output path: {folder}"


def test_an_empty_table_has_a_manifest_without_entries_and_no_counter(machine: Any, export: Any) -> None:
    folder = machine.folder()

    ran = export(folder, machine.table(), "0.25", "4")

    assert ran.code == 0
    assert machine.names(folder) == ["_SUCCESS", "manifest"]
    assert machine.files(folder) == []
    assert "DYNAMODB_ITEMS_READ" not in ran.counters
    assert ran.counters["Map input records"] == 0


@pytest.mark.parametrize("option", ["mapreduce.output.fileoutputformat.compress", "mapred.output.compress"])
def test_files_are_packed_when_asked_for_but_never_the_manifest(machine: Any, export: Any, option: str) -> None:
    folder = machine.folder()

    export("-D", f"{option}=true", "-Dmapreduce.map.speculative=false", folder, machine.table(ITEMS), "0.25", "1")

    assert all(file.key.endswith(".gz") for file in machine.files(folder))
    assert machine.lines(folder) == sorted(map(connector_line, ITEMS))


def test_files_are_not_packed_when_not_asked_for(machine: Any, export: Any) -> None:
    folder = machine.folder()

    export("-Dmapreduce.output.fileoutputformat.compress=false", folder, machine.table(ITEMS), "0.25", "1")

    assert [item(line) for line in machine.read(machine.files(folder)[0]).splitlines()]


def test_a_folder_that_is_there_is_refused(machine: Any, export: Any) -> None:
    folder, table = machine.folder(), machine.table(ITEMS)
    machine.write(folder / "deeper/x", b"")

    ran = export(folder, table)

    assert ran.code == 1
    assert f"org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory {folder} already exists" in ran.err
    assert machine.names(folder) == ["deeper/x"]


def test_a_folder_with_a_longer_name_is_another(machine: Any, export: Any) -> None:
    folder = machine.folder()
    machine.write(S3Uri(folder.bucket, f"{folder.key}0/x"), b"")

    assert export(folder, machine.table()).code == 0


@pytest.mark.parametrize(
    ("path", "facts"),
    [
        pytest.param("s3://no-such-bucket/x", "The specified bucket does not exist", id="no bucket"),
        pytest.param("s3://local-backups", "FileAlreadyExistsException", id="a whole bucket"),
        pytest.param("hdfs:///x", "No FileSystem for 'hdfs:///x'", id="not S3"),
    ],
)
def test_a_folder_that_cannot_be_is_named(machine: Any, export: Any, path: str, facts: str) -> None:
    ran = export(path, machine.table())

    assert ran.code == 1
    assert facts in ran.err


def test_a_file_has_no_more_items_than_it_may(machine: Any, export: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter, "ITEMS_A_FILE", 30)
    folder = machine.folder()

    ran = export(folder, machine.table(ITEMS), "0.0001", "1")

    assert sorted(len(machine.read(file).splitlines()) for file in machine.files(folder)) == [10, 30, 30, 30]
    assert ran.counters["OUTPUT_FILES"] == 4


def test_each_mapper_writes_its_own_files(machine: Any, export: Any) -> None:
    folder = machine.folder()

    export(folder, machine.table(ITEMS), "1", "8")

    assert len(machine.files(folder)) == 4


def test_the_manifest_is_sorted_by_names_read_backwards(machine: Any, export: Any) -> None:
    folder = machine.folder()

    export(folder, machine.table(ITEMS), "1", "8")

    names = [file.key for file in machine.files(folder)]
    assert names == sorted(names, key=lambda name: name[::-1])


def test_throttling_is_waited_out(machine: Any, export: Any) -> None:
    machine.running.faults(throttle={"dynamodb.Scan": 2, "dynamodb.DescribeTable": 1})
    folder = machine.folder()

    ran = export(folder, machine.table(ITEMS), "0.25", "1")

    assert (ran.code, len(machine.lines(folder))) == (0, 100)


def test_a_lost_answer_is_asked_for_again(machine: Any, export: Any) -> None:
    machine.running.faults(lose_answer={"dynamodb.Scan": 1})
    folder = machine.folder()

    ran = export(folder, machine.table(ITEMS), "0.25", "1")

    assert (ran.code, len(machine.lines(folder))) == (0, 100)


@pytest.mark.parametrize("ratio", ["0", "-0.5"])
def test_a_ratio_of_nothing_is_refused(machine: Any, export: Any, ratio: str) -> None:
    folder = machine.folder()

    ran = export(folder, machine.table(), ratio)

    assert ran.code == 1
    assert f"Invalid read percentage: {float(ratio)}" in ran.err
    assert machine.names(folder) == []


def test_a_table_that_vanishes_fails_the_job(machine: Any, export: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    table, folder = machine.table(ITEMS), machine.folder()
    rules = exporter.mappers

    def mappers(*arguments: Any) -> Any:
        machine.dynamodb.delete_table(TableName=table)
        machine.dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
        return rules(*arguments)

    monkeypatch.setattr(exporter, "mappers", mappers)

    ran = export(folder, table, "0.25", "1")

    assert ran.code == 1
    assert "Status : FAILED\nError: software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException" in ran.err
    assert ran.err.splitlines()[-1] == 'Exception in thread "main" java.io.IOException: Job failed!'
    assert machine.names(folder) == []
