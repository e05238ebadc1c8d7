"""What Application Auto Scaling has for a table and its indexes: targets, their policies, what is scheduled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from airflow_dynamodb_emr.core.schema import SCALING_FIELDS, Schema
from airflow_dynamodb_emr.core.tablesettings.step import Choices, Outcome, Setting, Step, Target

_OF_TARGET = ("MinCapacity", "MaxCapacity", "SuspendedState")
_OF_POLICY = ("PolicyType", "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration", "PredictiveScalingPolicyConfiguration")
_OF_ACTION = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")


def autoscaling(schema: Schema, target: Target, _: Choices) -> Iterator[Step | Setting]:
    """A target before what belongs to it. What names the table names the new one."""
    for found in _found(schema, "DescribeScalableTargets"):
        yield _step(schema, target, found, "autoscaling", "RegisterScalableTarget", _OF_TARGET)
    for found in _found(schema, "DescribeScalingPolicies"):
        name = found["PolicyName"].replace(f"table/{schema.name}", f"table/{target.name}")
        yield _step(schema, target, {**found, "PolicyName": name}, f"scaling policy {name}", "PutScalingPolicy", ("PolicyName", *_OF_POLICY))
    for found in _found(schema, "DescribeScheduledActions"):
        name, over = found["ScheduledActionName"], _over(found, target.now)
        what = f"scheduled action {name}"
        if over:
            yield Setting(name=_about(what, found), outcome=Outcome.LEFT_OUT, how=over)
        else:
            yield _step(schema, target, found, what, "PutScheduledAction", ("ScheduledActionName", *_OF_ACTION))


def _found(schema: Schema, operation: str) -> list[dict[str, Any]]:
    return list(schema.settings.get(operation, {}).get(SCALING_FIELDS[operation], []))


def _step(schema: Schema, target: Target, found: dict[str, Any], what: str, call: str, fields: tuple[str, ...]) -> Step:
    index = found["ResourceId"].partition("/index/")[2]
    resource = f"table/{target.name}" + (f"/index/{index}" if index else "")
    about = {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": found["ScalableDimension"]}
    own = {field: _renamed(found[field], schema.name, target.name) for field in fields if found.get(field) is not None}
    return Step(setting=_about(what, found), call=call, request={**about, **own})


def _about(what: str, found: dict[str, Any]) -> str:
    index = found["ResourceId"].partition("/index/")[2]
    units = "reads" if found["ScalableDimension"].endswith("ReadCapacityUnits") else "writes"
    return f"{what} of {units}" + (f" of index {index}" if index else "")


def _renamed(value: Any, was: str, name: str) -> Any:
    """A metric of the table's own is one of the new table's."""
    if isinstance(value, list):
        return [_renamed(each, was, name) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("Name") == "TableName" and value.get("Value") == was:
        return {**value, "Value": name}
    return {key: _renamed(each, was, name) for key, each in value.items()}


def _over(found: dict[str, Any], now: datetime) -> str:
    """AWS refuses what will never happen again."""
    schedule, end = str(found["Schedule"]), found.get("EndTime")
    if end and _moment(end) <= now:
        return f"it ended at {_moment(end):%Y-%m-%d %H:%M} UTC"
    if schedule.startswith("at(") and not found.get("Timezone") and _moment(schedule[3:-1]) <= now:
        return f"it was to happen once, {schedule}"
    return ""


def _moment(told: Any) -> datetime:
    moment = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
