"""`dynamodb-emr convert`: the same items in another format."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from typing import Any

from airflow_dynamodb_emr.aws import preflight, sources
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.words import counted, size
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.transfer.convert import convert
from airflow_dynamodb_emr.transfer.dumps import SCHEMA, Found
from airflow_dynamodb_emr.transfer.parts import MANIFEST
from airflow_dynamodb_emr.transfer.raw.dumped import refuse_taken
from airflow_dynamodb_emr.transfer.raw.journal import FOLDER
from airflow_dynamodb_emr.transfer.raw.output import DATA
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.verbs import account, bar

_BEGUN = {SCHEMA, MANIFEST, FOLDER, DATA}  # what a try that was broken off leaves


def run(given: Namespace) -> int:
    (source, _), into = sources.parse(given.source, "S3URI"), S3Uri.parse(given.into, "S3URI")
    clients = account.clients(Settings.from_environment())
    for each in (source, into):
        preflight.bucket(clients.s3, each, "S3URI")
    store = Store(clients.s3)
    found = sources.find(store, given.source)
    _refuse_within(found.folder, into)
    _refuse_taken(store, into)
    print(found, file=sys.stderr)
    _copy_schema(store, found, into)
    manifest, empties = _converted(clients, found, into, given)
    if empties:
        what = f"{counted(empties, 'item holds', 'items hold')} empty lists or maps"
        print(f"{what}: the connector cannot load this dump, `dynamodb-emr load` can", file=sys.stderr)
    answer = {"items": manifest["items"], "parts": len(manifest["parts"])}
    told = f"{counted(answer['items'], 'item')}, {size(manifest['bytes'])} in {counted(answer['parts'], 'part')}, as {given.to}, in {into}"
    print(json.dumps(answer, indent=2) if given.json else told)
    return 0


def _converted(clients: Clients, found: Found, into: S3Uri, given: Namespace) -> tuple[dict[str, Any], int]:
    with bar.told("convert", found.items_announced) as meter:
        return convert(
            clients.s3,
            found,
            into,
            given.to,
            anyway=given.anyway,
            at_once=given.at_once or os.cpu_count() or 1,
            access=clients.access,
            told=lambda _, moved, items: meter.told(items, moved, 0),
        )


def _copy_schema(store: Store, found: Found, into: S3Uri) -> None:
    """So that `load --create` finds it here, too."""
    schema = next((data for place in found.schemas if (data := store.read(place)) is not None), None)
    if schema is not None:
        store.put(into / SCHEMA, schema, "application/json")


def _refuse_within(folder: S3Uri, into: S3Uri) -> None:
    """Each of them would take what is of the other for its own."""
    for inner, outer in ((into, folder), (folder, into)):
        if inner.bucket == outer.bucket and f"{inner.key}/".startswith(f"{outer.key}/".lstrip("/")):
            raise BadInput(f"{into} and {folder}: one of them lies in the other", "name a folder of its own")


def _refuse_taken(store: Store, into: S3Uri) -> None:
    with refused_as_bad_input(f"S3URI: {into}", "allow s3:ListBucket there"):
        objects, folders = store.top(into)
    refuse_taken(Place(store.s3, into.bucket, into.key))
    foreign = next((name for name in [*objects, *folders] if name not in _BEGUN), None)
    if foreign:
        raise BadInput(f"{into} holds {foreign}", "name an empty folder")
