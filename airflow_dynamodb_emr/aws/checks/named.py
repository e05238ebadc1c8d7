"""What the names in the table of permissions stand for, in these settings and this account."""

from __future__ import annotations

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.checks import machines, simulator
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.errors import BadInput


def names(clients: Clients, wanted: Checklist, me: str, table: str) -> dict[str, str]:
    """Those that are known; *me*: the ARN of who asks, *table*: the name of a table, or nothing."""
    sample, base = table or f"{wanted.prefix}check", str(wanted.base).partition("://")[2]
    ours = {"partition": me.split(":")[1], "region": clients.region, "account": clients.account, "backups": wanted.base.bucket, "base": base}
    named = {
        "prefix": sample,
        "restored": sample,
        "jars": wanted.jar.partition("://")[2].partition("/")[0] if wanted.jar.startswith("s3") else "",
        "jobs_role": wanted.serverless.role if wanted.job_runs else "",
        "key": wanted.custody.key,
        "logs_key": wanted.custody.logs_key,
        "topic": wanted.topic,
    }
    roles = _roles(clients, wanted, ours["partition"]) if wanted.clusters else {}
    return {**ours, **{name: value for name, value in {**named, **roles}.items() if value}}


def _roles(clients: Clients, wanted: Checklist, partition: str) -> dict[str, str]:
    """Those that the template names, where it does."""
    try:
        request = machines.request(clients, wanted)
    except (BadInput, ClientError):  # that has been told already
        return {}
    service, profile = (request[field].rpartition("/")[2] for field in ("ServiceRole", "JobFlowRole"))
    return {
        "service_role": simulator.role(clients, service, partition, clients.account),
        "cluster_role": _of_profile(clients, profile) or f"arn:{partition}:iam::{clients.account}:role/{profile}",
    }


def _of_profile(clients: Clients, name: str) -> str:
    """Nothing where we may not look: a profile is mostly called as its role."""
    try:
        return clients.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"][0]["Arn"]
    except (ClientError, IndexError):
        return ""
