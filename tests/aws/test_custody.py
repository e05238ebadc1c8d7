"""Whose bucket it is, and by which key objects are encrypted: on every call of ours, on the stand-in that looks at owners as S3 does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import exports, preflight
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.custody import OURS, Custody
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.spark.cloud import Account, cloud
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.upload import PIECE_BYTES

from .conftest import MakeTable
from .exportable import exportable, wish_of

THEIRS, KEY = "444455556666", "arn:aws:kms:us-east-1:123456789012:key/backups"
WHERE = S3Uri("custody-theirs", "dynamodb")


@pytest.fixture(scope="session")
def their_bucket(shared: StandIn) -> S3Uri:
    """One that everybody may write to, in another account: nothing but its owner tells that it is not ours."""
    keys = shared.client("sts").assume_role(RoleArn=f"arn:aws:iam::{THEIRS}:role/r", RoleSessionName="them")["Credentials"]
    given = {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"], "aws_session_token": keys["SessionToken"]}
    boto3.client("s3", endpoint_url=shared.url, region_name="us-east-1", **given).create_bucket(Bucket=WHERE.bucket)
    return WHERE


@pytest.fixture
def kept(clients: Clients) -> Callable[..., Clients]:
    def make(**custody: Any) -> Clients:
        return Clients(clients._make, clients.region, custody=Custody(**custody))

    return make


def writes(s3: Any) -> Iterator[Callable[[], Any]]:
    """Every way in which something is written or deleted."""
    store, place = Store(s3), Place(s3, WHERE.bucket, "place")
    yield lambda: store.put_new(WHERE / "new", b"")
    yield lambda: store.put(WHERE / "put")
    yield lambda: store.delete(WHERE / "delete")
    yield lambda: place.put("name", b"")
    yield lambda: place.delete(["name"])
    yield lambda: upload(place, 1)
    yield lambda: upload(place, PIECE_BYTES + 1)


def upload(place: Place, size: int) -> None:
    part = place.upload("part")
    part.write(b"x" * size)
    part.close()


def test_nothing_is_written_to_a_bucket_of_somebody_else(kept: Callable[..., Clients], their_bucket: S3Uri) -> None:
    for write in writes(kept(owner=OURS).s3):
        with pytest.raises((ClientError, CopyFailed), match=r"AccessDenied|Access Denied"):
            write()


@pytest.mark.parametrize("owner", [pytest.param(THEIRS, id="the one that is expected"), pytest.param("", id="whoever it is")])
def test_a_bucket_of_who_is_expected_is_written_to(kept: Callable[..., Clients], their_bucket: S3Uri, owner: str) -> None:
    for write in writes(kept(owner=owner).s3):
        write()


def test_the_backups_bucket_is_read_only_if_it_is_ours_and_any_other_as_it_is(kept: Callable[..., Clients], their_bucket: S3Uri) -> None:
    ours, copies = kept(owner=OURS, bucket=their_bucket.bucket), kept(owner=OURS, bucket="local-backups")

    assert Store(copies.s3).read(their_bucket / "nothing") is None
    with pytest.raises(ClientError, match=r"AccessDenied|Access Denied"):
        Store(ours.s3).read(their_bucket / "nothing")
    with pytest.raises(BadInput, match="base: bucket custody-theirs is not allowed to us"):
        preflight.bucket(ours.s3, their_bucket, "base")


def test_the_owner_is_asked_for_once(kept: Callable[..., Clients], aws: StandIn, folder: S3Uri) -> None:
    store = Store(kept(owner=OURS).s3)
    aws.reset_calls()

    for name in "abc":
        store.put(folder / name)

    assert aws.calls()["sts.GetCallerIdentity"] == 1


def test_the_nodes_expect_the_same_owner(aws: StandIn, their_bucket: S3Uri, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value)
    ours = cloud(Account("us-east-1", owner="123456789012")).place(str(their_bucket / "node"))

    with pytest.raises(CopyFailed, match=r"could not be written: .*AccessDenied"):
        upload(ours, 1)
    upload(cloud(Account("us-east-1", owner=THEIRS)).place(str(their_bucket / "node")), 1)


@pytest.mark.parametrize(("owner", "failure"), [("123456789012", "S3AccessDenied: Access Denied"), (THEIRS, "")])
def test_an_export_expects_the_same_owner(
    clients: Clients, make_table: MakeTable, prefix: str, their_bucket: S3Uri, owner: str, failure: str
) -> None:
    asked = wish_of(clients, their_bucket / prefix, exportable(clients, make_table, prefix), custody=Custody(owner=owner))

    export = exports._ask(clients.dynamodb, asked, 1)
    ended = exports.describe(clients.dynamodb, export.arn)

    assert ended and ended.failure == failure


@pytest.mark.parametrize("size", [pytest.param(1, id="in one"), pytest.param(PIECE_BYTES + 1, id="in pieces")])
def test_each_object_is_encrypted_by_the_key(kept: Callable[..., Clients], folder: S3Uri, size: int) -> None:
    s3 = kept(key=KEY).s3

    upload(Place(s3, folder.bucket, folder.key), size)
    Store(s3).put_new(folder / "document", b"{}")

    for name in ("part", "document"):
        told = s3.head_object(Bucket=folder.bucket, Key=(folder / name).key)
        assert (told["ServerSideEncryption"], told["SSEKMSKeyId"]) == ("aws:kms", KEY), name


def test_objects_are_put_with_the_list_that_lets_their_owner_read_them(kept: Callable[..., Clients], folder: S3Uri) -> None:
    s3, said = kept(acl="bucket-owner-full-control").s3, []
    s3.meta.events.register("before-send.s3", lambda request, **_: said.append((request.method, request.headers.get("x-amz-acl"))))

    upload(Place(s3, folder.bucket, folder.key), 1)

    assert [acl.decode() for method, acl in said if method == "PUT" and acl] == ["bucket-owner-full-control"]
