"""Waiting for DynamoDB's own exports and imports. What AWS had no room for at first is begun by looking."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import exports, imports, together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import is_full
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import exporting, importing
from airflow_dynamodb_emr.core.exporting import FAILED, Export
from airflow_dynamodb_emr.core.importing import Imported
from airflow_dynamodb_emr.errors import BadInput

# Between two calls of DescribeExport for one export, of which AWS answers ten a second: meanwhile S3, which has no such limit, is looked at.
ASK_SECONDS = 120


def begin_export(clients: Clients, wish: exporting.Wish) -> Export:
    """It has no state while AWS takes no more exports; one that cannot be begun at all has failed."""
    never = Export(arn="", table=wish.table, status="", into=wish.root.uri)
    try:
        return exports.begin(clients, wish)
    except BadInput as error:  # this table's failure, not that of the others that are exported with it
        return structs.replace(never, status=FAILED, failure=error.facts)
    except ClientError as error:
        if is_full(error):
            return never
        raise


def begin_import(clients: Clients, wish: importing.Wish) -> Imported | None:
    """None: AWS takes no more just now."""
    try:
        return imports.begin(clients.dynamodb, wish)
    except ClientError as error:
        if is_full(error):
            return None
        raise


def exports_ended(clients: Clients, ref: dict[str, Any]) -> dict[str, Any] | None:
    """Until all `exports` have ended. By table: `wishes`, what was seen of their `exports`, and when DynamoDB was `asked` last."""
    seen = msgspec.convert(ref["exports"], dict[str, Export])
    left = [export for export in seen.values() if not export.ended]
    for export in together.each(lambda export: _look(clients, ref, export), left):
        seen[export.table] = export
    ref["exports"] = msgspec.to_builtins(seen)
    return {"exports": ref["exports"]} if all(export.ended for export in seen.values()) else None


def imports_ended(clients: Clients, ref: dict[str, Any]) -> dict[str, Any] | None:
    """Until the import of `wish` has ended; its `arn` is empty as long as it has not begun."""
    if ref["arn"]:
        found = imports.describe(clients.dynamodb, ref["arn"])
        return None if found.status == importing.IN_PROGRESS else {"import": msgspec.to_builtins(found)}
    begun = begin_import(clients, msgspec.convert(ref["wish"], importing.Wish))
    ref["arn"] = begun.arn if begun else ""
    return None


def _look(clients: Clients, ref: dict[str, Any], seen: Export) -> Export:
    if not seen.arn:
        return begin_export(clients, msgspec.convert(ref["wishes"][seen.table], exporting.Wish))
    written = Store(clients.s3).size(seen.summary) is not None
    if not written and time.time() < ref["asked"].get(seen.table, 0) + ASK_SECONDS:
        return seen
    ref["asked"][seen.table] = time.time()
    return exports.describe(clients.dynamodb, seen.arn) or structs.replace(seen, status=FAILED, failure="DynamoDB does not know it any more")
