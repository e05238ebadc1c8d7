"""Twenty prefixes at once: one day of `dynamodb_backup_daily`, twenty runs side by side with a cluster each, on a real Airflow, with EMR's
own limits of calls, which all of them share."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.local.airflow import real_airflow
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.recipes.backup import BACKUP
from airflow_dynamodb_emr.recipes.daily import DAILY
from benchmarks import observed, scale_tables
from benchmarks.figures import Figure

PREFIXES, TABLES = 20, 10  # of each
LONGEST_SECONDS = 1800
_NAMES = [f"{scale_tables.PREFIX}{number:03d}" for number in range(PREFIXES)]
_CONFIG = {
    "dynamodb_emr": {
        "emr_rate": "1",
        "poll_seconds": "10",
        "max_lanes": "1",
        "prefixes": msgspec.json.encode(_NAMES).decode(),
        "schedule": "0 0 29 2 *",
    },
    "dag_processor": {"min_file_process_interval": "3600"},
}


def measure() -> Iterator[Figure]:
    with stand_in(create_seconds=0, emr_rate_scale=1) as aws:
        scale_tables.make(aws, PREFIXES * TABLES, scale_tables.TINY)
        with real_airflow(aws, config=_CONFIG) as airflow:
            observed.warm_up(airflow, BACKUP)
            run = observed.run(aws, airflow, DAILY, {}, LONGEST_SECONDS)
        yield Figure("prefixes.seconds", round(run.seconds), "s")
        yield Figure("prefixes.cpu_seconds", round(run.cpu_seconds), "s")
        yield Figure("prefixes.emr_calls", sum(run.calls.values()), "calls")
        yield Figure("prefixes.emr_calls_refused", run.refused, "calls")
        yield Figure("prefixes.calls.emr.RunJobFlow", run.calls.get("emr.RunJobFlow", 0), "calls")  # refused ones among them
        yield Figure("prefixes.backups_valid", sum(_valid(aws, name) for name in _NAMES), "backups", at_least=PREFIXES)
        yield Figure("prefixes.clusters_left", len(aws.client("emr").list_clusters(ClusterStates=LIVE)["Clusters"]), "clusters", at_most=0)


def _valid(aws: StandIn, prefix: str) -> bool:
    store, base = Store(aws.client("s3")), S3Uri.parse(aws.env["AIRFLOW__DYNAMODB_EMR__BASE"])
    try:
        backup = backups.choose(store, base / aws.env["AWS_DEFAULT_REGION"] / prefix, Wanted())
    except DynamoDBBackupError:  # there is none that is good
        return False
    return backup.verdict is Verdict.VALID and len(backup.tables) == TABLES
