"""Looks at everything a run names before anything is touched or spent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import model, serverless, shipping
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, is_denied, is_missing, refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import ClusterSpec, subnets_of
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.refusals import refusals
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.errors import BadInput, NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAKE_THEM = "create it, or correct the setting; `aws emr create-default-roles` makes EMR's default roles"

log = logging.getLogger(__name__)


def bucket(s3: S3Client, uri: S3Uri, source: str) -> None:
    """*source* names the setting or field that the bucket came from."""
    hint = "create it or name another, allow s3:ListBucket on it, or say in bucket_owner whose account's it is; this software never creates buckets"
    with refused_as_bad_input(f"{source}: bucket {uri.bucket}", hint):
        s3.head_bucket(Bucket=uri.bucket)


def jar(s3: S3Client, uri: str) -> None:
    """Only a jar in S3 can be looked at from here; another path is one on the cluster's nodes."""
    if not uri:
        hint = "upload the connector's tools jar to S3 and set AIRFLOW__DYNAMODB_EMR__CONNECTOR_JAR to its URI, or choose another engine"
        raise BadInput("connector_jar: it is not set", hint)
    if not uri.startswith("s3"):
        return
    hint = "upload the connector's tools jar, or correct connector_jar"
    with refused_as_bad_input(f"connector_jar: {uri}", hint):
        if Store(s3).size(S3Uri.parse(uri, "connector_jar")) is None:
            raise NotFound(f"connector_jar: {uri} is not there", hint)


def request(request: dict[str, Any]) -> None:
    """Everything that can be known of a RunJobFlow request without asking AWS."""
    model.check_request(request, "cluster_template")
    for field, why in refusals(request):
        raise BadInput(f"cluster_template: {field}: {why}", "correct it in the template; what it does not say comes from the settings")


def cluster(clients: Clients, request: dict[str, Any]) -> None:
    """Roles, instance profile and subnets of a RunJobFlow request. Where we may not look, EMR will say."""
    for what, look in looks(clients, request).items():
        with _as_far_as_allowed(what):
            look()


def looks(clients: Clients, request: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """What of it can be looked for, by the setting that names it."""
    role, profile, subnets = request["ServiceRole"].split("/")[-1], request["JobFlowRole"].split("/")[-1], subnets_of(request)
    found: dict[str, Callable[[], Any]] = {
        f"service_role: {role}": lambda: clients.iam.get_role(RoleName=role),
        f"instance_profile: {profile}": lambda: clients.iam.get_instance_profile(InstanceProfileName=profile),
    }
    if subnets:
        found[f"subnets: {', '.join(subnets)}"] = lambda: clients.ec2.describe_subnets(SubnetIds=subnets)
    return found


def keys(clients: Clients, names: Iterable[str]) -> None:
    """Keys of KMS that tables will be encrypted with. Where we may not look, DynamoDB will say."""
    for name in sorted(set(names)):
        with _as_far_as_allowed(f"restore_kms_keys: {name}", "name another in restore_kms_keys", "DynamoDB will when the table is made"):
            state = clients.kms.describe_key(KeyId=name)["KeyMetadata"]["KeyState"]
            if state != "Enabled":
                raise BadInput(f"key {name} is {state}", "enable it, or name another in restore_kms_keys")


def machinery(clients: Clients, spec: ClusterSpec, logs: S3Uri, wanted: dict[str, Any] | None, jar_uri: str, connector: bool) -> None:
    """What a run with clusters needs; *wanted* is the RunJobFlow request, None where no table needs a cluster."""
    if wanted is None:
        return
    bucket(clients.s3, spec.logs(logs), "log_uri")
    if connector:
        jar(clients.s3, jar_uri)
    cluster(clients, wanted)


def spark(clients: Clients, program: Program | None, spec: ServerlessSpec | None, logs: str) -> None:
    """What a run needs that has Spark copy tables; *spec*: on EMR Serverless, which writes its own logs."""
    if program:
        shipping.check(Store(clients.s3), program.libraries)
    if spec:
        bucket(clients.s3, S3Uri.parse(logs, "log_uri"), "log_uri")
        serverless.check(clients, spec)


@contextmanager
def _as_far_as_allowed(what: str, hint: str = MAKE_THEM, otherwise: str = "EMR will when the cluster starts") -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if is_denied(error):
            log.warning("%s cannot be checked beforehand (%s); %s", what, code(error), otherwise)
        elif is_missing(error):
            raise NotFound(f"{what} is not there", hint) from error
        else:
            raise
