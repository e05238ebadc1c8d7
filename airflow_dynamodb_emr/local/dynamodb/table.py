"""A table: its settings, its state, its indexes, its items."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.capacity import Capacity
from airflow_dynamodb_emr.local.dynamodb.indexes import Index
from airflow_dynamodb_emr.local.dynamodb.items.store import Store
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT, Request, invalid
from airflow_dynamodb_emr.local.knobs import Knobs


class Table:
    """*request* is that of CreateTable, checked. `lock` guards everything in it."""

    def __init__(self, request: Request, region: str, knobs: Knobs) -> None:
        self.name: str = request["TableName"]
        self.arn = f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{self.name}"
        self.lock = threading.RLock()
        self.status, self._until = "ACTIVE", 0.0
        self._then: Callable[[], None] | None = None
        self.id, self.created = str(uuid.uuid4()), time.time()
        self.key_schema: list[dict[str, str]] = request["KeySchema"]
        self.define(request["AttributeDefinitions"])
        self.tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
        self.protected: bool = request.get("DeletionProtectionEnabled", False)
        self.table_class: str | None = request.get("TableClass")
        self.key = ""  # its ARN; none: one of DynamoDB's own
        self.encrypt(request.get("SSESpecification") or {})
        self.time_to_live: Request = {}
        self.recovery_days = 0
        self.policy: str | None = None
        self.insights: dict[str, str] = {}  # index, or nothing for the table itself, to the mode
        self.destinations: dict[str, str] = {}  # ARN of a stream of Kinesis to the precision of times
        self.stream: Request = {}
        self.set_stream(request.get("StreamSpecification") or {})
        self.billing_mode: str = request.get("BillingMode", "PROVISIONED")
        self.on_demand_since = self.created if self.billing_mode == "PAY_PER_REQUEST" else None
        self.capacity = capacity_of(request, knobs)
        self.keys = [key["AttributeName"] for key in self.key_schema]
        self.store = Store(*self.keys)
        self.indexes = [Index(index, self.keys, capacity_of(index, knobs)) for index in request.get("GlobalSecondaryIndexes") or []]
        self.indexes += [Index(index, self.keys, None) for index in request.get("LocalSecondaryIndexes") or []]

    @property
    def global_indexes(self) -> list[Index]:
        return [index for index in self.indexes if index.capacity]

    @property
    def asked(self) -> dict[str, tuple[int, int]]:
        """Read and write units that it (no name) and its global indexes have, or get now."""
        indexes = {index.name: index.capacity.asked for index in self.indexes if index.capacity and index.status != "DELETING"}
        return {"": self.capacity.asked, **indexes}

    def encrypt(self, specification: Request) -> None:
        if not specification.get("Enabled"):
            self.key = ""
            return
        region, named = self.arn.split(":")[3], specification.get("KMSMasterKeyId")
        self.key = moto_side.key_of(named, region) if named else moto_side.default_key(region)
        if not self.key:
            raise invalid(f"One or more parameter values were invalid: KMS validation error: Invalid keyId {named}")

    def define(self, attributes: list[dict[str, str]]) -> None:
        self.attributes = attributes
        self._types = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in attributes}

    def type_of(self, attribute: str) -> str:
        return self._types[attribute]

    def become(self, status: str, seconds: float, then: Callable[[], None] | None = None) -> None:
        """*status* for so long; *then* happens as it ends."""
        self.status, self._until, self._then = status, time.monotonic() + seconds, then

    def settle(self) -> None:
        """What was under way is done, if its time has come."""
        with self.lock:
            if self.status in ("CREATING", "UPDATING", "DELETING") and time.monotonic() >= self._until:
                then, self._then = self._then, None
                self.status = "GONE" if self.status == "DELETING" else "ACTIVE"
                for index in self.indexes:
                    index.status = "ACTIVE"
                if then:
                    then()
            for index in self.indexes:
                index.settle(self.status)

    def set_stream(self, specification: Request) -> None:
        if specification.get("StreamEnabled"):
            label = time.strftime("%Y-%m-%dT%H:%M:%S.000", time.gmtime())
            self.stream = {"StreamSpecification": specification, "LatestStreamLabel": label, "LatestStreamArn": f"{self.arn}/stream/{label}"}
        else:
            self.stream.pop("StreamSpecification", None)

    @property
    def streams(self) -> bool:
        return "StreamSpecification" in self.stream

    def describe(self) -> dict[str, Any]:
        return {
            "TableName": self.name,
            "TableStatus": self.status,
            "TableArn": self.arn,
            "TableId": self.id,
            "CreationDateTime": self.created,
            "KeySchema": self.key_schema,
            "AttributeDefinitions": self.attributes,
            "ItemCount": len(self.store),
            "TableSizeBytes": self.store.bytes,
            "ProvisionedThroughput": self.capacity.describe(),
            "DeletionProtectionEnabled": self.protected,
            "WarmThroughput": self.capacity.warmth(self.status),
            **self.stream,
            **self._indexes("GlobalSecondaryIndexes", self.global_indexes),
            **self._indexes("LocalSecondaryIndexes", [index for index in self.indexes if not index.capacity]),
            **self._settings(),
        }

    def _indexes(self, word: str, indexes: list[Index]) -> dict[str, Any]:
        return {word: [index.describe(self.arn) for index in indexes]} if indexes else {}

    def _settings(self) -> dict[str, Any]:
        """What AWS leaves out where it was never set."""
        settings: dict[str, Any] = {}
        if self.on_demand_since:
            settings["BillingModeSummary"] = {"BillingMode": self.billing_mode, "LastUpdateToPayPerRequestDateTime": self.on_demand_since}
        if self.table_class:
            settings["TableClassSummary"] = {"TableClass": self.table_class}
        if self.capacity.on_demand:
            settings["OnDemandThroughput"] = self.capacity.on_demand
        if self.key:
            settings["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": self.key}
        return settings


def capacity_of(request: Request, knobs: Knobs) -> Capacity:
    """Of a CreateTable request or of an index in it."""
    units = request.get("ProvisionedThroughput") or {}
    return Capacity(knobs, units.get("ReadCapacityUnits", 0), units.get("WriteCapacityUnits", 0), request.get("OnDemandThroughput"))
