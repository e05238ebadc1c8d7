"""DynamoDB's control plane: making, changing and deleting tables."""

from __future__ import annotations

from airflow_dynamodb_emr.local.dynamodb.control.observers import OPERATIONS as OBSERVERS
from airflow_dynamodb_emr.local.dynamodb.control.observers import Observers
from airflow_dynamodb_emr.local.dynamodb.control.rules import ACCOUNT_MAXIMUM, TABLE_MAXIMUM, check_create
from airflow_dynamodb_emr.local.dynamodb.control.settings import OPERATIONS as SETTINGS
from airflow_dynamodb_emr.local.dynamodb.control.update_table import update
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.dynamodb.tables import Tables, in_use
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request, invalid
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord

_PAGE = 100


class ControlPlane(Observers):
    """What is done with whole tables."""

    def __init__(self, region: str, knobs: Knobs, record: CapacityRecord) -> None:
        super().__init__(Tables(), knobs)
        self.region, self._record = region, record

    def create_table(self, request: Request) -> Answer:
        with self.tables.lock:
            if self.tables.find(request["TableName"]):
                raise Refused("ResourceInUseException", f"Table already exists: {request['TableName']}")
            check_create(request, self.tables.all())
            self.tables.check_changes()
            table = Table(request, self.region, self._knobs)
            table.become("CREATING", self._knobs.create_seconds)
            for index in table.global_indexes:
                index.status = "CREATING"
            self.tables.add(table)
            self._record.note(self.region, table.name, table.asked, "CreateTable")
        return {"TableDescription": table.describe()}

    def describe_table(self, request: Request) -> Answer:
        return {"Table": self.tables.get(request["TableName"]).describe()}

    def list_tables(self, request: Request) -> Answer:
        limit = request.get("Limit", _PAGE)
        if not 1 <= limit <= _PAGE:
            raise invalid(f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must be between 1 and 100")
        after = request.get("ExclusiveStartTableName", "")
        names = [table.name for table in self.tables.all() if table.name > after]
        return {"TableNames": names[:limit], **({"LastEvaluatedTableName": names[limit - 1]} if len(names) > limit else {})}

    def update_table(self, request: Request, by: str = "UpdateTable") -> Answer:
        """*by*: who, for the record."""
        with self.tables.lock:
            table = self.tables.get(request["TableName"])
            self.tables.check_changes()
            switched = request.get("BillingMode", table.billing_mode) != table.billing_mode
            description = update(table, request, self.tables.all(), self._knobs)
            self._record.note(self.region, table.name, table.asked, "billing" if switched else by)
            return {"TableDescription": description}

    def delete_table(self, request: Request) -> Answer:
        with self.tables.lock:
            table = self.tables.get(request["TableName"])
            if table.status != "ACTIVE":
                raise in_use(f"Table: {table.name} is {table.status}")
            if table.protected:
                raise invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
            table.become("DELETING", self._knobs.delete_seconds)
            self._record.note(self.region, table.name, {}, "DeleteTable")
        return {"TableDescription": table.describe()}

    def describe_limits(self, _request: Request) -> Answer:
        maxima = {"Account": ACCOUNT_MAXIMUM, "Table": TABLE_MAXIMUM}
        return {f"{scope}Max{kind}CapacityUnits": most for scope, most in maxima.items() for kind in ("Read", "Write")}

    def describe_endpoints(self, _request: Request) -> Answer:
        return {"Endpoints": [{"Address": f"dynamodb.{self.region}.amazonaws.com", "CachePeriodInMinutes": 1440}]}


OPERATIONS: dict[str, Operation] = {
    **SETTINGS,
    **OBSERVERS,
    "CreateTable": ControlPlane.create_table,
    "DeleteTable": ControlPlane.delete_table,
    "DescribeEndpoints": ControlPlane.describe_endpoints,
    "DescribeLimits": ControlPlane.describe_limits,
    "DescribeTable": ControlPlane.describe_table,
    "ListTables": ControlPlane.list_tables,
    "UpdateTable": ControlPlane.update_table,
}
