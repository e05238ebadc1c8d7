"""Each permission of the table that these settings need: tried where that is harmless, else asked of IAM's simulator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.checks import named, simulator, tries
from airflow_dynamodb_emr.aws.checks.simulator import Decision
from airflow_dynamodb_emr.aws.checks.tries import Tried
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core import asking
from airflow_dynamodb_emr.core.access import ANYTHING, Need, Who
from airflow_dynamodb_emr.core.asking import Asked, said
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.findings import Finding
from airflow_dynamodb_emr.core.permissions import TABLE

_LATER = {True: "check again once the bucket is there", False: "check again in a minute"}
_PAGE = "see docs/permissions.md"
_ROOT = "the account's root may do everything, and should not be who does this"
_BY_PROBE = {"kms:GenerateDataKey": "s3:PutObject", "kms:Decrypt": "s3:GetObject"}  # what the probe's own key has shown


def check(clients: Clients, wanted: Checklist, table: str, limits_told: bool) -> Iterator[Finding]:
    """*table*: the name of one that is there, or nothing."""
    me = clients.sts.get_caller_identity()["Arn"]
    names = named.names(clients, wanted, me, table)
    questions = asking.asked(TABLE, Who.AIRFLOW, wanted.needs - {Need.CHECK}, names)
    probed = tries.probe(clients, wanted.base)
    yield from (_probed(action, tried, wanted) for action, tried in probed.items())
    questions = [each for each in questions if not _known(each, probed, wanted)]
    tried = _tried(clients, wanted, questions, table, limits_told)
    yield from (_seen(each, tried[each.action, each.on]) for each in questions if (each.action, each.on) in tried)
    left = [each for each in questions if (each.action, each.on) not in tried]
    yield from _asked(clients, simulator.principal(clients, me), "", left)
    for who, role in _machines(wanted, names).items():
        yield from _asked(clients, role, f" of {role.rpartition('/')[2]}", asking.asked(TABLE, who, wanted.needs, names))


def _machines(wanted: Checklist, names: dict[str, str]) -> dict[Who, str]:
    found = {Who.CLUSTER: names.get("cluster_role") if wanted.clusters else "", Who.JOBS: names.get("jobs_role") if wanted.job_runs else ""}
    return {who: role for who, role in found.items() if role}


def _tried(clients: Clients, wanted: Checklist, questions: Iterable[Asked], table: str, limits_told: bool) -> dict[tuple[str, str], Tried]:
    found: dict[tuple[str, str], Tried] = {}
    for each in questions:
        if each.action == "dynamodb:DescribeLimits" and limits_told:
            found[each.action, each.on] = Tried(True)
        elif tries.can_be_tried(each, table):
            found[each.action, each.on] = tries.do(clients, each, wanted.base)
    return found


def _known(asked: Asked, probed: dict[str, Tried], wanted: Checklist) -> bool:
    """Whether the probe has shown it: to put one object is to put any, to delete one is not."""
    if asked.action in _BY_PROBE:
        by = probed.get(_BY_PROBE[asked.action])
        return bool(by and by.ok) and asked.resources == [wanted.custody.key]
    return asked.action in ("s3:PutObject", "s3:GetObject") and asked.action in probed and asked.on == str(wanted.base / "check")


def _probed(action: str, tried: Tried, wanted: Checklist) -> Finding:
    where = f"tried in {wanted.base / 'check'}"
    hint = {False: f"allow it, in the bucket's policy too if it is another account's; {_PAGE}", None: _LATER[tried.is_missing]}
    return Finding(name=f"permission {action}", ok=tried.ok, detail=f"{where}: {tried.why}" if tried.why else where, hint=hint.get(tried.ok, ""))


def _seen(asked: Asked, tried: Tried) -> Finding:
    if tried.ok:
        return Finding(name=_name(asked), ok=True, detail=f"tried{_on(asked.on)}")
    if tried.ok is None:
        return Finding(name=_name(asked), ok=None, detail=f"tried{_on(asked.on)}: {tried.why}", hint=_LATER[tried.is_missing])
    return _denied(asked, "", asked.on, f"tried: {tried.why}")


def _asked(clients: Clients, who: str, of: str, questions: list[Asked]) -> Iterator[Finding]:
    decisions, why = _decisions(clients, who, questions)
    for each in questions:
        yield _decided(each, of, decisions[each.action, each.on]) if decisions else _unknown(each, of, why)


def _decisions(clients: Clients, who: str, questions: list[Asked]) -> tuple[dict[tuple[str, str], Decision], str]:
    if not who:
        return {}, _ROOT
    try:
        return simulator.simulate(clients, who, questions), ""
    except ClientError as error:
        return {}, simulator.why_not(error)


def _decided(asked: Asked, of: str, decision: Decision) -> Finding:
    if decision.word == simulator.ALLOWED:
        return Finding(name=_name(asked, of), ok=True, detail=f"IAM's simulator allows it{_on(asked.on)}")
    on = ", ".join(said(each) for each in decision.refused if each != ANYTHING)
    if decision.word != simulator.DENIED and asked.by_resource:
        detail = f"no policy of the role allows it{_on(on)}; one of the bucket or key may"
        return Finding(name=_name(asked, of), ok=None, detail=detail, hint=f"{_PAGE}, and the bucket's policy")
    return _denied(asked, of, on, f"IAM's simulator says {decision.word}")


def _unknown(asked: Asked, of: str, why: str) -> Finding:
    detail = f"not tried, because that would do something{' or needs a table' if 'dynamodb' in asked.action else ''}; {why}"
    hint = "let Airflow work as a role of its own" if why == _ROOT else "allow iam:SimulatePrincipalPolicy"
    return Finding(name=_name(asked, of), ok=None, detail=detail, hint=hint)


def _denied(asked: Asked, of: str, on: str, why: str) -> Finding:
    """What a run can do without fails no check."""
    permission, detail = asked.permission, f"not allowed{_on(on)} ({why})"
    if permission.without:
        return Finding(name=_name(asked, of), ok=None, detail=f"{detail}: {permission.without}", hint=f"allow it: {permission.why}")
    return Finding(name=_name(asked, of), ok=False, detail=detail, hint=f"allow it: {permission.why}; {_PAGE}")


def _name(asked: Asked, of: str = "") -> str:
    return f"permission {asked.action}{of}"


def _on(what: str) -> str:
    return f" on {what}" if what else ""
