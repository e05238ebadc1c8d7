"""The forms of the DAGs: what a person may say when starting a run, each with its limits. An empty field leaves the setting as it is.

Airflow opens the fields without a section, and folds the others away: what every run must say has none.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param

from airflow_dynamodb_emr.core import spiking
from airflow_dynamodb_emr.core.catalogue import LATEST
from airflow_dynamodb_emr.core.checklist import BACKUP, PURPOSES
from airflow_dynamodb_emr.core.engines import AUTO, CONNECTOR, NATIVE, SPARK, WORKER
from airflow_dynamodb_emr.core.tablesettings.step import AFTER, BEFORE, KINDS
from airflow_dynamodb_emr.core.tablesettings.step import AUTO as AUTO_INDEXES
from airflow_dynamodb_emr.settings import Settings

_S3 = r"^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$"

_BACKUP = (
    "**latest**: the newest good one. A time, as **2026-11-23T02:00:00Z**: the newest good one at or before it. "
    "Or the **s3://** folder of a backup; of one that failed, the tables that are whole can be restored."
)
_EXISTING = (
    "Off: a table that exists already stops the restore before anything is touched. "
    "On: items are put into it; those of the same key are **overwritten**, others stay."
)
_VERIFIED = (
    "**latest**: the newest good one. A time, as **2026-11-23T02:00:00Z**: the newest good one at or before it. "
    "Or the **s3://** folder of any backup, be it unfinished, failed, a copy, or another system's."
)
_DEEP = (
    "On: every part is read, counted, hashed and parsed, and keys are looked at. "
    "Off: only names, sizes, ETags and counts are held against each other, which takes seconds."
)
ENGINES_OFFERED = (CONNECTOR, WORKER, SPARK, NATIVE)
_ENGINE = """How tables are {done}:

- **connector**: by AWS' own library, on a cluster
- **worker**: by this software, in Airflow's own tasks; no cluster
- **spark**: the same on a cluster, or on EMR Serverless
- **native**: by DynamoDB itself; it takes no capacity, and costs by the gigabyte
- **auto**: each table by what costs least, counting time and money; the log of the task **plan** says why
"""
_SPARK_ON = "Where the engine **spark** runs. **emr**: on the run's own cluster. **serverless**: on EMR Serverless, without one."
_SPIKE = """How far a provisioned table is raised while it is {done}:

- **20 minutes**: one that would take longer, so as to be done by then
- **x10**: each, to so many times its capacity
- **4000 units**: each, to that
- **off**: none

Never above a limit, and never where it costs more than the time it saves is worth.
"""

_SETTINGS = "Settings of the tables"
_WITHOUT = "What a table had and its restored copy shall not have: a copy to look at may do without **stream**, **kinesis** and **protection**."
_KEYS = "KMS keys of the backup's tables, by ARN, and the one that stands for each: empty where they can be used as they are."
_TAGS = "Tags that each restored table gets beside its own."
_INDEXES = (
    "When global indexes are made. **before**: with the table. **after**: once it is loaded, which also takes items that an index refuses. "
    "**auto**: before, but for those that would make the load take twice as long."
)


def backup(settings: Settings) -> dict[str, Param]:
    return {
        "prefix": _prefix(settings, "Tables whose names start with this are backed up."),
        "exclude": _names(
            "Exclude", "Table names or patterns (`*`, `?`) to leave out, one a line; they replace those of the settings.", settings.exclude
        ),
        **_engine(settings, "dumped"),
        "read_ratio": _ratio("Read ratio", "Share of a table's own read capacity that the dump may take; at most 1.5.", settings.read_ratio),
        "spike": _spike(settings, "dumped"),
        "max_read_units": _units("Highest spike", "No table's read capacity is raised above this many units a second.", settings.max_read_units),
        "on_demand_read_units": _units(
            "On-demand rate",
            "No more read units a second than this, nor than the read ratio of what an on-demand table serves.",
            settings.on_demand_read_units,
            maximum=40_000,
        ),
        **_cluster(settings),
        **_where(settings),
    }


def restore(settings: Settings) -> dict[str, Param]:
    return {
        "prefix": _prefix(settings, "The prefix that was backed up."),
        "backup": Param(
            LATEST,
            type="string",
            minLength=1,
            title="Backup",
            description_md=_BACKUP,
        ),
        "tables": _names("Tables", "Names or patterns (`*`, `?`) of the tables to restore, one a line. Empty: all.", []),
        "rename_prefix": _text("Name prefix", "Put before each table's name, as `RESTORED_`."),
        "rename_suffix": _text("Name suffix", "Put after each table's name."),
        "into_existing": Param(
            False,
            type="boolean",
            title="Load into existing tables",
            description_md=_EXISTING,
        ),
        **_settings(settings),
        **_engine(settings, "loaded"),
        "write_ratio": _ratio("Write ratio", "Share of a table's own write capacity that the load may take; at most 1.5.", settings.write_ratio),
        "spike": _spike(settings, "loaded"),
        "max_write_units": _units(
            "Highest spike", "No table's or index' write capacity is raised above this many units a second.", settings.max_write_units
        ),
        "on_demand_write_units": _units(
            "On-demand rate",
            "No more write units a second than this, nor than the write ratio of what an on-demand table serves.",
            settings.on_demand_write_units,
            maximum=40_000,
        ),
        **_cluster(settings),
        **_where(settings),
    }


def _settings(settings: Settings) -> dict[str, Param]:
    """What tables that are made anew get beside their items."""
    return {
        "restore_without": Param(
            list(settings.restore_without),
            type="array",
            items={"type": "string", "enum": list(KINDS)},
            title="Without",
            section=_SETTINGS,
            description_md=_WITHOUT,
            examples=list(KINDS),
        ),
        "restore_kms_keys": Param(settings.restore_kms_keys, type=["object", "null"], title="Keys", section=_SETTINGS, description_md=_KEYS),
        "restore_tags": Param(settings.restore_tags, type=["object", "null"], title="Tags", section=_SETTINGS, description_md=_TAGS),
        "restore_indexes": Param(
            settings.restore_indexes,
            type="string",
            enum=[AUTO_INDEXES, BEFORE, AFTER],
            title="Indexes",
            section=_SETTINGS,
            description_md=_INDEXES,
        ),
    }


def retention(settings: Settings) -> dict[str, Param]:
    dry = "Only tell what would be forgotten and deleted, and why; touches nothing."
    return {
        "prefix": _text("Prefix", "Only the backups of this prefix, or of the folder of this name. Empty: those of all configured prefixes."),
        "dry_run": Param(False, type="boolean", title="Dry run", description_md=dry),
        "base": _base(settings),
    }


def verify(settings: Settings) -> dict[str, Param]:
    each = "The prefix that was backed up. Empty: each of the configured ones, unless a backup is named by its folder."
    return {
        "prefix": _text("Prefix", each),
        "backup": Param(LATEST, type="string", minLength=1, title="Backup", description_md=_VERIFIED),
        "tables": _names("Tables", "Names or patterns (`*`, `?`) of the tables to look at, one a line. Empty: all.", []),
        "deep": Param(True, type="boolean", title="Deep", description_md=_DEEP),
        **_where(settings),
    }


def check(settings: Settings) -> dict[str, Param]:
    purposes, known = "What is to be done. Each needs permissions of its own.", list(PURPOSES)
    looked_at = "Tables whose names start with this are looked at, and reads are tried on one of them. Empty: no table is."
    chosen: dict[str, Any] = {"items": {"type": "string", "enum": known}, "examples": known}
    return {
        "prefix": _text("Prefix", looked_at, default=(settings.prefixes or [""])[0]),
        "purposes": Param([BACKUP], type="array", **chosen, title="For what", description_md=purposes),
        **_engine(settings, "copied"),
        "base": _base(settings),
    }


def _prefix(settings: Settings, description: str) -> Param:
    default = settings.prefixes[0] if settings.prefixes else None
    examples: dict[str, Any] = {"examples": settings.prefixes} if settings.prefixes else {}
    return Param(
        default,
        type="string",
        minLength=1,
        maxLength=255,
        pattern=r"^[a-zA-Z0-9_.-]+$",
        title="Prefix",
        description_md=description,
        **examples,
    )


def _names(title: str, description: str, default: list[str]) -> Param:
    return Param(default, type=["null", "array"], items={"type": "string"}, title=title, description_md=description)


def _engine(settings: Settings, done: str) -> dict[str, Param]:
    engines, section, description = [*ENGINES_OFFERED, AUTO], "Engine", _ENGINE.format(done=done)
    return {
        "engine": Param(settings.engine, type="string", enum=engines, title="Engine", section=section, description_md=description),
        "spark_on": Param(settings.spark_on, type="string", enum=["emr", "serverless"], title="Spark on", section=section, description_md=_SPARK_ON),
    }


def _ratio(title: str, description: str, default: float) -> Param:
    return Param(default, type="number", exclusiveMinimum=0, maximum=1.5, title=title, section="How fast", description_md=description)


def _spike(settings: Settings, done: str) -> Param:
    default, pattern, description = settings.spike.strip().lower(), f"^$|{spiking.PATTERN}", _SPIKE.format(done=done)
    return Param(default, type=["null", "string"], pattern=pattern, title="Spike", section="How fast", description_md=description)


def _units(title: str, description: str, default: int, **limits: Any) -> Param:
    return Param(default, type="integer", minimum=1, **limits, title=title, section="How fast", description_md=description)


def _cluster(settings: Settings) -> dict[str, Param]:
    nodes = "Worker machines of each cluster; each costs what its type costs while the run lasts. 0: as many as the plan needs."
    steps = "Tables that a cluster works on at the same time. 0: as many as the plan needs."
    return {
        "core_nodes": Param(settings.core_nodes, type="integer", minimum=0, maximum=500, title="Core nodes", section="Cluster", description_md=nodes),
        "step_concurrency": Param(
            settings.step_concurrency, type="integer", minimum=0, maximum=256, title="Tables at once", section="Cluster", description_md=steps
        ),
    }


def _base(settings: Settings) -> Param:
    base = "Folder in S3 that holds every backup, as `s3://my-backups/dynamodb`."
    return Param(settings.base, type="string", pattern=_S3, title="Base", section="Where", description_md=base)


def _where(settings: Settings) -> dict[str, Param]:
    return {
        "base": _base(settings),
        "app": _text("Folder name", "The backups' folder under base and region. Empty: the prefix.", section="Where"),
    }


def _text(title: str, description: str, default: str = "", **kwargs: Any) -> Param:
    return Param(default, type=["null", "string"], pattern=r"^[a-zA-Z0-9_.-]*$", title=title, description_md=description, **kwargs)
