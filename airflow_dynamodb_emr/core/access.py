"""Permissions as values: who needs which, for what, and the policies that give them. `core/permissions.py` is the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from airflow_dynamodb_emr.core.documents import Noun

VERSION = "2012-10-17"  # of IAM's language
ANYTHING = "*"


class Who(Enum):
    """Whose role it is."""

    AIRFLOW = "airflow"  # of Airflow's connection
    CLUSTER = "cluster"  # of the clusters' instance profile
    JOBS = "jobs"  # of `serverless_role`


class Need(Enum):
    """What a permission is needed for."""

    BACKUP = "backup"  # every backup, whatever copies the tables
    SPIKE = "spike"
    CLUSTERS = "clusters"
    WORKER = "worker"
    SPARK = "spark"
    SERVERLESS = "serverless"
    NATIVE = "native"
    RESTORE = "restore"
    IMPORT = "import"
    RETENTION = "retention"
    ENCRYPTION = "encryption"
    TELLING = "telling"
    CHECK = "check"


class Permission(Noun, frozen=True, kw_only=True):
    """*on*: ARNs with names in braces, such as `{prefix}`; `ANYTHING` where AWS knows no narrower one."""

    who: Who
    need: Need
    actions: list[str]
    on: list[str]
    why: str
    without: str = ""  # what happens where it is not given; nothing: the work cannot be done
    service: str = ""  # the only one that a role may be passed to

    def among(self, who: Who, needs: Iterable[Need]) -> bool:
        return self.who == who and self.need in set(needs)

    def resources(self, names: Mapping[str, str]) -> list[str]:
        """The ARNs with *names* put in; those of what has no name are left out."""
        return [arn for arn in (filled(text, names) for text in self.on) if arn]


def filled(text: str, names: Mapping[str, str]) -> str:
    """Nothing where a name of it is not known: the ARN of a key that nobody has named would be anybody's."""
    try:
        return text.format_map(names)
    except KeyError:
        return ""


def chosen(table: Iterable[Permission], who: Who, needs: Iterable[Need]) -> list[Permission]:
    wanted = set(needs)
    return [permission for permission in table if permission.among(who, wanted)]


def needs_of(engine: str, serverless: bool, spikes: bool, encrypted: bool, purposes: Iterable[str] = ("backup",)) -> set[Need]:
    """What runs of these settings need; *purposes*: backup, restore, retention."""
    purposes, spark = set(purposes), engine in ("spark", "auto")
    found = {Need.BACKUP, Need.SPIKE} if spikes else {Need.BACKUP}
    found |= {Need.SPARK, Need.SERVERLESS if serverless else Need.CLUSTERS} if spark else set()
    found |= {Need.CLUSTERS} if engine == "connector" else set()
    found |= {Need.WORKER} if engine in ("worker", "auto") else set()
    found |= {Need.NATIVE} if engine in ("native", "auto") and "backup" in purposes else set()
    if "restore" in purposes:
        found |= {Need.RESTORE, Need.IMPORT} if engine in ("native", "auto") else {Need.RESTORE}
    found |= {Need.RETENTION} if "retention" in purposes else set()
    return found | ({Need.ENCRYPTION} if encrypted else set())


def statements(permissions: Iterable[Permission], write: Callable[[str], Any]) -> list[dict[str, Any]]:
    """*write* turns an ARN with names in braces into what shall stand in the policy; nothing leaves it out."""
    made = ((permission, [arn for arn in map(write, permission.on) if arn]) for permission in permissions)
    return [_statement(permission, resources) for permission, resources in made if resources]


def policy(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": statements}


def trust(service: str) -> dict[str, Any]:
    """The policy of a role that an AWS service works as."""
    return policy([{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}])


def _statement(permission: Permission, resources: list[Any]) -> dict[str, Any]:
    said = {"Effect": "Allow", "Action": _one_or_all(permission.actions), "Resource": _one_or_all(resources)}
    return {**said, "Condition": {"StringEquals": {"iam:PassedToService": permission.service}}} if permission.service else said


def _one_or_all(things: list[Any]) -> Any:
    different = [thing for number, thing in enumerate(things) if thing not in things[:number]]
    return different[0] if len(different) == 1 else different
