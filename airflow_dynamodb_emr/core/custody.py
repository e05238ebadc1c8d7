"""In whose bucket, and by which keys, what this software writes is kept: each service is told so in its own words."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.core.documents import Noun

OURS = "ours"  # an owner: the account of whoever asks
_EMR_ACLS = {"bucket-owner-full-control": "BucketOwnerFullControl"}


class Custody(Noun, frozen=True, kw_only=True):
    """Left empty, no owner is expected, and all is encrypted as the bucket says."""

    owner: str = ""  # account that must own each bucket that is written to
    bucket: str = ""  # that holds the backups: reads from it expect the owner too
    acl: str = ""  # that objects are put with
    key: str = ""  # ARN of the KMS key that encrypts them
    logs_key: str = ""  # that encrypts EMR's logs
    security: str = ""  # EMR's security configuration: it encrypts the clusters' disks

    def owner_of(self, bucket: str) -> str:
        """Who is expected to own one that is read; nobody, where it is not that of the backups."""
        return self.owner if bucket == self.bucket else ""

    @property
    def options(self) -> list[str]:
        """For the Spark program."""
        given = {"--owner": self.owner, "--acl": self.acl, "--kms-key": self.key, "--backups": self.bucket if self.owner else ""}
        return [word for name, value in given.items() if value for word in (name, value)]

    @property
    def cluster(self) -> dict[str, Any]:
        """Fields of RunJobFlow."""
        fields = {"LogEncryptionKmsKeyId": self.logs_key, "SecurityConfiguration": self.security}
        return {name: value for name, value in fields.items() if value}

    @property
    def configurations(self) -> list[dict[str, Any]]:
        """For what the connector writes: S3A is EMR's file system since release 7.10, EMRFS was before
        (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-s3a-migrate.html)."""
        acl = _EMR_ACLS.get(self.acl, self.acl)
        s3a = {"fs.s3a.encryption.algorithm": "SSE-KMS", "fs.s3a.encryption.key": self.key} if self.key else {}
        emrfs = {"fs.s3.enableServerSideEncryption": "true", "fs.s3.serverSideEncryption.kms.keyId": self.key} if self.key else {}
        acls = [{"fs.s3a.acl.default": acl}, {"fs.s3.canned.acl": acl}] if acl else [{}, {}]
        properties = {"core-site": {**s3a, **acls[0]}, "emrfs-site": {**emrfs, **acls[1]}}
        return [{"Classification": name, "Properties": each} for name, each in properties.items() if each]

    @property
    def export(self) -> dict[str, str]:
        """Fields of ExportTableToPointInTime."""
        encrypted = {"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": self.key} if self.key else {}
        return {**({"S3BucketOwner": self.owner} if self.owner else {}), **encrypted}


ANYWHERE = Custody()
