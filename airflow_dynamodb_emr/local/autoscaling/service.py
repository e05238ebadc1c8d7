"""Application Auto Scaling for DynamoDB: scalable targets. What they do to tables is in autoscaler."""

from __future__ import annotations

import time
import uuid
from typing import Any

from airflow_dynamodb_emr.local.autoscaling.rules import Rules, TargetKey, not_found, target_key
from airflow_dynamodb_emr.local.autoscaling.scaler import Autoscaler, Target
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT, Answer, Operation, Request, do, invalid

_PAGE, _POLICIES_PAGE = 50, 10
_ROLE_NAME = "aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{_ROLE_NAME}"
_OF_POLICY = ("PolicyType", "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration")
_OF_SCHEDULE = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")


class AutoScaling:
    """Application Auto Scaling in one region."""

    def __init__(self, region: str, autoscaler: Autoscaler) -> None:
        self.region, self._autoscaler, self._targets = region, autoscaler, autoscaler.targets
        self._policies, self._schedules = Rules(region, "Policy", _OF_POLICY), Rules(region, "ScheduledAction", _OF_SCHEDULE)

    def call(self, operation: str, request: Request) -> Answer:
        if request.get("ServiceNamespace", "dynamodb") != "dynamodb":
            raise invalid(f"the stand-in for AWS scales DynamoDB only, not {request['ServiceNamespace']}")
        return do(OPERATIONS, self, operation, request)

    def register_scalable_target(self, request: Request) -> Answer:
        """What is not given stays as it was."""
        key = target_key(request)
        was = self._targets.get(key)
        lowest = request.get("MinCapacity", was.lowest if was else None)
        highest = request.get("MaxCapacity", was.highest if was else None)
        if lowest is None or highest is None:
            raise invalid("MinCapacity and MaxCapacity are required to register a new scalable target")
        if lowest > highest:
            raise invalid("Maximum capacity cannot be less than minimum capacity")
        suspended = {**(was.suspended if was else {}), **request.get("SuspendedState", {})}
        created = was.created if was else time.time()
        self._autoscaler.register(Target(*key, lowest, highest, suspended, created, self._policies.has(key)))
        return {"ScalableTargetARN": self._arn(key)}

    def describe_scalable_targets(self, request: Request) -> Answer:
        ids, dimension = request.get("ResourceIds"), request.get("ScalableDimension")
        if len(ids or []) > _PAGE:
            raise invalid(f"ResourceIds: at most {_PAGE}")
        targets = [target for target in list(self._targets.values()) if not ids or target.resource in ids]
        found = [self._described(target) for target in targets if not dimension or target.dimension == dimension]
        return _page("ScalableTargets", found, request)

    def deregister_scalable_target(self, request: Request) -> Answer:
        key = self._known(request)
        del self._targets[key]
        self._policies.forget(key)
        self._schedules.forget(key)
        return {}

    def put_scaling_policy(self, request: Request) -> Answer:
        key = self._known(request)
        arn = self._policies.put(key, {"PolicyType": "TargetTrackingScaling", **request})
        self._autoscaler.scale(key, True)
        return {"PolicyARN": arn, "Alarms": []}

    def describe_scaling_policies(self, request: Request) -> Answer:
        return _page("ScalingPolicies", self._policies.find(request), request, _POLICIES_PAGE)

    def delete_scaling_policy(self, request: Request) -> Answer:
        key = target_key(request)
        self._policies.delete(key, request)
        self._autoscaler.scale(key, self._policies.has(key))
        return {}

    def put_scheduled_action(self, request: Request) -> Answer:
        self._schedules.put(self._known(request), request)
        return {}

    def describe_scheduled_actions(self, request: Request) -> Answer:
        return _page("ScheduledActions", self._schedules.find(request), request)

    def delete_scheduled_action(self, request: Request) -> Answer:
        self._schedules.delete(target_key(request), request)
        return {}

    def describe_scaling_activities(self, request: Request) -> Answer:
        return _page("ScalingActivities", self._autoscaler.activities(request.get("ResourceId")), request)

    def list_tags_for_resource(self, _request: Request) -> Answer:
        return {"Tags": {}}

    def _known(self, request: Request) -> TargetKey:
        key = target_key(request)
        if key not in self._targets:
            raise not_found(f"No scalable target found for service namespace: dynamodb, resource ID: {key[0]}, scalable dimension: {key[1]}")
        return key

    def _described(self, target: Target) -> dict[str, Any]:
        return {
            "ServiceNamespace": "dynamodb",
            "ResourceId": target.resource,
            "ScalableDimension": target.dimension,
            "MinCapacity": target.lowest,
            "MaxCapacity": target.highest,
            "RoleARN": _ROLE,
            "CreationTime": target.created,
            "SuspendedState": target.suspended_state,
            "ScalableTargetARN": self._arn((target.resource, target.dimension)),
        }

    def _arn(self, key: TargetKey) -> str:
        unique = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(key)).hex[:20]
        return f"arn:aws:application-autoscaling:{self.region}:{ACCOUNT}:scalable-target/{unique}"


OPERATIONS: dict[str, Operation] = {
    "DeleteScalingPolicy": AutoScaling.delete_scaling_policy,
    "DeleteScheduledAction": AutoScaling.delete_scheduled_action,
    "DeregisterScalableTarget": AutoScaling.deregister_scalable_target,
    "DescribeScalableTargets": AutoScaling.describe_scalable_targets,
    "DescribeScalingActivities": AutoScaling.describe_scaling_activities,
    "DescribeScalingPolicies": AutoScaling.describe_scaling_policies,
    "DescribeScheduledActions": AutoScaling.describe_scheduled_actions,
    "ListTagsForResource": AutoScaling.list_tags_for_resource,
    "PutScalingPolicy": AutoScaling.put_scaling_policy,
    "PutScheduledAction": AutoScaling.put_scheduled_action,
    "RegisterScalableTarget": AutoScaling.register_scalable_target,
}


def _page(name: str, found: list[dict[str, Any]], request: Request, most: int = _PAGE) -> Answer:
    start, size = int(request.get("NextToken") or 0), min(request.get("MaxResults") or most, most)
    return {name: found[start : start + size], **({"NextToken": str(start + size)} if start + size < len(found) else {})}
