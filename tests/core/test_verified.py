from __future__ import annotations

from msgspec import structs

from airflow_dynamodb_emr.core import verified
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.verification import Fault, TableVerification, Verification

from .makers import NOON

LOST = [Fault(part=f"users/1/{number}", reason="it is not there") for number in range(12)]
GOOD = TableVerification(name="orders", verdict=Verdict.VALID, items=1200, bytes=2048, engines=["connector", "worker"], deep=True, at=NOON)
BAD = TableVerification(name="users", verdict=Verdict.INCOMPLETE, items=3, bytes=1, reasons=[Fault(reason="a base is gone"), *LOST], at=NOON)
FOUND = Verification(verdict=Verdict.INCOMPLETE, uri="s3://b/x", at=NOON, tables=[GOOD, BAD], reasons=[Fault(reason="two runs")], notes=["copied"])


def test_a_look_is_told_by_table_and_then_by_what_is_wrong() -> None:
    told = verified.lines(FOUND)

    assert told[:6] == [
        "INCOMPLETE: 2 tables, 1,203 items, 2.0 KiB in s3://b/x",
        "  table   verdict     items   stored  restorable by",
        "  orders  VALID       1,200  2.0 KiB  connector, worker  each part was read 2026-11-23 12:00",
        "  users   INCOMPLETE      3      1 B  none",
        "two runs",
        "users: a base is gone",
    ]
    assert told[6] == "users/1/0: it is not there" and told[-2:] == ["users: and 3 more", "note: copied"]
    assert verified.bad(FOUND) == told[4:-1]


def test_what_to_do_is_said_of_every_verdict_but_the_good() -> None:
    said = {verdict: verified.hint(structs.replace(FOUND, verdict=verdict)) for verdict in Verdict}

    assert [verdict for verdict, hint in said.items() if not hint] == [Verdict.VALID]


def test_damage_is_told_by_the_name_that_people_call_the_backup_by() -> None:
    here = structs.replace(FOUND, uri="s3://backups/dynamodb/eu-west-1/PROD_/2026/11/23/02_00.00")

    assert verified.damage(here) == "PROD_ of 2026-11-23 02:00 is INCOMPLETE, 1 of 2 tables cannot be restored"
    assert verified.damage(structs.replace(FOUND, uri="s3://backups/a-copy", tables=[GOOD])) == "s3://backups/a-copy is INCOMPLETE"


def test_a_table_is_told_in_one_line() -> None:
    assert verified.line(GOOD) == "orders is VALID: 1,200 items, 2.0 KiB, each part was read"
    assert verified.line(BAD).startswith("users is INCOMPLETE: 3 items, 1 B, no data was read; a base is gone; users/1/0: it is not there; ")
    assert verified.line(BAD).endswith("; and 3 more")


def test_a_backup_without_tables_has_no_table_to_show() -> None:
    assert verified.lines(Verification(verdict=Verdict.INCOMPLETE, uri="s3://b/x", tables=[], reasons=[Fault(reason="it was never finished")])) == [
        "INCOMPLETE: 0 tables, 0 items, 0 B in s3://b/x",
        "it was never finished",
    ]
