"""What a restore does about the settings of a table, in which order, and what it leaves out."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import validate_parameters

from airflow_dynamodb_emr.aws.applying import _CALLS
from airflow_dynamodb_emr.core.documents import Document, decode, encode
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.tablesettings.plan import created, put_back
from airflow_dynamodb_emr.core.tablesettings.seen import LOOKS
from airflow_dynamodb_emr.core.tablesettings.step import AS_IT_WAS, KINDS, Choices, Outcome, PutBack, Step
from tests.core import makers

from .furnished import ABROAD, schema, to

ALL = put_back(schema(), to(), AS_IT_WAS, ["by_day"])
BARE = Schema(table=makers.description(), settings={})


def step(setting: str, put: PutBack = ALL) -> Step:
    (found,) = [each for each in put.steps if each.setting == setting]
    return found


def test_everything_is_put_back_in_an_order_that_harms_nothing() -> None:
    assert [each.setting for each in ALL.steps] == [
        "table class",
        "encryption",
        "tags",
        "index by_day",
        "time to live",
        "point-in-time recovery",
        "contributor insights",
        "contributor insights of index by_status",
        "autoscaling of reads",
        "scaling policy DynamoDBReadCapacityUtilization:table/orders2 of reads",
        "scheduled action nightly of reads",
        "Kinesis stream changes",
        "stream",
        "resource policy",
        "deletion protection",
    ]


def test_what_cannot_be_is_left_out_with_the_reason() -> None:
    assert [str(each) for each in ALL.left_out] == [
        "reserved tags: left out: only AWS' own services set aws:cloudformation:stack-name",
        "scheduled action once of reads: left out: it was to happen once, at(2020-01-01T00:00:00)",
        "scheduled action over of reads: left out: it ended at 2026-01-01 00:00 UTC",
        "replicas: left out: the table of a global table is restored alone; add its replicas in us-east-1 once you have looked at it",
    ]


@pytest.mark.parametrize("each", ALL.steps, ids=lambda each: each.setting)
def test_each_step_is_a_call_that_aws_takes(each: Step) -> None:
    service = "application-autoscaling" if "Scal" in each.call or "Scheduled" in each.call else "dynamodb"

    validate_parameters(each.request, get_session().get_service_model(service).operation_model(each.call).input_shape)

    assert each.call in LOOKS and each.call in _CALLS


def test_create_table_is_told_what_it_takes() -> None:
    request = created(schema(), "orders2", ALL, ["by_day"])

    validate_parameters(request, get_session().get_service_model("dynamodb").operation_model("CreateTable").input_shape)
    assert (request["TableClass"], request["Tags"]) == ("STANDARD_INFREQUENT_ACCESS", [{"Key": "team", "Value": "data"}])
    assert request["SSESpecification"]["Enabled"] and not {"StreamSpecification", "DeletionProtectionEnabled"} & request.keys()
    assert [index["IndexName"] for index in request["GlobalSecondaryIndexes"]] == ["by_status"]
    assert [each["AttributeName"] for each in request["AttributeDefinitions"]] == ["id", "status"]


def test_an_index_that_is_made_later_brings_its_attributes() -> None:
    request = step("index by_day").request

    assert [each["AttributeName"] for each in request["AttributeDefinitions"]] == ["day"]
    assert request["GlobalSecondaryIndexUpdates"][0]["Create"]["ProvisionedThroughput"] == {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}


def test_a_table_without_settings_needs_no_step() -> None:
    settings = {"ListTagsOfResource": {"Tags": []}, "GetResourcePolicy": {}, "DescribeTimeToLive": {}, "DescribeContinuousBackups": {}}
    saved: dict[str, Any] = {**{key: {} for key in frozenset().union(*LOOKS.values())}, **settings}

    assert put_back(Schema(table=makers.description(), settings=saved), to(), AS_IT_WAS) == PutBack()


def test_a_setting_that_was_not_read_or_not_saved_is_left_out_and_says_so() -> None:
    unread = put_back(schema(unread={"GetResourcePolicy": "AccessDenied: no"}), to(), AS_IT_WAS)
    older = put_back(BARE, to(), AS_IT_WAS)

    assert "resource policy: left out: it could not be read when the backup was made: AccessDenied: no" in map(str, unread.left_out)
    assert not [each for each in unread.steps if each.call == "PutResourcePolicy"]
    assert {str(each).partition(": ")[0] for each in older.left_out} >= {"tags", "time to live", "autoscaling", "resource policy"}
    assert all(each.outcome is Outcome.LEFT_OUT for each in older.left_out) and not older.steps


def test_what_is_not_wanted_is_left_out_as_asked_for() -> None:
    without = put_back(schema(), to(ABROAD), Choices(without=[*KINDS]))

    assert not without.steps
    assert [each.name for each in without.left_out if each.how == "as asked for"] == [
        "table class",
        "encryption",
        "tags",
        "time to live",
        "point-in-time recovery",
        "contributor insights",
        "autoscaling",
        "Kinesis streams",
        "stream",
        "resource policy",
        "deletion protection",
    ]


def test_tags_of_the_users_own_are_added() -> None:
    tags = step("tags", put_back(schema(), to(), Choices(tags={"team": "ops", "restored": "yes"})))

    assert {tag["Key"]: tag["Value"] for tag in tags.request["Tags"]} == {"team": "ops", "restored": "yes"}
    assert tags.ended().outcome is Outcome.MAPPED and tags.how == "with restored, team"


def test_autoscaling_names_the_new_table_wherever_it_named_the_old_one() -> None:
    target, policy = step("autoscaling of reads"), step("scaling policy DynamoDBReadCapacityUtilization:table/orders2 of reads")

    dimensions = policy.request["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]["Dimensions"]
    assert (target.request["ResourceId"], "RoleARN" in target.request) == ("table/orders2", False)
    assert [each["Value"] for each in dimensions] == ["orders2", "orders"], "only what is a table's name"


def test_kinesis_of_another_region_is_left_out() -> None:
    put = put_back(schema(), to(ABROAD), Choices(keys={"*": "alias/aws/dynamodb"}))

    (left,) = [each for each in put.left_out if each.name.startswith("Kinesis")]
    assert left.how.endswith("changes is not of 123456789012, us-east-1, where the table is")


def test_vector_indexes_are_not_made_and_named() -> None:
    put = put_back(schema(VectorIndexes=[{"IndexName": "near"}]), to(), AS_IT_WAS)

    assert "vector indexes: left out: this software does not make near" in map(str, put.left_out)


class Kept(Document, frozen=True, kw_only=True):
    put_back: PutBack


def test_a_plan_is_read_back_as_it_was_written() -> None:
    assert decode(encode(Kept(put_back=ALL)), Kept, "it").put_back == ALL
