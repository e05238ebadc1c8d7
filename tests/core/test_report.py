from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core import verdict
from airflow_dynamodb_emr.core.fleet import Size
from airflow_dynamodb_emr.core.loading import table_load
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.reckoning import Facts, report
from airflow_dynamodb_emr.core.report import backup_lines, plan_lines, restore_lines, restore_plan_lines, size
from airflow_dynamodb_emr.core.restore import Restore, TableLoaded, restore_plan
from airflow_dynamodb_emr.core.source import Source
from airflow_dynamodb_emr.core.spiking import Absolute
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.tablesettings.step import Choices, Setting, SettingsReport
from airflow_dynamodb_emr.core.tablesettings.step import Outcome as Became
from airflow_dynamodb_emr.core.verdict import Seen, Verdict, whole

from .makers import NOON, RUN, backup, judged, manifest, plan, restore_request, schema, table, units
from .tablesettings import furnished

READ = Throughput(read=5, write=5)


def test_a_good_backup_is_a_line_a_table_under_its_verdict() -> None:
    seen = Seen(before=READ, during=structs.replace(READ, read=105), after=READ)

    orders = judged("PROD_orders", items=1234, bytes=2048, seconds=3.25, throughput=seen, attempt=2, read_units=7)

    lines = backup_lines(backup(orders, judged("PROD_b", items=1)))

    assert lines[0].startswith("backup of PROD_* at 2026-11-23 12:00:00 UTC: VALID, 2 tables, 1,235 items, 2.0 KiB in s3://backups/")
    assert lines[1].split()[:5] == ["table", "engine", "try", "items", "bytes"]
    assert lines[1].split()[5:] == ["before", "during", "after", "seconds", "units", "read", "dollars", "verdict"]
    assert lines[2].split() == ["PROD_orders", "connector", "2", "1,234", "2.0", "KiB", "5", "105", "5", "3.2", "7", "?", "VALID"]
    assert len(lines) == 4


def test_with_its_report_it_says_what_it_took_and_cost_and_what_of_that_is_estimated() -> None:
    made = plan(table("a", read=0, write=0, bytes=8192 * 10**6))
    good = verdict.backup(made, [whole(manifest("a"), b"", Seen(), False)], NOON + timedelta(minutes=9), [])

    took, plots, _, row = backup_lines(good, report(made, good, Facts(manifests={"a": manifest("a")})))[1:]

    assert took == "  it took 9 minutes and cost ~$0.12 (list prices of us-east-1, July 2026)"
    assert plots.endswith(f"{good.uri}/report.html")
    assert row.split()[-3:] == ["~1,000,000", "~0.1250", "VALID"]


def test_the_columns_stand_under_each_other() -> None:
    lines = backup_lines(backup(judged("a", items=1), judged("a_much_longer_name", items=1_000_000)))

    head, short, long = lines[1:4]
    ends = [line.index(word) + len(word) for line, word in ((head, "items"), (long, "1,000,000"))]
    assert ends[0] == ends[1] == short.index(" 1 ") + 2


def test_throughput_that_nobody_saw_or_that_is_on_demand_is_said_so() -> None:
    on_demand = Seen(before=Throughput(read=0, write=0))

    (row,) = backup_lines(backup(judged("a", throughput=on_demand)))[2:]

    assert "on demand" in row and row.split()[-6:-3] == ["?", "?", "0.0"]


def test_a_failed_backup_names_each_missing_table_and_why() -> None:
    failed = backup(judged("a"), judged("b", Verdict.INCOMPLETE, reasons=["its step is FAILED: no space left"]))

    lines = backup_lines(failed)

    assert "INCOMPLETE, 2 tables" in lines[0]
    assert "  b: its step is FAILED: no space left" in lines and not any(line.startswith("  a:") for line in lines)


def test_what_is_raised_excluded_or_noted_is_said() -> None:
    made = structs.replace(backup(judged("a", raised=True)), excluded={"PROD_x": "*x"}, notes=["PROD_y appeared"])

    assert backup_lines(made)[-3:] == ["  a is still raised", "  PROD_x is excluded by *x", "  PROD_y appeared"]


def test_a_restore_says_what_went_where_and_what_did_not() -> None:
    made = Restore(
        verdict=Verdict.INCOMPLETE,
        run=RUN,
        backup="s3://b/1",
        uri="s3://b/2",
        ended=NOON,
        loaded=[TableLoaded(name="R_a", source="a", engine="worker", items=1500, seconds=2)],
        missing={"R_b": "its step is FAILED"},
        raised=["R_a"],
    )

    head, columns, row, *rest = restore_lines(made)

    assert head == "restore of s3://b/1: INCOMPLETE, 1 table loaded"
    assert columns.split() == ["source", "table", "engine", "items", "seconds"]
    assert row.split() == ["a", "->", "R_a", "worker", "1,500", "2.0"]
    assert rest == ["  R_b: its step is FAILED", "  R_a is still raised"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (5 * 2**20, "5.0 MiB"), (2**30, "1.0 GiB"), (3 * 2**40, "3.0 TiB")],
)
def test_sizes_are_in_units_people_read(number: int, words: str) -> None:
    assert size(number) == words


def test_a_plan_tells_what_it_does_to_each_table_and_why() -> None:
    made = plan(table("a", read=10, items=1234, bytes=8192 * 120_000), table("b", read=0, write=0, bytes=8192 * 10**6))

    lines = plan_lines(structs.replace(made, excluded={"c": "c*"}))

    assert lines[0] == f"2 tables, about {made.seconds / 60:.0f} minutes, about ${made.dollars:.2f} (list prices of us-east-1, July 2026)"
    assert lines[2].split() == ["table", "engine", "items", "bytes", "before", "during", "after", "segments", "minutes", "dollars", "why"]
    assert lines[3].split(maxsplit=11)[3:] == ["937.5", "MiB", "10", "105", "10", "1", "21.0", "0.0123", "spiked from 10 to 105 units"]
    assert lines[4].endswith("0.1250  on demand, never spiked: 4000 of the 12000 units it serves") and lines[4].count("on demand  ") == 3
    assert lines[5] == "  c is excluded by c*"


SIZE = Size(lanes=1, concurrency=12, nodes=2, primary_type="m5.xlarge", worker_type="m5.xlarge", seconds=540)


@pytest.mark.parametrize(
    ("size", "spot", "words"),
    [
        pytest.param(SIZE, 0, "1 cluster of 3 m5.xlarge, 12 tables at once: about 9 minutes; the longest table alone takes 1 minute", id="on demand"),
        pytest.param(
            SIZE,
            1,
            "1 cluster of 3 m5.xlarge (1 of them spot), 12 tables at once: about 9 minutes; the longest table alone takes 1 minute; "
            "spot machines are counted at the on-demand price",
            id="spot",
        ),
        pytest.param(
            structs.replace(SIZE, lanes=2, primary_type="m5.2xlarge"),
            0,
            "2 clusters of one m5.2xlarge and 2 m5.xlarge, 12 tables at once in each: about 9 minutes; the longest table alone takes 1 minute",
            id="several, of a larger primary",
        ),
    ],
)
def test_a_plan_says_how_large_its_clusters_are_and_what_keeps_it_from_being_faster(size: Size, spot: int, words: str) -> None:
    assert plan_lines(structs.replace(plan(), size=size, spot=spot))[1] == f"  {words}"


def test_a_plan_without_a_price_says_so() -> None:
    assert plan_lines(structs.replace(plan(), dollars=None))[0].endswith(", price of the cluster unknown (list prices of us-east-1, July 2026)")


def test_the_plan_of_a_restore_tells_write_units() -> None:
    source = Source(schema=schema(ProvisionedThroughput=units(9, 10), TableSizeBytes=2**30), manifest=manifest(), name="new", there=None)
    made = table_load(source, Pace(spike=Absolute(number=500)))

    lines = restore_plan_lines(restore_plan(restore_request(), backup(), [made], RUN, "123456789012", NOON))

    assert lines[0].startswith("1 table, about ")
    assert lines[1].startswith("  1 cluster of 2 m5.xlarge, 1 table at once: about ")
    assert lines[3].split(maxsplit=10)[:9] == ["orders", "->", "new", "connector", "3", "10", "B", "10", "500"]
    assert lines[3].endswith("spiked from 10 to 500 units; the connector can load it")


def test_the_plan_of_a_restore_tells_beforehand_what_will_not_be_as_it_was() -> None:
    source = Source(schema=furnished.schema(), manifest=manifest(), name="new", there=None)
    made = table_load(source, Pace(), choices=Choices(without=["stream", "kinesis", "ttl"]), now=NOON)

    lines = restore_plan_lines(restore_plan(restore_request(), backup(), [made], RUN, "123456789012", NOON))

    assert f"  new: resource policy is mapped: {furnished.ARN} became {furnished.HERE.arn('new')}" in lines
    assert "  new: not put back: time to live, Kinesis streams, stream: as asked for" in lines


def test_a_restore_counts_the_settings_that_are_as_they_were_and_names_the_others() -> None:
    settings = [
        Setting(name="tags", outcome=Became.RESTORED),
        Setting(name="stream", outcome=Became.RESTORED, how="under an ARN of its own"),
        Setting(name="replicas", outcome=Became.LEFT_OUT, how="add them"),
        Setting(name="time to live", outcome=Became.FAILED, how="AccessDenied: no"),
    ]
    reports = [SettingsReport(table="new", settings=settings), SettingsReport(table="was_there", settings=[])]
    restore = Restore(
        verdict=Verdict.VALID, run=RUN, backup="s3://b/x", uri="s3://b/r", ended=NOON, loaded=[], missing={}, raised=[], settings=reports
    )

    assert restore_lines(restore)[-4:] == [
        "  new: 4 settings, 1 as they were: tags",
        "    stream: restored: under an ARN of its own",
        "    replicas: left out: add them",
        "    time to live: failed: AccessDenied: no",
    ]
    assert restore.unsettled == ["new is loaded, but time to live: failed: AccessDenied: no"]


def test_the_longest_table_of_a_cluster_is_one_that_it_has() -> None:
    made = plan()
    exported = structs.replace(made.tables[0], name="exported", engine="native", seconds=9000)

    lines = plan_lines(structs.replace(made, tables=[exported, *made.tables]))

    assert lines[1].endswith("; the longest table alone takes 1 minute")
