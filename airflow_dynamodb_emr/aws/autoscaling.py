"""Application Auto Scaling: the scalable targets of tables and indexes, and what is scheduled for them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.errors import is_denied, message
from airflow_dynamodb_emr.core.ledger import ScheduledAction, Target
from airflow_dynamodb_emr.core.table import Table

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient

log = logging.getLogger(__name__)
_NAMESPACE: Final = "dynamodb"


def targets(autoscaling: ApplicationAutoScalingClient, table: Table) -> list[Target]:
    """Those of a table and its indexes."""
    return targets_of(autoscaling, [f"table/{table.name}", *(f"table/{table.name}/index/{index}" for index in table.indexes)])


def targets_of(autoscaling: ApplicationAutoScalingClient, resources: Iterable[str]) -> list[Target]:
    """As they are now, with one call. A table with all the indexes that it may have has fewer than a page holds."""
    answer = autoscaling.describe_scalable_targets(ServiceNamespace=_NAMESPACE, ResourceIds=list(resources))
    found = [_target(target) for target in answer["ScalableTargets"]]
    return sorted(found, key=lambda target: (target.resource, target.dimension))


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
