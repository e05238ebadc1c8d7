"""What copies the tables: roles, subnets, release, programs, disks; or the application of EMR Serverless."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.aws import inputs, preflight, serverless, shipping
from airflow_dynamodb_emr.aws.checks.looking import Seen, look
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.findings import Finding

_SUBNETS = "name subnets that are there, in the tables' region; empty: the account's default one"


def check(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    if wanted.clusters:
        yield from _cluster(clients, wanted)
    if wanted.job_runs:
        yield from _job_runs(clients, wanted)
    if wanted.clusters or wanted.job_runs:
        yield look("release", lambda: _release(clients, wanted.cluster.release), "elasticmapreduce:ListReleaseLabels")
    if wanted.connector:
        yield look("connector jar", lambda: _jar(clients, wanted.jar), "s3:GetObject on it")
    if wanted.spark and wanted.libraries:
        yield look("spark libraries", lambda: _libraries(clients, wanted.libraries), "s3:GetObject on it")


def request(clients: Clients, wanted: Checklist) -> dict[str, Any]:
    """That of a cluster, with what the template says. Raises BadInput."""
    template = inputs.cluster_template(Store(clients.s3), wanted.template)
    made = structs.replace(wanted.cluster, template=template).request("check", wanted.logs)
    preflight.request({"Name": "check", **made})
    return made


def _cluster(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    made: dict[str, Any] = {}
    template = look("cluster template", lambda: _template(made, clients, wanted), "s3:GetObject on it")
    if wanted.template or not template.ok:
        yield template
    for what, ask in preflight.looks(clients, made).items() if made else ():
        name, _, value = what.partition(": ")
        hint = _SUBNETS if name == "subnets" else preflight.MAKE_THEM
        yield look(name, _there(ask, value), "iam:GetRole, iam:GetInstanceProfile and ec2:DescribeSubnets", hint, value)
    if security := made.get("SecurityConfiguration"):
        hint = "create it, or correct security_configuration"
        yield look("security configuration", lambda: _disks(clients, security), "elasticmapreduce:DescribeSecurityConfiguration", hint, security)


def _template(made: dict[str, Any], clients: Clients, wanted: Checklist) -> Seen:
    made.update(request(clients, wanted))
    return f"{wanted.template}, as EMR takes it"


def _there(ask: Callable[[], Any], value: str) -> Callable[[], Seen]:
    def see() -> Seen:
        ask()
        return value

    return see


def _disks(clients: Clients, name: str) -> Seen:
    """What it says of disks; what it says of S3 wins over kms_key (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-emrfs-encryption.html)."""
    told = json.loads(clients.emr.describe_security_configuration(Name=name)["SecurityConfiguration"])
    rest = told.get("EncryptionConfiguration", {}).get("AtRestEncryptionConfiguration", {})
    if disks := rest.get("LocalDiskEncryptionConfiguration"):
        by = disks.get("AwsKmsKey") or disks.get("EncryptionKeyProviderType", "")
        return f"{name}: disks are encrypted by {by}{', and what is written to S3 in its own way' if 'S3EncryptionConfiguration' in rest else ''}"
    hint = "give it a LocalDiskEncryptionConfiguration, or leave security_configuration empty"
    return Finding(name="security configuration", ok=False, detail=f"{name} does not encrypt the clusters' disks", hint=hint)


def _release(clients: Clients, release: str) -> Seen:
    """Asked for by its own beginning: EMR has hundreds."""
    asked: dict[str, Any] = {"Filters": {"Prefix": release}}
    while True:
        answer: Any = clients.emr.list_release_labels(**asked)
        if release in answer.get("ReleaseLabels", []):
            return release
        if not answer.get("NextToken"):
            hint = "choose another release_label; `aws emr list-release-labels` tells which there are"
            return Finding(name="release", ok=False, detail=f"{release} is not there in {clients.region}", hint=hint)
        asked["NextToken"] = answer["NextToken"]


def _jar(clients: Clients, jar: str) -> Seen:
    preflight.jar(clients.s3, jar)
    if jar.startswith("s3"):
        return jar
    return Finding(name="connector jar", ok=None, detail=f"{jar} is on the clusters' nodes, or is not: that is not seen from here")


def _libraries(clients: Clients, libraries: str) -> Seen:
    shipping.check(Store(clients.s3), libraries)
    return libraries


def _job_runs(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    spec = wanted.serverless
    yield look("serverless application", lambda: _application(clients, wanted), "emr-serverless:GetApplication")
    if spec.role:
        role, hint = spec.role.split("/")[-1], "create it, or correct serverless_role"
        yield look("serverless role", _there(lambda: clients.iam.get_role(RoleName=role), role), "iam:GetRole", hint, role)


def _application(clients: Clients, wanted: Checklist) -> Seen:
    serverless.check(clients, wanted.serverless)
    return wanted.serverless.application or f"the first run makes {wanted.serverless.name}, or finds it"
