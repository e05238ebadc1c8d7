"""What Airflow is told about this package: its modules, and the options of section `[dynamodb_emr]`.

Each option is set as `AIRFLOW__DYNAMODB_EMR__<OPTION>` or in airflow.cfg; `settings.py` reads and checks them.
The plugin is not named here but by its entry point: Airflow reports a plugin it meets twice as an error.
"""

from __future__ import annotations

from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from airflow_dynamodb_emr import __version__

_PACKAGE = "airflow_dynamodb_emr"
_NAME = "DynamoDB on EMR"


def _option(description: str, default: str | None, example: str | None, kind: str = "string") -> dict[str, str | None]:
    return {"description": description, "version_added": "0.1.0", "type": kind, "example": example, "default": default}


_WHERE = {
    "base": _option("Folder in S3 that holds every backup and the ledger of raised throughput. Required.", None, "s3://my-backups/dynamodb"),
    "region": _option("Region of the tables and clusters. Empty: the region of the AWS connection.", "", "eu-west-1"),
    "aws_conn_id": _option("Airflow connection that every call to AWS goes through.", "aws_default", "aws_backup"),
    "log_uri": _option("Folder in S3 for the logs of clusters and steps. Empty: `logs` under base.", "", "s3://my-logs/emr"),
}

_WHAT = {
    "prefixes": _option("JSON list: the daily DAG starts one backup for each of these table name prefixes.", "[]", '["PROD_", "STAGE_"]'),
    "schedule": _option("Cron expression of the daily DAG, in UTC.", "0 2 * * *", "30 1 * * 1-5"),
    "exclude": _option("JSON list of table names and fnmatch patterns that are never backed up.", "[]", '["PROD_cache", "*_tmp"]'),
    "exclude_list": _option("S3 URI of an object that names one more table to leave out on each line.", "", "s3://my-backups/exclude.txt"),
}

_KEPT = {
    "keep_last": _option("Retention: keep the newest n good backups of each prefix. All `keep_...` 0 or empty: all are kept.", "0", "3", "integer"),
    "keep_hourly": _option("Keep the newest good backup of each of the last n hours that have one, in UTC.", "0", "24", "integer"),
    "keep_daily": _option("The same of days.", "0", "7", "integer"),
    "keep_weekly": _option("The same of weeks, which begin on Monday.", "0", "4", "integer"),
    "keep_monthly": _option("The same of months.", "0", "12", "integer"),
    "keep_yearly": _option("The same of years.", "0", "5", "integer"),
    "keep_within": _option("Keep all good backups that are no older than this, as 36h, 30d or 8w.", "", "30d"),
    "keep_failed_days": _option("Days that a backup which cannot be restored is kept, and longer while no newer one is good.", "7", "14", "integer"),
    "keep_by_prefix": _option(
        "JSON object: the rules of single prefixes, in place of those above, as `last`, `daily`, `within`.",
        None,  # not {}: Airflow takes braces in a default for variables
        '{"PROD_": {"daily": 30, "yearly": 7}}',
    ),
    "retention_schedule": _option("Cron expression of `dynamodb_retention`, in UTC.", "0 6 * * *", "0 12 * * 6"),
}

_ENGINES = {
    "engine": _option(
        "What copies the tables. `connector`: AWS' own library on EMR. `worker`: this software, in Airflow's own tasks. `spark`: this software, "
        "on EMR or EMR Serverless. `native`: DynamoDB's own exports and imports. `auto`: for each table what costs least, "
        "counting time and money. A load takes the worker where the engine cannot load the dump.",
        "connector",
        "auto",
    ),
    "form": _option(
        'Lines that the worker and Spark write. `dynamodb-json`: what ImportTable, Glue and native exports have, `{"Item":{...}}`. '
        "`connector`: what the connector has.",
        "dynamodb-json",
        "connector",
    ),
    "increments": _option(
        "With `native`: how many backups in a row may hold only what has changed since the one before. 0: each holds all. See docs/native.md.",
        "0",
        "6",
        "integer",
    ),
    "worker_minutes": _option("`auto` gives no table to a worker that would take it longer than so many minutes.", "10", "5", "float"),
}

_HOW_FAST = {
    "read_ratio": _option("Share of a table's read units that a dump may use, above 0 and at most 1.5.", "0.5", "0.8", "float"),
    "write_ratio": _option("Share of a table's write units that a load may use, above 0 and at most 1.5.", "0.8", "0.5", "float"),
    "spike": _option(
        "How far a provisioned table is raised while it is dumped or loaded. `20 minutes`: one that would take longer, to be done by then. "
        "`x10`: each, to so many times its capacity. `4000 units`: each, to that. `off`: none. "
        "Never where it costs more than the time it saves is worth.",
        "20 minutes",
        "x10",
    ),
    "hour_dollars": _option(
        "US dollars that an hour less of waiting is worth, for a table or a whole run, beside what the cluster costs.", "1.0", "10", "float"
    ),
    "prices": _option(
        "JSON file, path or S3 URI, of prices to estimate and report by. Empty: list prices of us-east-1 that come with this package. "
        "See docs/reports.md.",
        "",
        "s3://my-config/prices.json",
    ),
    "room_minutes": _option(
        "Minutes that a spike waits for room below the account's limit, before it asks for half of it, half of that, and then does without.",
        "10",
        "30",
        "float",
    ),
    "max_read_units": _option("Read units a second that no table is raised above.", "4000", "10000", "integer"),
    "max_write_units": _option("Write units a second that no table is raised above.", "4000", "10000", "integer"),
    "on_demand_read_units": _option(
        "Most read units a second taken of an on-demand table; `read_ratio` of what it serves where that is less.",
        "4000",
        "12000",
        "integer",
    ),
    "on_demand_write_units": _option(
        "Most write units a second put into an on-demand table; `write_ratio` of what it serves where that is less.",
        "2000",
        "4000",
        "integer",
    ),
    "retries": _option(
        "How often a task that crashed is tried again, `create_cluster` twice as often; for steps see `table_tries`.", "2", "4", "integer"
    ),
    "retry_seconds": _option("Seconds before a failed task is tried again.", "60", "300", "float"),
    "poll_seconds": _option("Seconds between two looks at a cluster and its steps.", "30", "60", "float"),
    "emr_rate": _option(
        "How much of EMR's default limits of calls a process may use up in a region; above 1 where AWS has raised them.",
        "1",
        "2",
        "float",
    ),
    "tables_per_task": _option("How many small tables that are not spiked share a task; each has its own step and verdict.", "25", "1", "integer"),
    "table_tries": _option("How often a table whose step fails is tried, each time in a fresh folder; 1 to 10.", "3", "5", "integer"),
    "overrun_times": _option(
        "A step that runs so many times its estimate, and `overrun_minutes` more, is cancelled and tried again in more segments.",
        "3",
        "5",
        "float",
    ),
    "overrun_minutes": _option("See `overrun_times`.", "60", "240", "float"),
}

_TRUST = {
    "read_back_gib": _option(
        "After a run a dump of the connector's is read back and its items counted, unless it is larger than so many GiB as stored: "
        "then it counts by its step's own counter, and by the names and sizes of its parts. Its manifest says which; see docs/format.md.",
        "1.0",
        "10",
        "float",
    ),
    "verify_schedule": _option("Cron expression of `dynamodb_verify`, in UTC.", "0 6 * * 0", "0 6 * * *"),
}

_TELLING = {
    "notify_topic": _option(
        "ARN of the SNS topic that is told of a run that failed or is late. Empty: none; see docs/telling.md for other ways.",
        "",
        "arn:aws:sns:eu-west-1:111122223333:backups",
    ),
    "notify_on": _option("`failure`: only what failed or is late is told. `always`: a good end too.", "failure", "always"),
    "deadline": _option(
        "A time of day, UTC: the daily run must be finished by then. Or a length of time: each backup must be, so long after it is started. "
        "What is late is told, and goes on.",
        "",
        "06:00",
    ),
}

_ACCESS = {
    "bucket_owner": _option(
        "Account that must own each bucket that is written to, and the backups' bucket to read from it; S3 refuses any other. "
        "Empty: the account of the credentials. `any`: it is not looked at. See docs/permissions.md.",
        "",
        "444455556666",
    ),
    "bucket_acl": _option(
        "Access control list that objects are put with: for a bucket of another account that has not turned these lists off.",
        "",
        "bucket-owner-full-control",
    ),
    "kms_key": _option(
        "ARN of the KMS key that encrypts the backups. Empty: as the bucket says.", "", "arn:aws:kms:eu-west-1:111122223333:alias/backups"
    ),
    "logs_kms_key": _option(
        "ARN of the KMS key that encrypts the logs of clusters and job runs.", "", "arn:aws:kms:eu-west-1:111122223333:alias/logs"
    ),
    "security_configuration": _option("Name of EMR's security configuration: it encrypts the clusters' disks.", "", "encrypted-disks"),
}

_CLUSTER = {
    "connector_jar": _option(
        "S3 URI of AWS' DynamoDB connector, the emr-dynamodb-tools jar.", "", "s3://my-jars/emr-dynamodb-tools-jar-with-dependencies.jar"
    ),
    "cluster_template": _option(
        "YAML or JSON file, path or S3 URI, in the form of RunJobFlow. What it says goes before these options; the rest comes from them.",
        "",
        "s3://my-config/cluster.yaml",
    ),
    "subnets": _option("JSON list of the subnets a cluster may start in. Empty: the account's default.", "[]", '["subnet-0a1b2c3d4e5f"]'),
    "service_role": _option("Role that EMR works as.", "EMR_DefaultRole", "EMR_Backup"),
    "instance_profile": _option("Instance profile of the cluster's machines.", "EMR_EC2_DefaultRole", "EMR_EC2_Backup"),
    "release_label": _option("EMR release of the cluster.", "emr-7.13.0", "emr-7.14.0"),
    "instance_type": _option(
        "Machine type of all nodes; the primary may be a larger one of its family, spot machines others of the same size.", "m5.xlarge", "m7g.xlarge"
    ),
    "core_nodes": _option("Worker nodes of each cluster, beside its primary. 0: as many as the plan needs.", "0", "8", "integer"),
    "max_core_nodes": _option("No more worker nodes than this are planned for a cluster.", "20", "50", "integer"),
    "step_concurrency": _option(
        "Steps, that is tables, that one cluster works on at once; 1 to 256. 0: as many as the plan needs.", "0", "20", "integer"
    ),
    "max_lanes": _option("No more clusters than this are planned for one backup; one is the rule.", "4", "1", "integer"),
    "spot": _option(
        "Take spot machines for the worker nodes beyond those that hold the application masters, on-demand ones where there are none.",
        "True",
        "False",
        "boolean",
    ),
    "idle_minutes": _option("Minutes without a step after which EMR itself ends a cluster; 1 to 10080.", "30", "60", "integer"),
}

_SPARK = {
    "spark_on": _option("Where the engine `spark` runs: `emr`, on the run's clusters, or `serverless`, without one.", "emr", "serverless"),
    "spark_libraries": _option(
        "S3 URI of an archive with msgspec and isal for the Python of the nodes, which makes the engine `spark` faster: see docs/spark.md.",
        "",
        "s3://my-jars/spark-libraries-x86_64.zip",
    ),
    "serverless_role": _option(
        "ARN of the role that job runs of EMR Serverless work as.", "", "arn:aws:iam::111122223333:role/EMR_Serverless_JobRuns"
    ),
    "serverless_application": _option(
        "Id of your own application of EMR Serverless. Empty: one is made and kept for all runs; it costs nothing while none is under way.",
        "",
        "00f1r1fbhkl0r309",
    ),
    "serverless_architecture": _option(
        "Processors of the application that is made, X86_64 or ARM64: those that `spark_libraries` is for.", "X86_64", "ARM64"
    ),
}


def _modules(*names: str) -> list[dict[str, Any]]:
    return [{"integration-name": _NAME, "python-modules": [f"{_PACKAGE}.{name}" for name in names]}]


def _operators() -> list[str]:
    """One verb a file: found by name, because importing them at the start of every Airflow process would be slow."""
    return [f"operators.{module.name}" for module in iter_modules([str(Path(__file__).parent / "operators")])]


def get_provider_info() -> dict[str, Any]:
    """The entry point `apache_airflow_provider`; the form is Airflow's provider_info.schema.json."""
    return {
        "package-name": "airflow-dynamodb-emr",
        "name": _NAME,
        "description": "Back up and restore hundreds of DynamoDB tables by prefix, with Airflow and EMR.",
        "versions": [__version__],
        "integrations": [{"integration-name": _NAME, "tags": ["aws"]}],
        "operators": _modules(*_operators()),
        "sensors": _modules("sensors"),
        "triggers": _modules("triggers"),
        "notifications": [f"{_PACKAGE}.notifier.BackupNotifier"],
        "config": {
            "dynamodb_emr": {
                "description": "Backup and restore of DynamoDB tables.",
                "options": {**_WHERE, **_WHAT, **_KEPT, **_ENGINES, **_HOW_FAST, **_TRUST, **_TELLING, **_ACCESS, **_CLUSTER, **_SPARK},
            }
        },
    }
