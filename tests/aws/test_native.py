"""Exports and imports are waited for with few calls, and begun by looking where AWS took no more at first."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from airflow_dynamodb_emr.aws import native
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.probes import PROBES
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exporting import Wish
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable
from .exportable import exportable, wish_of
from .helpers import until
from .test_imports import dumped, schema_of, wish

LIMITED = {"dynamodb.ExportTableToPointInTime": 1}


@pytest.fixture
def wishes(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> list[Wish]:
    return [wish_of(clients, folder, exportable(clients, make_table, f"{prefix}{name}", "a")) for name in ("orders", "lines")]


def ref_of(clients: Clients, *wishes: Wish) -> dict[str, Any]:
    """As the operator makes it."""
    begun = {wish.table: native.begin_export(clients, wish) for wish in wishes}
    asked = {"wishes": {wish.table: wish for wish in wishes}, "exports": begun, "asked": {}}
    return dict(msgspec.to_builtins(asked))


def statuses(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(export["status"], export["failure"]) for export in answer["exports"].values()]


def test_exports_are_waited_for_until_the_last_has_ended(aws: StandIn, clients: Clients, wishes: list[Wish]) -> None:
    aws.faults(slow_exports={wishes[1].table: 0.7})
    ref = ref_of(clients, *wishes)
    assert PROBES["exports_ended"](clients, ref) is None

    assert statuses(until(lambda: PROBES["exports_ended"](clients, ref))) == [("COMPLETED", ""), ("COMPLETED", "")]


def test_while_nothing_is_written_dynamodb_is_hardly_asked(aws: StandIn, clients: Clients, wishes: list[Wish]) -> None:
    aws.set(export_seconds=600)
    ref = ref_of(clients, *wishes)
    aws.reset_calls()

    for _ in range(5):
        assert PROBES["exports_ended"](clients, ref) is None

    assert aws.calls() == {"dynamodb.DescribeExport": 2, "s3.HEAD": 10}


def test_a_failure_that_leaves_nothing_in_s3_is_seen_after_a_while(
    aws: StandIn, clients: Clients, wishes: list[Wish], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.faults(fail_exports={wishes[0].table: 1}, slow_exports={wishes[0].table: 0.3})
    ref = ref_of(clients, wishes[0])
    assert PROBES["exports_ended"](clients, ref) is None
    monkeypatch.setattr(native, "ASK_SECONDS", 0)

    (ended,) = statuses(until(lambda: PROBES["exports_ended"](clients, ref)))

    assert ended == ("FAILED", "InternalServerError: the stand-in for AWS was told to fail this export")


def test_an_export_that_aws_had_no_room_for_is_begun_by_looking(aws: StandIn, impatient: Clients, wishes: list[Wish]) -> None:
    aws.faults(throttle=LIMITED)

    ref = ref_of(impatient, *wishes)

    assert [(export["status"], bool(export["arn"])) for export in ref["exports"].values()] == [("", False), ("IN_PROGRESS", True)]
    assert PROBES["exports_ended"](impatient, ref) is None
    assert statuses(until(lambda: PROBES["exports_ended"](impatient, ref))) == [("COMPLETED", ""), ("COMPLETED", "")]


def test_a_table_that_cannot_be_exported_does_not_hold_up_the_others(clients: Clients, wishes: list[Wish]) -> None:
    clients.dynamodb.delete_table(TableName=wishes[0].table)

    ref = ref_of(clients, *wishes)

    failed, whole = statuses(until(lambda: PROBES["exports_ended"](clients, ref)))
    assert failed[0] == "FAILED" and "TableNotFoundException" in failed[1] and whole == ("COMPLETED", "")


def test_an_export_that_aws_does_not_know_any_more_has_failed(clients: Clients, wishes: list[Wish]) -> None:
    ref = ref_of(clients, wishes[0])
    ref["exports"][wishes[0].table]["arn"] = f"{wishes[0].arn}/export/01600000000000-00000000"

    assert statuses(PROBES["exports_ended"](clients, ref) or {}) == [("FAILED", "DynamoDB does not know it any more")]


def test_a_look_that_fails_is_no_answer(aws: StandIn, impatient: Clients, wishes: list[Wish]) -> None:
    ref = ref_of(impatient, wishes[0])
    aws.faults(throttle={"dynamodb.DescribeExport": 1})

    with pytest.raises(impatient.dynamodb.exceptions.ClientError):
        PROBES["exports_ended"](impatient, ref)
    assert PROBES["exports_ended"](impatient, ref)


@pytest.mark.parametrize("full", [False, True], ids=["begun", "no room at first"])
def test_an_import_is_waited_for(
    aws: StandIn, impatient: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str, full: bool
) -> None:
    manifest = dumped(store, folder, prefix, [{"id": {"S": "a"}}])
    asked = wish(schema_of(impatient, make_table(prefix)), manifest, folder, f"{prefix}restored")
    aws.set(import_seconds=0.5)
    aws.faults(throttle={"dynamodb.ImportTable": int(full)})

    begun = native.begin_import(impatient, asked)

    assert (begun is None) is full
    ref = {"wish": msgspec.to_builtins(asked), "arn": begun.arn if begun else ""}
    assert PROBES["imports_ended"](impatient, ref) is None
    assert until(lambda: PROBES["imports_ended"](impatient, ref))["import"]["status"] == "COMPLETED"


def test_an_import_that_cannot_be_begun_is_refused_at_once(clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    asked = wish(schema_of(clients, make_table(prefix)), dumped(store, folder, prefix, [{"id": {"S": "a"}}]), folder, prefix)

    with pytest.raises(BadInput, match="exists already"):
        native.begin_import(clients, asked)
