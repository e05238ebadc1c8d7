from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import validate_parameters

from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.schema import Schema, create_request

from .makers import ON_DEMAND, description, index, schema, units

_CREATE_TABLE = get_session().get_service_model("dynamodb").operation_model("CreateTable").input_shape

GLOBAL = index("by_status", "status", IndexStatus="ACTIVE", IndexSizeBytes=0, ProvisionedThroughput=units(3, 4))
ON_DEMAND_GLOBAL = index("by_status", "status", IndexStatus="ACTIVE", ProvisionedThroughput=units(0, 0), WarmThroughput={"Status": "ACTIVE"})
LOCAL = index("by_total", "id", IndexSizeBytes=0)


def request(**more: Any) -> dict[str, Any]:
    return create_request(schema(**more), "orders2")


@pytest.mark.parametrize(
    ("more", "billing"),
    [
        pytest.param(
            {"ProvisionedThroughput": units(7, 3, LastDecreaseDateTime=None)},
            {"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 3}},
            id="never switched",
        ),
        pytest.param(
            {"BillingModeSummary": {"BillingMode": "PROVISIONED"}},
            {"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}},
            id="switched back",
        ),
        pytest.param(ON_DEMAND, {"BillingMode": "PAY_PER_REQUEST"}, id="on demand"),
        pytest.param(
            {**ON_DEMAND, "OnDemandThroughput": {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": -1}},
            {"BillingMode": "PAY_PER_REQUEST", "OnDemandThroughput": {"MaxReadRequestUnits": 100}},
            id="on demand with a ceiling for reads",
        ),
        pytest.param(
            {**ON_DEMAND, "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}},
            {"BillingMode": "PAY_PER_REQUEST"},
            id="on demand with ceilings that were lifted",
        ),
        pytest.param(
            {"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}},
            {
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                "TableClass": "STANDARD_INFREQUENT_ACCESS",
            },
            id="infrequent access",
        ),
    ],
)
def test_billing_and_class_are_as_they_were(more: dict[str, Any], billing: dict[str, Any]) -> None:
    keys = description()

    assert request(**more) == {
        "TableName": "orders2",
        "KeySchema": keys["KeySchema"],
        "AttributeDefinitions": keys["AttributeDefinitions"],
        **billing,
    }


def test_indexes_are_as_they_were() -> None:
    asked = request(GlobalSecondaryIndexes=[GLOBAL], LocalSecondaryIndexes=[LOCAL])

    own = {key: GLOBAL[key] for key in ("IndexName", "KeySchema", "Projection")}
    assert asked["GlobalSecondaryIndexes"] == [{**own, "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}}]
    assert asked["LocalSecondaryIndexes"] == [{key: LOCAL[key] for key in ("IndexName", "KeySchema", "Projection")}]


def test_an_index_of_an_on_demand_table_has_no_units_but_may_have_a_ceiling() -> None:
    capped = {**ON_DEMAND_GLOBAL, "IndexName": "capped", "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 9}}

    plain, limited = request(**ON_DEMAND, GlobalSecondaryIndexes=[ON_DEMAND_GLOBAL, capped])["GlobalSecondaryIndexes"]

    assert set(plain) == {"IndexName", "KeySchema", "Projection"}
    assert limited["OnDemandThroughput"] == {"MaxWriteRequestUnits": 9}


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="plain"),
        pytest.param({"GlobalSecondaryIndexes": [GLOBAL], "LocalSecondaryIndexes": [LOCAL]}, id="provisioned with indexes"),
        pytest.param({**ON_DEMAND, "GlobalSecondaryIndexes": [ON_DEMAND_GLOBAL]}, id="on demand with an index"),
        pytest.param({"TableClassSummary": {"TableClass": "STANDARD"}, "StreamSpecification": {"StreamEnabled": True}}, id="class and stream"),
    ],
)
def test_the_request_is_one_that_create_table_takes(more: dict[str, Any]) -> None:
    validate_parameters(request(**more), _CREATE_TABLE)


def test_a_schema_comes_back_from_its_file() -> None:
    saved = Schema(table=description(CreationDateTime="2026"), settings={"DescribeTimeToLive": {}}, unread={"ListTagsOfResource": "AccessDenied"})

    again = decode(encode(saved), Schema, "it")

    assert again == saved and again.name == "orders"
    assert create_request(again, "x") == create_request(saved, "x")
