"""The plugin for a plugins folder: nothing where the package is installed, because Airflow reports a plugin it meets twice as an error."""

from __future__ import annotations

from importlib.metadata import entry_points

from airflow_dynamodb_emr.plugin import DynamoDBEmrPlugin as _plugin

_installed = any(point.name == _plugin.name for point in entry_points(group="airflow.plugins"))
DynamoDBEmrPlugin = None if _installed else _plugin
