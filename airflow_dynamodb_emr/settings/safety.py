"""Whose buckets are written to, and what encrypts what is in them."""

from __future__ import annotations

from typing import Annotated, Literal

from airflow_dynamodb_emr.core.custody import OURS, Custody
from airflow_dynamodb_emr.settings.options import matching, told
from airflow_dynamodb_emr.settings.people import People

ANY = "any"  # an owner of a bucket: nobody is expected
_OWNER = (
    "Account that must own each bucket that is written to, and the backups' bucket to read from it; S3 refuses any other. "
    "Empty: the account of the credentials. `any`: it is not looked at. See docs/permissions.md."
)
_ACL = "Access control list that objects are put with: for a bucket of another account that has not turned these lists off."
_KEY = matching(r"arn:aws[\w-]*:kms:[\w-]+:\d{12}:(key|alias)/.+", "the ARN of a key or of an alias")


class Safety(People, frozen=True, kw_only=True):
    bucket_owner: Annotated[str, told(_OWNER, "444455556666", matching(rf"{ANY}|\d{{12}}", f"the number of an account, or {ANY}"))] = ""
    bucket_acl: Annotated[Literal["", "bucket-owner-full-control"], told(_ACL, "bucket-owner-full-control")] = ""
    kms_key: Annotated[
        str,
        told("ARN of the KMS key that encrypts the backups. Empty: as the bucket says.", "arn:aws:kms:eu-west-1:111122223333:alias/backups", _KEY),
    ] = ""
    logs_kms_key: Annotated[
        str,
        told("ARN of the KMS key that encrypts the logs of clusters and job runs.", "arn:aws:kms:eu-west-1:111122223333:alias/logs", _KEY),
    ] = ""
    security_configuration: Annotated[str, told("Name of EMR's security configuration: it encrypts the clusters' disks.", "encrypted-disks")] = ""

    @property
    def custody(self) -> Custody:
        return Custody(
            owner={"": OURS, ANY: ""}.get(self.bucket_owner, self.bucket_owner),
            bucket=self.base_uri.bucket if self.base else "",
            acl=self.bucket_acl,
            key=self.kms_key,
            logs_key=self.logs_kms_key,
            security=self.security_configuration,
        )
