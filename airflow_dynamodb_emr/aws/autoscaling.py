"""Application Auto Scaling: the scalable targets of tables and indexes, and what is scheduled for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.errors import is_denied, message
from airflow_dynamodb_emr.aws.pages import paged
from airflow_dynamodb_emr.core.ledger import ScheduledAction, Target
from airflow_dynamodb_emr.core.schema import SCALING_FIELDS
from airflow_dynamodb_emr.core.table import Table

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient

log = logging.getLogger(__name__)
_NAMESPACE: Final = "dynamodb"
_MOST_IDS = 50  # in one call
_FEW = 20  # resources that are asked about one by one; a page of all policies holds ten


def targets(autoscaling: ApplicationAutoScalingClient, table: Table) -> list[Target]:
    """Those of a table and its indexes."""
    return targets_of(autoscaling, [f"table/{table.name}", *(f"table/{table.name}/index/{index}" for index in table.indexes)])


def targets_of(autoscaling: ApplicationAutoScalingClient, resources: Iterable[str]) -> list[Target]:
    """As they are now, with one call. A table with all the indexes that it may have has fewer than a page holds."""
    answer = autoscaling.describe_scalable_targets(ServiceNamespace=_NAMESPACE, ResourceIds=list(resources))
    found = [_target(target) for target in answer["ScalableTargets"]]
    return sorted(found, key=lambda target: (target.resource, target.dimension))


def saved(autoscaling: ApplicationAutoScalingClient, described: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By table what autoscaling has for it and its indexes, as its own answers; *described*: by DescribeTable."""
    tables = list(described)
    found = {operation: _by_table(answers) for operation, answers in _everything(autoscaling, tables).items()}
    return {
        table["TableName"]: {operation: {SCALING_FIELDS[operation]: found[operation].get(table["TableName"], [])} for operation in found}
        for table in tables
    }


def _everything(autoscaling: ApplicationAutoScalingClient, tables: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Policies and schedules are only asked for where there are targets: by resource where these are few, else all there are."""
    resources = [resource for table in tables for resource in _resources(table)]
    asked = [resources[start : start + _MOST_IDS] for start in range(0, len(resources), _MOST_IDS)]
    targets = [target for ids in asked for target in _pages(autoscaling.describe_scalable_targets, "ScalableTargets", ResourceIds=ids)]
    scaled = sorted({target["ResourceId"] for target in targets})
    one_by_one = [{"ResourceId": resource} for resource in scaled] if len(scaled) <= _FEW else [{}]
    policies, actions = (
        [each for request in one_by_one for each in _pages(ask, field, **request) if each["ResourceId"] in scaled]
        for ask, field in (
            (autoscaling.describe_scaling_policies, "ScalingPolicies"),
            (autoscaling.describe_scheduled_actions, "ScheduledActions"),
        )
    )
    return {"DescribeScalableTargets": targets, "DescribeScalingPolicies": policies, "DescribeScheduledActions": actions}


def _pages(ask: Callable[..., Any], field: str, **request: Any) -> list[Any]:
    return paged(ask, field, ServiceNamespace=_NAMESPACE, **request)


def _resources(table: dict[str, Any]) -> list[str]:
    name, indexes = table["TableName"], table.get("GlobalSecondaryIndexes", [])
    return [f"table/{name}", *(f"table/{name}/index/{index['IndexName']}" for index in indexes)]


def _by_table(answers: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for answer in answers:
        found.setdefault(answer["ResourceId"].split("/")[1], []).append(answer)
    return found


def scheduled(autoscaling: ApplicationAutoScalingClient, known: Iterable[Target]) -> list[ScheduledAction]:
    """What is scheduled for these targets, with one call for each table and index that has any; nothing where we may not ask.

    It says who has set a bound, and decides nothing: no spike has to fail for it.
    """
    resources = sorted({target.resource for target in known})
    try:
        answers = [autoscaling.describe_scheduled_actions(ServiceNamespace=_NAMESPACE, ResourceId=resource) for resource in resources]
    except ClientError as error:
        if not is_denied(error):
            raise
        log.info("scheduled actions are not known: %s", message(error))
        return []
    return [_action(action) for answer in answers for action in answer["ScheduledActions"]]


def register(autoscaling: ApplicationAutoScalingClient, target: Target) -> None:
    """Its capacity is brought into the bounds at once, whatever of it has changed."""
    request: dict[str, Any] = {
        "ServiceNamespace": _NAMESPACE,
        "ResourceId": target.resource,
        "ScalableDimension": target.dimension,
        "MinCapacity": target.least,
        "MaxCapacity": target.most,
        **({"SuspendedState": target.suspended} if target.suspended else {}),
    }
    autoscaling.register_scalable_target(**request)


def _target(answer: Any) -> Target:
    return Target(
        resource=answer["ResourceId"],
        dimension=answer["ScalableDimension"],
        least=answer["MinCapacity"],
        most=answer["MaxCapacity"],
        suspended=answer.get("SuspendedState", {}),
    )


def _action(answer: Any) -> ScheduledAction:
    bounds = answer.get("ScalableTargetAction", {})
    return ScheduledAction(
        name=answer["ScheduledActionName"],
        resource=answer["ResourceId"],
        dimension=answer["ScalableDimension"],
        schedule=answer["Schedule"],
        least=bounds.get("MinCapacity"),
        most=bounds.get("MaxCapacity"),
    )
