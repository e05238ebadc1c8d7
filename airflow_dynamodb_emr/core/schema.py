"""A table's schema as it is saved with its dump, and the request that makes the table again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Document
from airflow_dynamodb_emr.core.table import ON_DEMAND, Table

RECOVERY = "DescribeContinuousBackups"
SCALING_FIELDS = {
    "DescribeScalableTargets": "ScalableTargets",
    "DescribeScalingPolicies": "ScalingPolicies",
    "DescribeScheduledActions": "ScheduledActions",
}
SCALING = frozenset(SCALING_FIELDS)
_KEPT_OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")


class Schema(Document, frozen=True, kw_only=True):
    """DescribeTable and every setting of the table, as AWS' own answers; a setting that could not be read says why in `unread`."""

    table: dict[str, Any]
    settings: dict[str, Any]  # operation -> its answer: DescribeTimeToLive, ListTagsOfResource, ...
    unread: dict[str, str] = {}

    @property
    def name(self) -> str:
        return str(self.table["TableName"])

    @property
    def indexes(self) -> list[dict[str, Any]]:
        """Global ones."""
        return list(self.table.get("GlobalSecondaryIndexes", []))

    def without(self, indexes: Iterable[str]) -> Schema:
        """As if it had none of these global indexes."""
        left_out = set(indexes)
        kept = [index for index in self.indexes if index["IndexName"] not in left_out]
        return structs.replace(self, table={**self.table, "GlobalSecondaryIndexes": kept}) if left_out else self


def create_request(schema: Schema, name: str) -> dict[str, Any]:
    """For CreateTable: keys, indexes, billing mode and table class as they were, under another name."""
    source = schema.table
    request = {
        "TableName": name,
        "KeySchema": source["KeySchema"],
        "AttributeDefinitions": _used(source),
        **_billing(source),
        "LocalSecondaryIndexes": [_index(index) for index in source.get("LocalSecondaryIndexes", [])],
        "GlobalSecondaryIndexes": [index_request(source, index) for index in schema.indexes],
        "TableClass": source.get("TableClassSummary", {}).get("TableClass"),
    }
    return {key: value for key, value in request.items() if value}


def index_request(source: dict[str, Any], index: dict[str, Any]) -> dict[str, Any]:
    """A global index of *source*, for CreateTable or UpdateTable."""
    return {**_index(index), **_units(source, index)}


def _used(source: dict[str, Any]) -> list[dict[str, str]]:
    """CreateTable refuses the definition of an attribute that no key has."""
    indexes = [*source.get("LocalSecondaryIndexes", []), *source.get("GlobalSecondaryIndexes", [])]
    keys = {key["AttributeName"] for part in [source, *indexes] for key in part["KeySchema"]}
    return [attribute for attribute in source["AttributeDefinitions"] if attribute["AttributeName"] in keys]


def _billing(source: dict[str, Any]) -> dict[str, Any]:
    table = Table.of(source)
    return {"BillingMode": table.billing, **_units(source, source)}


def _units(source: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """*part* is the table or one of its indexes; on demand neither has provisioned units but may have a ceiling."""
    if Table.of(source).billing == ON_DEMAND:
        ceiling = {key: value for key, value in part.get("OnDemandThroughput", {}).items() if value != -1}
        return {"OnDemandThroughput": ceiling} if ceiling else {}
    units = part["ProvisionedThroughput"]
    return {"ProvisionedThroughput": {key: units[key] for key in ("ReadCapacityUnits", "WriteCapacityUnits")}}


def _index(index: dict[str, Any]) -> dict[str, Any]:
    return {key: index[key] for key in _KEPT_OF_AN_INDEX}
