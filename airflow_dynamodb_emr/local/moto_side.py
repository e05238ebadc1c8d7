"""What our services take from moto in the same process: S3 objects, roles, subnets."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT


def _s3() -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[ACCOUNT]["aws"]


def _iam() -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[ACCOUNT]["aws"]


def make_bucket(name: str, region: str) -> None:
    """As AWS makes them since 2023: encrypted, and closed to the public."""
    _s3().create_bucket(name, region)
    _s3().put_bucket_encryption(name, {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}})
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), "true")
    _s3().put_public_access_block(name, closed)


def has_bucket(name: str) -> bool:
    """In whatever account: each name is there once."""
    return bool(owner(name))


def owner(bucket: str) -> str:
    """The account that has it; empty where there is none of that name."""
    from moto.s3.models import s3_backends

    return str(s3_backends.bucket_accounts.get(bucket, ("aws", ""))[1])


def has_object(uri: S3Uri) -> bool:
    return has_bucket(uri.bucket) and _s3().get_object(uri.bucket, uri.key) is not None


def put_object(uri: S3Uri, body: bytes) -> None:
    _s3().put_object(uri.bucket, uri.key, body)


def put_multipart(uri: S3Uri, body: bytes) -> str:
    """In parts, of which there is one; returns the ETag, which then is not the body's MD5."""
    from moto.s3.models import get_canned_acl

    upload = _s3().create_multipart_upload(uri.bucket, uri.key, {}, "STANDARD", {}, get_canned_acl("private"), None, None).id
    part = _s3().upload_part(uri.bucket, upload, 1, body)
    return str(_s3().complete_multipart_upload(uri.bucket, upload, [(1, part.etag)]).etag.strip('"'))


def read_object(bucket: str, key: str) -> bytes:
    return bytes(_s3().get_object(bucket, key).value)


def may_write(uri: S3Uri) -> bool:
    """As far as the bucket's policy has to say."""
    return _allowed("s3:PutObject", uri.bucket, f"/{uri.key}")


def may_list(bucket: str) -> bool:
    return _allowed("s3:ListBucket", bucket)


def _allowed(action: str, bucket: str, path: str = "") -> bool:
    return bool(_s3().get_bucket(bucket).get_permission(action, f"arn:aws:s3:::{bucket}{path}").name != "DENIED")


def keys_in(folder: S3Uri) -> list[str]:
    return keys_from(folder.bucket, folder.key + "/")


def keys_from(bucket: str, prefix: str) -> list[str]:
    """*prefix* as it stands, wherever in a name it may end."""
    if not has_bucket(bucket):
        return []
    return sorted(key for key in list(_s3().get_bucket(bucket).keys) if key.startswith(prefix))


def delete_object(bucket: str, key: str) -> None:
    _s3().delete_object(bucket, key)


def make_role(name: str, service: str) -> None:
    trust = f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}'
    _iam().create_role(name, trust, "/", None, "", [], None)


def make_instance_profile(name: str) -> None:
    _iam().create_instance_profile(name, "/", [])
    _iam().add_role_to_instance_profile(name, name)


def policies(role: str) -> list[str] | None:
    """The documents of the role of this ARN; None where it has none, or where there is no such role."""
    found = next((each for each in _iam().roles.values() if each.arn == role), None)
    documents = [*found.policies.values(), *(each.document for each in found.managed_policies.values())] if found else []
    return documents or None


def default_key(region: str) -> str:
    """The ARN of the key that AWS keeps for DynamoDB."""
    from moto.kms.models import kms_backends

    return str(kms_backends[ACCOUNT][region].describe_key("alias/aws/dynamodb").arn)


def key_of(name: str, region: str) -> str:
    """The ARN of the key of this id, alias or ARN; empty where there is none."""
    from moto.kms.models import kms_backends

    own = kms_backends[ACCOUNT][region]
    alias = own.get_alias_name(name)
    id = own.get_key_id_from_alias(alias) if alias.startswith("alias/") else own.get_key_id(name)
    return str(own.keys[id].arn) if id in own.keys else ""


def has_data_stream(arn: str) -> bool:
    from moto.kinesis.models import kinesis_backends

    region, account, name = arn.split(":")[3], arn.split(":")[4], arn.rpartition("/")[2]
    return name in kinesis_backends[account][region].streams


def has_role(name: str) -> bool:
    return any(role.name == name for role in _iam().roles.values())


def has_instance_profile(name: str) -> bool:
    return any(profile.name == name for profile in _iam().instance_profiles.values())


def has_subnet(region: str, subnet: str) -> bool:
    return bool(zone(region, subnet))


def zone(region: str, subnet: str) -> str:
    """Where the subnet is; empty: nowhere."""
    from moto.ec2 import ec2_backends

    return next((name for name, subnets in ec2_backends[ACCOUNT][region].subnets.items() if subnet in subnets), "")
