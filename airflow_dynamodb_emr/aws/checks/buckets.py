"""The buckets: reachable, where, whose, encrypted, closed to the public, with or without versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import preflight
from airflow_dynamodb_emr.aws.checks.looking import Seen, look
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.custody import OURS
from airflow_dynamodb_emr.core.findings import Finding
from airflow_dynamodb_emr.core.layout import S3Uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CLOSED = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ENFORCED = "BucketOwnerEnforced"


def check(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    """That of the backups, then that of the logs if it is another."""
    found = _reachable(clients, wanted.base, "bucket")
    yield found
    if found.ok:
        yield from _about(clients, wanted)
    if wanted.logs.bucket != wanted.base.bucket:
        yield _reachable(clients, wanted.logs, "bucket of logs")


def _reachable(clients: Clients, uri: S3Uri, name: str) -> Finding:
    def see() -> Seen:
        preflight.bucket(clients.s3, uri, "log_uri" if name != "bucket" else "base")
        region = _region(clients.s3.head_bucket(Bucket=uri.bucket))
        return _near(name, f"s3://{uri.bucket} is reachable, in {region}", region in (clients.region, ""))

    return look(name, see, "s3:ListBucket", "name a bucket of yours")


def _region(answer: Any) -> str:
    return str(answer.get("BucketRegion") or answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", ""))


def _near(name: str, detail: str, near: bool) -> Seen:
    if near:
        return detail
    hint = "what crosses regions is charged by the gigabyte, and slower; a bucket in the tables' region is not"
    return Finding(name=name, ok=None, detail=f"{detail}, which is not the tables' region", hint=hint)


def _about(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    s3, bucket = clients.s3, wanted.base.bucket
    yield look("bucket owner", lambda: _owner(clients, wanted), "s3:GetBucketOwnershipControls")
    yield look("bucket encryption", lambda: _encryption(s3, bucket, wanted.custody.key), "s3:GetEncryptionConfiguration")
    yield look("bucket public access", lambda: _public(s3, bucket), "s3:GetBucketPublicAccessBlock and s3:GetBucketPolicyStatus")
    yield look("bucket versions", lambda: _versions(s3, bucket), "s3:GetBucketVersioning and s3:GetBucketObjectLockConfiguration")


def _owner(clients: Clients, wanted: Checklist) -> Seen:
    """Where it is the wrong one, the bucket was not reachable."""
    owner = wanted.custody.owner
    if not owner:
        hint = "set bucket_owner to the account that must own it: a bucket that was deleted may be somebody else's tomorrow"
        return Finding(name="bucket owner", ok=None, detail="nobody looks whose it is: bucket_owner is any", hint=hint)
    if owner in (OURS, clients.account):
        return f"account {clients.account}, as each call expects"
    return _foreign(clients.s3, wanted, f"account {owner}, as each call expects, which is not that of the credentials")


def _foreign(s3: S3Client, wanted: Checklist, detail: str) -> Seen:
    """Who puts an object into another's bucket owns it, unless the bucket or the object says otherwise."""
    rules = _or_missing(lambda: s3.get_bucket_ownership_controls(Bucket=wanted.base.bucket)["OwnershipControls"]["Rules"]) or []
    if wanted.custody.acl or any(rule["ObjectOwnership"] == _ENFORCED for rule in rules):
        return detail
    hint = "turn its access control lists off, or set bucket_acl to bucket-owner-full-control: else its owner cannot read the backups"
    return Finding(name="bucket owner", ok=False, detail=f"{detail}; whoever puts an object owns it", hint=hint)


def _encryption(s3: S3Client, bucket: str, key: str) -> Seen:
    if key:
        return f"each object by {key}"
    rules = _or_missing(lambda: s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"])
    if not rules:
        return Finding(name="bucket encryption", ok=False, detail="none by default", hint="turn on its default encryption, or set kms_key")
    by = rules[0]["ApplyServerSideEncryptionByDefault"]
    return " ".join(filter(None, [by["SSEAlgorithm"], by.get("KMSMasterKeyID")]))


def _public(s3: S3Client, bucket: str) -> Seen:
    """What is blocked for the whole account is not seen from here."""
    status = _or_missing(lambda: s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]) or {}
    blocked = _or_missing(lambda: s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]) or {}
    hint = f"aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration {','.join(f'{part}=true' for part in _CLOSED)}"
    if all(blocked.get(part) for part in _CLOSED):
        return "blocked"
    if status.get("IsPublic"):
        return Finding(name="bucket public access", ok=False, detail="its policy lets everybody in", hint=hint)
    return Finding(name="bucket public access", ok=None, detail="its policy lets in nobody else; nothing of the bucket's own blocks it", hint=hint)


def _versions(s3: S3Client, bucket: str) -> Seen:
    """For a person to know; every kind is right."""
    versions = s3.get_bucket_versioning(Bucket=bucket).get("Status", "")
    lock = _or_missing(lambda: s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]) or {}
    kept = lock.get("Rule", {}).get("DefaultRetention", {})
    days = f" for {kept['Days']} days" if "Days" in kept else f" for {kept['Years']} years" if "Years" in kept else ""
    locked = f", object lock in {kept['Mode']} mode{days}" if kept else ", object lock without a default" if lock else ""
    words = {"Enabled": "kept: what retention deletes takes room until its versions are gone", "Suspended": "no more kept, older ones may be there"}
    return words.get(versions, "none kept: what is deleted is gone") + locked


def _or_missing(ask: Callable[[], Any]) -> Any:
    """None where S3 says that there is none."""
    try:
        return ask()
    except ClientError as error:
        if code(error).startswith("NoSuch") or "NotFound" in code(error):
            return None
        raise
