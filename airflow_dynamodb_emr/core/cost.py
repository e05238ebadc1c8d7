"""What a dump or load costs, in US dollars, at the prices that one is given."""

from __future__ import annotations

from math import ceil

from airflow_dynamodb_emr.core.prices import Prices

LEAST_INCREMENT_BYTES = 10_000_000  # that are billed of an incremental export
JOB_START_SECONDS = 120  # what EMR Serverless takes before a job run without machines kept ready works
CLUSTER_START_SECONDS, STEP_SECONDS = 360, 60  # what EMR takes before the first step, and around each


def spike(units_more: float, seconds: float, unit_hour: float) -> float:
    """Provisioned capacity is billed by the hour begun, used or not."""
    return units_more * max(1, ceil(seconds / 3600)) * unit_hour


def on_demand_reads(size_bytes: int, prices: Prices) -> float:
    return size_bytes / 8192 / 1e6 * prices.million_reads


def on_demand_writes(units: float, prices: Prices) -> float:
    return units / 1e6 * prices.million_writes


def export(table_bytes: int, prices: Prices) -> float:
    """Of a whole table, by DynamoDB itself."""
    return table_bytes / 1e9 * prices.export_gb


def increment(changed_bytes: int, prices: Prices) -> float:
    return export(max(changed_bytes, LEAST_INCREMENT_BYTES), prices)


def import_(source_bytes: int, prices: Prices) -> float:
    """*source_bytes* unpacked. Indexes and write units cost nothing more."""
    return source_bytes / 1e9 * prices.import_gb


def job_run(workers: int, seconds: float, prices: Prices) -> float:
    """Of EMR Serverless, whose smallest worker has a processor and 2 GB; each is billed for a minute at least."""
    return workers * max(60.0, seconds) / 3600 * (prices.serverless_vcpu_hour + 2 * prices.serverless_gb_hour)


def cluster(instance_type: str, nodes: int, seconds: float, prices: Prices) -> float | None:
    """None for an instance type whose price is not known here."""
    hour = prices.machine_hour(instance_type)
    return None if hour is None else hour * nodes * seconds / 3600


def storage(stored_bytes: int, prices: Prices) -> float:
    """A month of it, in S3."""
    return stored_bytes / 2**30 * prices.storage_gb_month


def amount(dollars: float) -> str:
    """As a person reads it: small ones are told apart too."""
    if 0 < dollars < 0.00005:
        return "<$0.0001"
    return f"${dollars:,.2f}" if dollars >= 0.1 or not dollars else f"${dollars:.4f}"
