"""What is saved of tables beside themselves, and in how many calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_dynamodb_emr.aws import schemas
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.schema import RECOVERY, Schema
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable, index
from .in_process import Region

POLICY = {"Version": "2012-10-17", "Statement": []}
TARGET: dict[str, Any] = {"ServiceNamespace": "dynamodb", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}


def scale(autoscaling: Any, table: str, policies: int = 1) -> None:
    """Registers a target for its reads, with so many policies and one scheduled action."""
    named = {**TARGET, "ResourceId": f"table/{table}"}
    autoscaling.register_scalable_target(**named, MinCapacity=5, MaxCapacity=10)
    for number in range(policies):
        autoscaling.put_scaling_policy(**named, PolicyName=f"policy {number}", PolicyType="TargetTrackingScaling")
    autoscaling.put_scheduled_action(**named, ScheduledActionName="nightly", Schedule="cron(0 1 * * ? *)")


def test_schemas_are_saved_with_settings_in_the_order_asked_for(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    make_table(prefix + "a", Tags=[{"Key": "team", "Value": "data"}])
    make_table(prefix + "b", 5)

    (b, a), vanished = schemas.save(clients, [prefix + "b", prefix + "a"])

    assert (a.name, b.name, vanished) == (prefix + "a", prefix + "b", [])
    assert a.settings["ListTagsOfResource"]["Tags"] == [{"Key": "team", "Value": "data"}]
    assert set(a.settings) == schemas.OPERATIONS - {"DescribeKey"} and not a.unread
    assert decode(encode(a), Schema, "it").name == a.name


def test_everything_that_is_set_is_in_it(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    table = make_table(prefix, 5, SSESpecification={"Enabled": True, "SSEType": "KMS"})
    clients.dynamodb.put_resource_policy(ResourceArn=clients.dynamodb.describe_table(TableName=table)["Table"]["TableArn"], Policy=json.dumps(POLICY))
    clients.dynamodb.update_contributor_insights(TableName=table, ContributorInsightsAction="ENABLE")
    scale(clients.autoscaling, table)

    ((saved,), _) = schemas.save(clients, [table])

    assert saved.settings["DescribeKey"]["KeyMetadata"]["Arn"] == saved.table["SSEDescription"]["KMSMasterKeyArn"]
    assert json.loads(saved.settings["GetResourcePolicy"]["Policy"]) == POLICY
    assert [each["ContributorInsightsStatus"] for each in saved.settings["ListContributorInsights"]["ContributorInsightsSummaries"]] == ["ENABLED"]
    assert [each["MinCapacity"] for each in saved.settings["DescribeScalableTargets"]["ScalableTargets"]] == [5]
    assert [each["PolicyName"] for each in saved.settings["DescribeScalingPolicies"]["ScalingPolicies"]] == ["policy 0"]
    assert [each["ScheduledActionName"] for each in saved.settings["DescribeScheduledActions"]["ScheduledActions"]] == ["nightly"]


def test_a_setting_that_cannot_be_read_does_not_hold_up_a_backup(aws: StandIn, impatient: Clients, make_table: MakeTable, prefix: str) -> None:
    make_table(prefix)
    aws.faults(throttle={"dynamodb.DescribeTimeToLive": 1, "application-autoscaling.DescribeScalableTargets": 1})

    ((schema,), _) = schemas.save(impatient, [prefix])

    scaling = {"DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions"}
    assert schema.unread["DescribeTimeToLive"].startswith("ThrottlingException: The rate of control plane requests")
    assert set(schema.unread) == {"DescribeTimeToLive", *scaling}
    assert set(schema.settings) == schemas.OPERATIONS - {"DescribeTimeToLive", "DescribeKey", *scaling}


class Counted:
    """Clients that note which calls are made; in process."""

    def __init__(self) -> None:
        self.region, self.calls = Region(), list[str]()
        made = self.region.people

        def client(service: str, _: Any) -> Any:
            inner = {"dynamodb": made.dynamodb, "application-autoscaling": made.autoscaling}[service]
            return _Noting(inner, self.calls)

        self.clients = Clients(client, "us-east-1")


class _Noting:
    def __init__(self, inner: Any, calls: list[str]) -> None:
        self._inner, self._calls = inner, calls

    def __getattr__(self, method: str) -> Any:
        def call(**request: Any) -> Any:
            self._calls.append(method)
            return getattr(self._inner, method)(**request)

        return call


@pytest.mark.parametrize(
    ("scaled", "policy_calls"),
    [pytest.param(0, 0, id="none is autoscaled"), pytest.param(3, 3, id="few are"), pytest.param(60, 12, id="many are, with two policies each")],
)
def test_autoscaling_of_two_hundred_tables_is_asked_for_in_few_calls(scaled: int, policy_calls: int) -> None:
    counted, names = Counted(), [f"table{number}" for number in range(200)]
    key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
    for name in names:
        counted.region.people.dynamodb.create_table(TableName=name, **key, BillingMode="PAY_PER_REQUEST", GlobalSecondaryIndexes=[index(None)])  # type: ignore[arg-type]
    for name in names[:scaled]:
        scale(counted.region.people.autoscaling, name, policies=2)

    saved, _ = schemas.save(counted.clients, names)

    assert sum(len(each.settings["DescribeScalingPolicies"]["ScalingPolicies"]) for each in saved) == 2 * scaled
    assert counted.calls.count("describe_scalable_targets") == 2 * 200 // 50
    assert counted.calls.count("describe_scaling_policies") == policy_calls
    assert len(counted.calls) <= 7 * len(names) + 40


def test_only_what_is_asked_for_is_looked_at() -> None:
    counted = Counted()
    key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
    counted.region.people.dynamodb.create_table(TableName="one", **key, BillingMode="PAY_PER_REQUEST")  # type: ignore[arg-type]

    schemas.save(counted.clients, ["one"], only={RECOVERY})

    assert counted.calls == ["describe_table", "describe_continuous_backups"]
