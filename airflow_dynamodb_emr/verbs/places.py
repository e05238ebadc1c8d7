"""Where the backups of one prefix are that a verb is about."""

from __future__ import annotations

from argparse import Namespace

from airflow_dynamodb_emr.aws import catalogue
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, NotFound
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs import account


def of_prefix(given: Namespace) -> tuple[Store, S3Uri]:
    """The folder of that prefix' backups, of --region or the one that AWS is set to. Raises NotFound when nothing is in it."""
    base, prefix = S3Uri.parse(given.base, "--base"), given.prefix.strip("/")
    clients = account.clients(Settings.from_environment().with_form({"base": given.base}))
    region = given.region or clients.region
    if not region or not prefix:
        raise BadInput("--region: none is given, and AWS is set to none" if prefix else "--prefix: it is empty", "name it")
    store, app = Store(clients.s3), base / region / prefix
    with refused_as_bad_input(f"--base: {given.base}", "name another, or allow s3:ListBucket there"):
        if not catalogue.apps_of(store, base, prefix, region):
            raise NotFound(f"there are no backups of {prefix} in {app}", "names are case-sensitive; look at --region too")
    return store, app
