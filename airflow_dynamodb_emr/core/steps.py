"""The EMR step of each dump and each load: the connector's tools, one table a step."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.core import names
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import LONGEST_EMR_NAME

EXPORT = "org.apache.hadoop.dynamodb.tools.DynamoDBExport"
IMPORT = "org.apache.hadoop.dynamodb.tools.DynamoDBImport"
ACTIVE = ["PENDING", "CANCEL_PENDING", "RUNNING"]
COMPLETED = "COMPLETED"
# Without them a step takes EMR's own sizes, on an m5.xlarge 6 GiB for the application master and 3 for a mapper: a few steps would fill
# a small cluster and have no room for mappers. `core/fleet.py` counts on these.
_MEMORY = {
    "yarn.app.mapreduce.am.resource.mb": "1024",
    "yarn.app.mapreduce.am.command-opts": "-Xmx768m",
    "mapreduce.map.memory.mb": "1536",
    "mapreduce.map.java.opts": "-Xmx1152m",
    "mapreduce.reduce.memory.mb": "1024",
    "mapreduce.reduce.java.opts": "-Xmx768m",
}
READ_COUNTER, LOADED_COUNTER = "DYNAMODB_ITEMS_READ", "DYNAMODB_ITEMS_READ_FROM_BACKUP"

# $0 is the tags; each line of the list that is an application begins with its id.
_KILL = 'for app in $(yarn application -list -appTags "$0" | grep -o \'application_[0-9]*_[0-9]*\' | sort -u); do yarn application -kill "$app"; done'


def dump_step(name: str, jar: str, region: str, table: str, into: S3Uri, ratio: float, segments: int, mappers: int = 0) -> dict[str, Any]:
    """Segments are always given: left to itself the connector makes hundreds for an on-demand table.
    Speculative attempts are off because they would leave files that no manifest names. The one reducer writes the manifest: it waits
    for all mappers, and need not take their room."""
    options = {
        **_MEMORY,
        "dynamodb.region": region,
        "mapreduce.job.tags": names.yarn_tag(name),
        **({"dynamodb.max.map.tasks": str(mappers)} if mappers else {}),
        "mapreduce.job.reduce.slowstart.completedmaps": "1.0",
        "mapreduce.map.speculative": "false",
        "mapreduce.output.fileoutputformat.compress": "true",
    }
    return _step(name, jar, [EXPORT, *_options(options), str(into), table, _ratio(ratio), str(segments)])


def load_step(name: str, jar: str, region: str, source: S3Uri, table: str, ratio: float) -> dict[str, Any]:
    options = {**_MEMORY, "dynamodb.region": region, "mapreduce.job.tags": names.yarn_tag(name), "mapreduce.map.speculative": "false"}
    return _step(name, jar, [IMPORT, *_options(options), str(source), table, _ratio(ratio)])


def kill_step(names_: list[str]) -> dict[str, Any]:
    """Ends the YARN applications of the steps of these names, where there still are any."""
    tags = ",".join(names.yarn_tag(name) for name in names_)
    more = f" and {len(names_) - 1} more" if names_[1:] else ""
    return _step(f"end {names_[0]}{more}"[:LONGEST_EMR_NAME], "command-runner.jar", ["bash", "-c", _KILL, tags])


def by_hand(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The form that `aws emr add-steps --steps file://...` reads."""
    return [
        {
            "Name": s["Name"],
            "Type": "CUSTOM_JAR",
            "ActionOnFailure": s["ActionOnFailure"],
            "Jar": s["HadoopJarStep"]["Jar"],
            "Args": s["HadoopJarStep"]["Args"],
        }
        for s in steps
    ]


def _step(name: str, jar: str, args: list[str]) -> dict[str, Any]:
    # EMR refuses any other action than CONTINUE where steps run side by side.
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": jar, "Args": args}}


def _options(options: dict[str, str]) -> list[str]:
    return [f"-D{key}={value}" for key, value in options.items()]


def _ratio(ratio: float) -> str:
    return f"{ratio:.6f}"
