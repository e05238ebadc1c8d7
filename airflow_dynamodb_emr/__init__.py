"""Back up and restore DynamoDB tables by prefix with Airflow and EMR.

The front door: everything else is reached through the rings that `docs/architecture.md` draws.
Names are imported on first use, so that `airflow_dynamodb_emr.core` stays free of Airflow.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "BackupNotifier": "notifier",
    "Settings": "settings",
    "backup_daily_dag": "recipes.daily",
    "backup_dag": "recipes.backup",
    "backup_message": "notifier",
    "backups": "catalogue",
    "check_dag": "recipes.check",
    "janitor_dag": "recipes.janitor",
    "restore_dag": "recipes.restore",
    "retention_dag": "recipes.retention",
    "show": "catalogue",
    "verify_dag": "recipes.verify",
}
__all__ = [
    "BackupNotifier",
    "Settings",
    "__version__",
    "backup_dag",
    "backup_daily_dag",
    "backup_message",
    "backups",
    "check_dag",
    "janitor_dag",
    "restore_dag",
    "retention_dag",
    "show",
    "verify_dag",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
