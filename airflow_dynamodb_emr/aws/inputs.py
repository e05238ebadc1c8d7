"""Files that a setting names: the list of excluded tables, the cluster template, prices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from airflow_dynamodb_emr.aws import model
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.prices import Prices, listed, parse
from airflow_dynamodb_emr.errors import BadInput, NotFound

_HINT = "correct the setting, or leave it empty"


def exclude_list(store: Store, where: str) -> list[str]:
    """One table name or pattern a line; empty lines and those that begin with # do not count."""
    lines = [line.strip() for line in _text(store, where, "exclude_list").splitlines()] if where else []
    return [line for line in lines if line and not line.startswith("#")]


def cluster_template(store: Store, where: str) -> dict[str, Any]:
    """YAML or JSON in RunJobFlow's own form."""
    if not where:
        return {}
    try:
        template = yaml.safe_load(_text(store, where, "cluster_template"))
    except yaml.YAMLError as error:
        raise BadInput(f"cluster_template: {where} is neither YAML nor JSON: {' '.join(str(error).split())}", _HINT) from error
    if not isinstance(template, dict):
        raise BadInput(f"cluster_template: {where} holds no object", "write the fields of RunJobFlow")
    model.check_template(template, "cluster_template")
    return template


def prices(store: Store, where: str, region: str) -> Prices:
    """Those of *region*."""
    return parse(_text(store, where, "prices").encode(), region, where) if where else listed(region)


def _text(store: Store, where: str, source: str) -> str:
    data = _object(store, S3Uri.parse(where, source), source) if where.startswith("s3") else _file(Path(where), source)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadInput(f"{source}: {where} is no text: {error}", _HINT) from error


def _object(store: Store, uri: S3Uri, source: str) -> bytes:
    with refused_as_bad_input(f"{source}: {uri}", _HINT):
        data = store.read(uri)
    if data is None:
        raise NotFound(f"{source}: {uri} is not there", _HINT)
    return data


def _file(path: Path, source: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{source}: {path}: {error.strerror}", _HINT) from error
