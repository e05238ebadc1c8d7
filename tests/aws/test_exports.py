"""An export is begun once, however often it is asked for; one that failed is not taken for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import attempts, exports
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exporting import Wish
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable
from .exportable import exportable, wish_of
from .helpers import refusal

LONGER_THAN_A_TOKEN = 9 * 3600


@pytest.fixture
def wish(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> Wish:
    return wish_of(clients, folder, exportable(clients, make_table, prefix, "a"))


def test_an_export_goes_into_the_first_attempts_folder(clients: Clients, store: Store, wish: Wish) -> None:
    export = exports.begin(clients, wish)

    assert (export.attempt, export.table, export.into) == (1, wish.table, wish.root.data(wish.table, 1))
    assert exports.tries(store, wish) == [1]
    ended = exports.describe(clients.dynamodb, export.arn)
    assert ended and (ended.status, ended.items) == ("COMPLETED", 1)


@pytest.mark.parametrize("later", [0, LONGER_THAN_A_TOKEN], ids=["at once", "when its token is forgotten"])
@pytest.mark.parametrize("seconds", [0, 600], ids=["ended", "running"])
def test_whoever_asks_again_gets_the_same_export(aws: StandIn, clients: Clients, wish: Wish, later: int, seconds: int) -> None:
    aws.set(export_seconds=seconds)
    first = exports.begin(clients, wish)
    aws.set(clock_ahead_seconds=later)
    aws.reset_calls()

    assert exports.begin(clients, wish).arn == first.arn
    assert "dynamodb.ExportTableToPointInTime" not in aws.calls()


def test_an_export_whose_answer_was_lost_is_found_again(aws: StandIn, clients: Clients, impatient: Clients, wish: Wish) -> None:
    aws.faults(lose_answer={"dynamodb.ExportTableToPointInTime": 1})
    with pytest.raises(ClientError, match="loses this answer"):
        exports.begin(impatient, wish)
    aws.reset_calls()

    export = exports.begin(clients, wish)

    assert export.attempt == 1 and "dynamodb.ExportTableToPointInTime" not in aws.calls()


def test_one_that_has_left_nothing_in_s3_yet_is_found_by_its_token(aws: StandIn, clients: Clients, store: Store, wish: Wish) -> None:
    aws.set(export_seconds=600)
    first = exports.begin(clients, wish)
    store.delete(first.into / "AWSDynamoDB" / first.id / "_started")

    assert exports.begin(clients, wish).arn == first.arn


def test_one_that_failed_is_not_joined_and_its_token_not_used_again(aws: StandIn, clients: Clients, wish: Wish) -> None:
    aws.faults(fail_exports={wish.table: 2})
    first, second = (exports.begin(clients, wish) for _ in range(2))

    third = exports.begin(clients, wish)

    assert [export.attempt for export in (first, second, third)] == [1, 2, 3]
    ended = exports.describe(clients.dynamodb, third.arn)
    assert ended and ended.status == "COMPLETED"


def test_one_that_failed_before_it_wrote_anything_is_not_joined_either(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    table, bucket = exportable(clients, make_table, prefix), "denied-for-a-while"
    clients.s3.create_bucket(Bucket=bucket)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/{table}/{table}/*"}
    clients.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    wish = wish_of(clients, S3Uri(bucket, table), table)
    first = exports.begin(clients, wish)
    failed = exports.describe(clients.dynamodb, first.arn)
    assert failed and failed.failure == "S3AccessDenied: Access Denied" and failed.hopeless
    clients.s3.delete_bucket_policy(Bucket=bucket)

    assert exports.begin(clients, wish).attempt == 2


def test_one_whose_files_were_refused_is_not_joined(clients: Clients, store: Store, wish: Wish) -> None:
    first = exports.begin(clients, wish)
    attempts.refuse_steps(store, wish.root, [first.id])

    assert exports.begin(clients, wish).attempt == 2


def test_a_table_whose_recovery_is_off_is_refused(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    wish = wish_of(clients, folder, make_table(prefix))

    with pytest.raises(BadInput) as error:
        exports.begin(clients, wish)

    assert "PointInTimeRecoveryUnavailableException" in refusal(error)[0]


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "throttled"])
def test_what_time_can_cure_is_no_bad_input(aws: StandIn, clients: Clients, impatient: Clients, wish: Wish, gone: bool) -> None:
    """A table that is gone stays gone; one that cannot be asked for just now can be later."""
    if gone:
        clients.dynamodb.delete_table(TableName=wish.table)
    else:
        aws.faults(throttle={"dynamodb.ExportTableToPointInTime": 1})

    expected: Any = BadInput if gone else ClientError
    with pytest.raises(expected):
        exports.begin(impatient, wish)


def test_an_export_that_aws_has_forgotten_is_none(clients: Clients, wish: Wish) -> None:
    assert exports.describe(clients.dynamodb, f"{wish.arn}/export/01600000000000-00000000") is None
