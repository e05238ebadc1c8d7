"""What Airflow is told about this package: its modules, and the options of section `[dynamodb_emr]`.

Each option is set as `AIRFLOW__DYNAMODB_EMR__<OPTION>` or in airflow.cfg; `settings/` declares, reads and checks them.
The plugin is not named here but by its entry point: Airflow reports a plugin it meets twice as an error.
"""

from __future__ import annotations

from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.settings import SECTION, Settings
from airflow_dynamodb_emr.settings.options import options

_PACKAGE = "airflow_dynamodb_emr"
_NAME = "DynamoDB on EMR"


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
            SECTION: {
                "description": "Backup and restore of DynamoDB tables.",
                "options": {name: option.for_airflow() for name, option in options(Settings).items()},
            }
        },
    }
