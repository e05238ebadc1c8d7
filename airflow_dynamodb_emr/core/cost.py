"""What a dump or load costs, in US dollars, at the list prices of us-east-1 (https://aws.amazon.com/dynamodb/pricing/, https://aws.amazon.com/emr/pricing/).

As of July 2026.

Of the standard table class: capacity of a table in STANDARD_INFREQUENT_ACCESS is about a quarter dearer, which no estimate here needs to know.
"""

from __future__ import annotations

from math import ceil

from airflow_dynamodb_emr.core.machines import machine

READ_UNIT_HOUR, WRITE_UNIT_HOUR = 0.00013, 0.00065
MILLION_READS, MILLION_WRITES = 0.125, 0.625
EXPORT_GB, IMPORT_GB = 0.10, 0.15  # of the table with its local indexes, or of what changed; of the source, unpacked
LEAST_INCREMENT_BYTES = 10_000_000  # that are billed of an incremental export
CLUSTER_START_SECONDS, STEP_SECONDS = 360, 60  # what EMR takes before the first step, and around each


def spike(units_more: float, seconds: float, unit_hour: float) -> float:
    """Provisioned capacity is billed by the hour begun, used or not."""
    return units_more * max(1, ceil(seconds / 3600)) * unit_hour


def on_demand_reads(size_bytes: int) -> float:
    return size_bytes / 8192 / 1e6 * MILLION_READS


def on_demand_writes(units: float) -> float:
    return units / 1e6 * MILLION_WRITES


def export(table_bytes: int) -> float:
    """Of a whole table, by DynamoDB itself."""
    return table_bytes / 1e9 * EXPORT_GB


def increment(changed_bytes: int) -> float:
    return export(max(changed_bytes, LEAST_INCREMENT_BYTES))


def import_(source_bytes: int) -> float:
    """*source_bytes* unpacked. Indexes and write units cost nothing more."""
    return source_bytes / 1e9 * IMPORT_GB


def cluster(instance_type: str, nodes: int, seconds: float) -> float | None:
    """None for an instance type whose price is not known here."""
    known = machine(instance_type)
    return None if known is None or known.hour_dollars is None else known.hour_dollars * nodes * seconds / 3600


def amount(dollars: float) -> str:
    """As a person reads it: small ones are told apart too."""
    return f"${dollars:,.2f}" if dollars >= 0.1 or not dollars else f"${dollars:.4f}"
