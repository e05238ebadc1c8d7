"""From the settings and the form of a run to what the inner rings are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.configuration import conf
from msgspec import structs

from airflow_dynamodb_emr.aws import shipping
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.inputs import cluster_template, exclude_list, prices
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import LATEST, Wanted
from airflow_dynamodb_emr.core.custody import Custody
from airflow_dynamodb_emr.core.names import Rename, Selection
from airflow_dynamodb_emr.core.plan import Request
from airflow_dynamodb_emr.core.restore import RestoreRequest
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.settings import Settings


def backup_request(settings: Settings, form: Mapping[str, Any], clients: Clients) -> Request:
    settings, store, prefix = settings.with_form(form), Store(clients.s3), _prefix(form)
    listed = prices(store, settings.prices, clients.region)
    return Request(
        selection=Selection(prefix=prefix, exclude=[*settings.exclude, *exclude_list(store, settings.exclude_list)]),
        base=settings.base_uri,
        app=str(form.get("app") or prefix),
        region=clients.region,
        jar=settings.connector_jar,
        wished=settings.wished,
        program=shipping.program(settings.base_uri, settings.spark_libraries),
        serverless=settings.serverless,
        form=settings.form,
        increments=settings.increments,
        custody=_custody(settings, clients),
        logs=settings.logs,
        pace=settings.read_pace(listed),
        cluster=settings.cluster(cluster_template(store, settings.cluster_template), listed),
        most_tasks=conf.getint("core", "max_map_length"),
        tables_per_task=settings.tables_per_task,
    )


def restore_request(settings: Settings, form: Mapping[str, Any], clients: Clients) -> RestoreRequest:
    settings, store = settings.with_form(form), Store(clients.s3)
    listed = prices(store, settings.prices, clients.region)
    wanted = Wanted.parse(str(form.get("backup") or LATEST))
    return RestoreRequest(
        wanted=wanted,
        app=str(form.get("app") or (form.get("prefix") if wanted.uri else _prefix(form)) or ""),
        tables=list(form.get("tables") or []),
        rename=Rename(prefix=str(form.get("rename_prefix") or ""), suffix=str(form.get("rename_suffix") or "")),
        into_existing=bool(form.get("into_existing")),
        base=settings.base_uri,
        region=clients.region,
        jar=settings.connector_jar,
        wished=settings.wished,
        program=shipping.program(settings.base_uri, settings.spark_libraries),
        serverless=settings.serverless,
        custody=_custody(settings, clients),
        choices=settings.choices,
        logs=settings.logs,
        pace=settings.write_pace(listed),
        cluster=settings.cluster(cluster_template(store, settings.cluster_template), listed),
        most_tables=conf.getint("core", "max_map_length"),
    )


def _custody(settings: Settings, clients: Clients) -> Custody:
    """With the owner's number, and the bucket of the form."""
    return structs.replace(clients.custody, bucket=settings.custody.bucket)


def _prefix(form: Mapping[str, Any]) -> str:
    prefix = str(form.get("prefix") or "")
    if not prefix:
        raise BadInput("prefix: it is empty", "say what the names of the tables start with")
    return prefix
