from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core import outcome, wording
from airflow_dynamodb_emr.core.ledger import entry
from airflow_dynamodb_emr.core.message import Message
from airflow_dynamodb_emr.core.outcome import Outcome, Run, Whole
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Throughput

from .makers import NOON, table

FOLDER = "s3://backups/dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00"
NAMES = [f"PROD_{number}" for number in range(187)]
GOOD = Outcome(what="backup of PROD_", uri=FOLDER, base="s3://backups/dynamodb", tables=NAMES, judged=True, items=1_234, bytes=2048)
BAD = structs.replace(GOOD, missing={"PROD_3": "its step is FAILED:\n no space left", "PROD_7": "2 parts are gone"})
RUN = Run(dag_id="dynamodb_backup", run_id="manual__1", url="http://airflow/dags/dynamodb_backup/runs/manual__1", again="clear them")
RUNS_ON = structs.replace(RUN, failed=False)
UNTIL = {"PROD_3": "at 4000 reads and 5 writes a second"}


def test_a_failed_backup_says_which_tables_and_why_what_is_safe_and_what_to_do() -> None:
    told = wording.ended(structs.replace(BAD, newest=Whole(uri="s3://backups/older", time=NOON)), RUN)

    assert told.subject == "backup of PROD_: 2 of 187 tables cannot be restored"
    assert told.body.splitlines() == [
        "Cannot be restored:",
        "  PROD_3: its step is FAILED: no space left",
        "  PROD_7: 2 parts are gone",
        "",
        f"Safe: 185 other tables can be restored from {FOLDER}.",
        "The newest whole backup is of 2026-11-23 12:00 UTC: s3://backups/older",
        "",
        "Nothing that this run raised is still raised.",
        "",
        "To do: clear them.",
        f"Folder: {FOLDER}",
        "",
        "Run: http://airflow/dags/dynamodb_backup/runs/manual__1",
    ]


def test_a_backup_none_of_which_can_be_restored_calls_nothing_of_it_safe() -> None:
    told = wording.ended(structs.replace(BAD, tables=["PROD_3", "PROD_7"]), RUN)

    assert "2 of 2 tables cannot be restored" in told.subject and "Safe" not in told.body
    assert "There is no whole backup of these tables." in told.body


def test_a_good_end_has_nothing_to_do() -> None:
    told = wording.ended(GOOD, RUNS_ON)

    assert told.subject == "backup of PROD_: all 187 tables can be restored"
    assert "1,234 items, 2.0 KiB in 187 tables." in told.body and "To do" not in told.body


def test_what_stays_raised_is_said_with_the_time_it_can_be_reset() -> None:
    raised = structs.replace(BAD, raised=UNTIL, waits=["PROD_1: other", "PROD_3: it can be lowered again at 03:10:00 UTC"])

    body = wording.ended(raised, RUN).body

    assert "Still raised:\n  PROD_3: at 4000 reads and 5 writes a second (it can be lowered again at 03:10:00 UTC)\n" in body
    assert "dynamodb-emr raised --base s3://backups/dynamodb --reset" in body


@pytest.mark.parametrize(
    ("waits", "subject"),
    [
        pytest.param([], "backup of PROD_: all 187 tables can be restored, but 1 table still raised", id="nobody knows why"),
        pytest.param(["PROD_3: later"], "backup of PROD_: all 187 tables can be restored", id="DynamoDB allows it only later"),
    ],
)
def test_a_whole_backup_whose_table_stays_raised_is_not_well_unless_it_has_to_wait(waits: list[str], subject: str) -> None:
    raised = structs.replace(GOOD, raised=UNTIL, waits=waits)

    assert wording.ended(raised, RUN).subject == subject
    assert raised.well is bool(waits)


def test_a_run_that_was_not_judged_promises_nothing() -> None:
    told = wording.ended(structs.replace(GOOD, judged=False, proven=NAMES[3:]), RUN)

    assert told.subject == "backup of PROD_: ended without a verdict, 3 of 187 tables not proven"
    assert "Not proven: PROD_0, PROD_1, PROD_2." in told.body and "can be restored" not in told.body and "To do: clear them." in told.body


def test_a_restore_without_all_settings_is_not_told_as_done() -> None:
    loaded = structs.replace(BAD, what="restore of PROD_", restores=True, missing={}, unsettled={"PROD_1": "stream: failed: no"}, raised={})

    told = wording.ended(loaded, RUN)

    assert told.subject == "restore of PROD_: all 187 tables restored, but 1 table without all settings"
    assert "Loaded, but not as they were:" in told.body and "PROD_1: stream: failed: no" in told.body


def test_a_restore_says_that_the_backup_is_as_it_was() -> None:
    told = wording.ended(structs.replace(BAD, what="restore of PROD_", restores=True, source="s3://backups/older"), RUN)

    assert told.subject == "restore of PROD_: 2 of 187 tables not restored"
    assert "Safe: 185 other tables loaded; the backup s3://backups/older is as it was." in told.body


def test_a_late_backup_says_how_far_it_is() -> None:
    told = wording.late(structs.replace(GOOD, judged=False, written=NAMES[12:], proven=NAMES[:2]), RUNS_ON, NOON)

    assert told.subject == "backup of PROD_: not done by 12:00 UTC, 10 of 187 tables not dumped yet"
    assert told.body.startswith("177 of 187 tables dumped") and "Not yet: PROD_10, PROD_11, PROD_2," in told.body


def test_a_late_backup_that_has_failed_says_that_instead() -> None:
    told = wording.late(BAD, RUN, NOON)

    assert told.subject == "not done by 12:00 UTC: backup of PROD_: 2 of 187 tables cannot be restored"
    assert told.body == wording.ended(BAD, RUN).body


def test_a_run_without_a_plan_says_why_and_that_nothing_was_touched() -> None:
    told = wording.nothing("backup of PROD_", structs.replace(RUN, whys=["prefix: no table starts with 'PROD_'\nHINT: look at the region"]))

    assert told.subject == "backup of PROD_: prefix: no table starts with 'PROD_'"
    assert "HINT: look at the region" in told.body and "Nothing was touched" in told.body


def test_a_run_without_a_plan_that_goes_on_is_not_said_to_have_touched_nothing() -> None:
    told = wording.nothing("backup of PROD_", RUNS_ON, NOON)

    assert told.subject == "backup of PROD_: not done by 12:00 UTC, there is no plan yet"
    assert "touched" not in told.body


def test_any_other_run_is_told_in_the_words_that_its_tasks_have_left() -> None:
    whys = [
        "PROD_ of 2026-11-23 02:00 is INVALID, 1 of 2 tables cannot be restored\nPROD_users: 2 parts are gone\nHINT: back it up again",
        "B_ is INVALID",
    ]

    told = wording.failed(structs.replace(RUN, dag_id="dynamodb_verify", whys=whys))

    assert told.subject == "dynamodb_verify: PROD_ of 2026-11-23 02:00 is INVALID, 1 of 2 tables cannot be restored, and 1 more"
    assert told.body == "\n\n".join([*whys, f"Run: {RUN.url}"])


def test_one_whose_tasks_have_left_nothing_is_told_to_have_failed() -> None:
    told = wording.failed(RUN)

    assert told.subject == "dynamodb_backup: failed" and told.body.startswith("Its tasks have left no reason")


def test_where_nothing_can_be_looked_up_the_failure_is_still_told() -> None:
    told = wording.unknown("backup of PROD_", RUN, "AccessDenied")

    assert told.subject == "backup of PROD_: failed"
    assert "What is safe and what is raised could not be looked up: AccessDenied" in told.body


def test_a_day_names_the_prefixes_that_are_not_whole_and_tells_of_the_others() -> None:
    parts = {"PROD_": wording.ended(BAD, RUN), "STAGE_": wording.ended(structs.replace(GOOD, what="backup of STAGE_"), RUN)}

    told = wording.day(parts, ["PROD_"], RUN)

    assert told.subject == "daily backup: 1 of 2 prefixes without a whole backup: PROD_"
    assert "PROD_7: 2 parts are gone" in told.body and "And:\n  backup of STAGE_: all 187 tables can be restored" in told.body


def test_a_good_day_is_said_in_a_line_a_prefix() -> None:
    told = wording.day({"PROD_": wording.ended(GOOD, RUN)}, [], RUNS_ON)

    assert told.subject == "daily backup: 1 prefix backed up"
    assert told.body.startswith("  backup of PROD_: all 187")


def test_how_far_a_table_is_raised_comes_from_the_ledger() -> None:
    raised = entry(table("PROD_3"), [], Raised(table=Throughput(read=105, write=5), indexes={}), "run", NOON)

    assert outcome.raised(raised) == "at 105 reads and 5 writes a second since 2026-11-23 12:00 UTC, it had 5 reads and 5 writes a second"


ANY_NAME = st.text(min_size=1, max_size=255)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(ANY_NAME, st.text(max_size=600), min_size=1, max_size=25), ANY_NAME, st.booleans(), st.integers(0, 100))
def test_sns_takes_every_message(missing: dict[str, str], prefix: str, judged: bool, prefixes: int) -> None:
    """https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
    bad = structs.replace(BAD, what=f"backup of {prefix}", tables=[*missing, "other"], missing=missing, raised=missing, judged=judged)
    one = wording.ended(bad, RUN)
    day = wording.day(dict.fromkeys(map(str, range(prefixes)), one), [str(number) for number in range(prefixes)], RUN)

    for told in (one, day, wording.late(bad, RUNS_ON, NOON + timedelta(hours=1)), wording.unknown(prefix, RUN, prefix * 9)):
        assert _sns_takes(told)


def _sns_takes(told: Message) -> bool:
    return told.subject.isascii() and told.subject.isprintable() and 0 < len(told.subject) < 100 and 0 < len(told.body.encode()) < 262_144 - 200
