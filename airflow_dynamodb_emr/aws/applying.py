"""Puts settings back, one call each: looks what a table has, and asks for what it has not. Every function may be called again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import schemas
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, is_throttled, is_unsure, message
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.tablesettings.seen import LOOKS, is_so
from airflow_dynamodb_emr.core.tablesettings.step import Step

log = logging.getLogger(__name__)
_BUSY = {"ResourceInUseException", "LimitExceededException", "ContinuousBackupsUnavailableException", "ConcurrentUpdateException"}
_SO_ALREADY = ("already", "will not change", "must be DISABLED")  # DescribeTable and others are eventually consistent


class Due(NamedTuple):
    """What a table has not yet, and of what nobody can tell, because it may not be read."""

    steps: list[Step]
    unread: dict[str, str]  # setting -> why


def due(clients: Clients, name: str, steps: Iterable[Step]) -> Due | None:
    """None where there is no such table."""
    wanted = list(steps)
    found, _ = schemas.save(clients, [name], only=frozenset().union(*(LOOKS[step.call] for step in wanted)))
    return _due(found[0], wanted) if found else None


def _due(now: Schema, wanted: list[Step]) -> Due:
    unread = {step.setting: now.unread[each] for step in wanted for each in sorted(LOOKS[step.call] & now.unread.keys())}
    return Due([step for step in wanted if step.setting not in unread and not is_so(step, now)], unread)


def ask(clients: Clients, step: Step) -> str:
    """Empty once it is asked for, and also where it has to be looked at again: it may be so already, or AWS is busy. Else why it is refused."""
    try:
        _CALLS[step.call](clients)(**step.request)
    except ClientError as error:
        if is_unsure(error):
            raise
        log.info("%s: %s: %s", step.setting, code(error), message(error))
        later = code(error) in _BUSY or is_throttled(error) or any(words in message(error) for words in _SO_ALREADY)
        return "" if later else f"{code(error)}: {message(error)}"
    return ""


_CALLS: Mapping[str, Callable[[Clients], Callable[..., Any]]] = {
    "UpdateTable": lambda to: to.dynamodb.update_table,
    "TagResource": lambda to: to.dynamodb.tag_resource,
    "UpdateTimeToLive": lambda to: to.dynamodb.update_time_to_live,
    "UpdateContinuousBackups": lambda to: to.dynamodb.update_continuous_backups,
    "UpdateContributorInsights": lambda to: to.dynamodb.update_contributor_insights,
    "EnableKinesisStreamingDestination": lambda to: to.dynamodb.enable_kinesis_streaming_destination,
    "PutResourcePolicy": lambda to: to.dynamodb.put_resource_policy,
    "RegisterScalableTarget": lambda to: to.autoscaling.register_scalable_target,
    "PutScalingPolicy": lambda to: to.autoscaling.put_scaling_policy,
    "PutScheduledAction": lambda to: to.autoscaling.put_scheduled_action,
}
