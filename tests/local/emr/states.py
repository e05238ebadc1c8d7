"""What becomes of clusters and their steps."""

from __future__ import annotations

import gzip
from typing import Any

from tests.local.helpers import until

ENDED = {"COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED"}


def status(emr: Any, cluster: str) -> Any:
    return emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]


def ended(emr: Any, cluster: str) -> Any:
    """Its status once it is terminated."""
    return until(lambda: status(emr, cluster)["State"].startswith("TERMINATED") and status(emr, cluster))


def log(s3: Any, cluster: str, step: str, name: str = "stdout") -> str:
    """Of a step, by its id, as it was shipped."""
    body = s3.get_object(Bucket="local-backups", Key=f"logs/{cluster}/steps/{step}/{name}.gz")["Body"].read()
    return gzip.decompress(body).decode()


def ready(emr: Any, cluster: str) -> None:
    """Until it waits for steps or runs them."""
    until(lambda: status(emr, cluster)["State"] in ("WAITING", "RUNNING"))


def states(emr: Any, cluster: str) -> list[str]:
    """In the order the steps were added."""
    return [one["Status"]["State"] for page in emr.get_paginator("list_steps").paginate(ClusterId=cluster) for one in page["Steps"]][::-1]


def all_ended(emr: Any, cluster: str) -> list[str]:
    return until(lambda: set(states(emr, cluster)) <= ENDED and states(emr, cluster))  # type: ignore[no-any-return]
