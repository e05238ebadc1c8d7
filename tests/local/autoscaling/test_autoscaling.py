"""Application Auto Scaling of the stand-in: targets, and what they do to tables."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.helpers import MakeTable, index, refusal, throughput, until

READ = "dynamodb:table:ReadCapacityUnits"


def target(table: str, dimension: str = READ, resource: str = "") -> dict[str, str]:
    return {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{table}{resource}", "ScalableDimension": dimension}


def register(autoscaling: Any, table: str, lowest: int, highest: int, policy: bool = False, **more: Any) -> None:
    autoscaling.register_scalable_target(**target(table), MinCapacity=lowest, MaxCapacity=highest, **more)
    if policy:
        metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}, "TargetValue": 70.0}
        kind = {"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": metric}
        autoscaling.put_scaling_policy(**target(table), PolicyName="reads", **kind)


def read_units(dynamodb: Any, table: str) -> int:
    return int(dynamodb.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]["ReadCapacityUnits"])


@pytest.mark.parametrize(("bounds", "units"), [((10, 20), 10), ((1, 3), 3), ((1, 20), 5)], ids=["up", "down", "not at all"])
def test_registering_pulls_capacity_into_the_bounds(
    autoscaling: Any, dynamodb: Any, make_table: MakeTable, bounds: tuple[int, int], units: int
) -> None:
    table = make_table((5, 5))

    register(autoscaling, table, *bounds)

    assert read_units(dynamodb, table) == units


def test_an_index_is_scaled_like_a_table(autoscaling: Any, dynamodb: Any, make_table: MakeTable) -> None:
    attributes = [{"AttributeName": "g", "AttributeType": "S"}]
    table = make_table((5, 5), GlobalSecondaryIndexes=[index("by_g", "g", (5, 5))], AttributeDefinitions=attributes)

    autoscaling.register_scalable_target(**target(table, "dynamodb:index:WriteCapacityUnits", "/index/by_g"), MinCapacity=9, MaxCapacity=9)

    told = dynamodb.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
    assert (told["ReadCapacityUnits"], told["WriteCapacityUnits"]) == (5, 9)


def test_a_manual_raise_is_taken_back_after_a_while(autoscaling: Any, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    register(autoscaling, table, 5, 50, policy=True)
    dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(40, 5))

    until(lambda: read_units(dynamodb, table) == 5)

    assert dynamodb.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 1
    assert autoscaling.describe_scaling_activities(ServiceNamespace="dynamodb", ResourceId=f"table/{table}")["ScalingActivities"]


def test_a_raise_stays_while_scaling_in_is_suspended(autoscaling: Any, dynamodb: Any, make_table: MakeTable) -> None:
    kept, sentinel = make_table((5, 5)), make_table((5, 5))
    for table, suspended in ((kept, True), (sentinel, False)):
        register(autoscaling, table, 5, 50, policy=True, SuspendedState={"DynamicScalingInSuspended": suspended})
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(40, 5))

    until(lambda: read_units(dynamodb, sentinel) == 5)

    assert read_units(dynamodb, kept) == 40


def test_a_target_keeps_what_a_later_registration_leaves_out(autoscaling: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    register(autoscaling, table, 5, 50)

    autoscaling.register_scalable_target(**target(table), MaxCapacity=60, SuspendedState={"DynamicScalingInSuspended": True})

    (told,) = autoscaling.describe_scalable_targets(ServiceNamespace="dynamodb", ResourceIds=[f"table/{table}"])["ScalableTargets"]
    assert (told["MinCapacity"], told["MaxCapacity"]) == (5, 60)
    assert told["SuspendedState"] == {
        "DynamicScalingInSuspended": True,
        "DynamicScalingOutSuspended": False,
        "ScheduledScalingSuspended": False,
    }
    assert told["RoleARN"].startswith("arn:aws:iam::123456789012:role/")


def test_deregistering_takes_the_policies_along_and_works_once(autoscaling: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    register(autoscaling, table, 5, 50, policy=True)

    autoscaling.deregister_scalable_target(**target(table))

    assert not autoscaling.describe_scaling_policies(ServiceNamespace="dynamodb", ResourceId=f"table/{table}")["ScalingPolicies"]
    with pytest.raises(autoscaling.exceptions.ObjectNotFoundException):
        autoscaling.deregister_scalable_target(**target(table))


def test_scheduled_actions_are_kept(autoscaling: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    register(autoscaling, table, 5, 50)
    autoscaling.put_scheduled_action(
        **target(table), ScheduledActionName="night", Schedule="cron(0 2 * * ? *)", ScalableTargetAction={"MinCapacity": 1}
    )

    (told,) = autoscaling.describe_scheduled_actions(ServiceNamespace="dynamodb", ResourceId=f"table/{table}")["ScheduledActions"]

    assert (told["ScheduledActionName"], told["ScalableTargetAction"]) == ("night", {"MinCapacity": 1})


def test_targets_are_paged(autoscaling: Any, make_table: MakeTable) -> None:
    tables = {make_table((5, 5)) for _ in range(5)}
    for table in tables:
        register(autoscaling, table, 5, 50)

    pages = autoscaling.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="dynamodb", PaginationConfig={"PageSize": 2})

    assert {f"table/{table}" for table in tables} <= {one["ResourceId"] for page in pages for one in page["ScalableTargets"]}


@pytest.mark.parametrize(
    ("lowest", "highest", "dimension", "message"),
    [(9, 5, READ, "cannot be less"), (1, 5, "dynamodb:index:ReadCapacityUnits", "Unsupported")],
    ids=["bounds", "dimension"],
)
def test_a_target_that_cannot_be_is_refused(autoscaling: Any, make_table: MakeTable, lowest: int, highest: int, dimension: str, message: str) -> None:
    with pytest.raises(ClientError, match=message) as error:
        autoscaling.register_scalable_target(**target(make_table((5, 5)), dimension), MinCapacity=lowest, MaxCapacity=highest)

    assert refusal(error) == "ValidationException"
