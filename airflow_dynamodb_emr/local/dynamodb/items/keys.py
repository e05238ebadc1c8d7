"""The keys that a request names, checked against a table's schema."""

from __future__ import annotations

from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size, key_bytes
from airflow_dynamodb_emr.local.dynamodb.items.store import Item, Key
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import invalid

_WRONG = "One or more parameter values were invalid: "
_NOT_VALID = "One or more parameter values are not valid."
_LONGEST = ((2048, "hashkey"), (1024, "rangekey"))


def check_item_keys(table: Table, item: Item) -> Key:
    """The key of an item to be put; its values have been checked before."""
    for name in table.keys:
        if name not in item:
            raise invalid(f"{_WRONG}Missing the key {name} in the item")
        if table.type_of(name) not in item[name]:
            raise invalid(f"{_WRONG}Type mismatch for key {name} expected: {table.type_of(name)} actual: {next(iter(item[name]))}")
    for index in table.indexes:
        for name in index.keys:
            _check_index_key(table, index.name, name, item)
    return _checked_lengths(table, item)


def check_key(table: Table, key: Item) -> Key:
    """The key of an item to be read or deleted: the key attributes and nothing else."""
    item_size(key)
    if key.keys() != set(table.keys) or any(table.type_of(name) not in key[name] for name in table.keys):
        raise invalid("The provided key element does not match the schema")
    return _checked_lengths(table, key)


def _check_index_key(table: Table, index: str, name: str, item: Item) -> None:
    if name not in item:
        return
    ((kind, content),) = item[name].items()
    if kind != table.type_of(name):
        raise invalid(f"{_WRONG}Type mismatch for Index Key {name} Expected: {table.type_of(name)} Actual: {kind} IndexName: {index}")
    if content == "":
        raise invalid(
            f"{_NOT_VALID} A value specified for a secondary index key is not supported. "
            f"The AttributeValue for a key attribute cannot contain an empty string value. IndexName: {index}, IndexKey: {name}"
        )


def _checked_lengths(table: Table, item: Item) -> Key:
    for name, (most, word) in zip(table.keys, _LONGEST, strict=False):
        length = len(key_bytes(item[name]))
        if not length:
            kind = {"S": "string", "B": "binary"}[next(iter(item[name]))]
            raise invalid(f"{_NOT_VALID} The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {name}")
        if length > most:
            raise invalid(f"{_WRONG}Size of {word} has exceeded the maximum size limit of{most} bytes")
    return table.store.key(item)
