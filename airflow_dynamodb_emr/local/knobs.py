"""How fast and how far the stand-in plays AWS: set by `LOCAL_...` in the environment, or by POST /local/knobs."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Knobs:
    """Each is the variable `LOCAL_<NAME>`; AWS' own figure is given where the default is shorter."""

    emr_start_seconds: float = 1  # STARTING and BOOTSTRAPPING; AWS: 5 to 10 minutes
    emr_end_seconds: float = 0.5  # TERMINATING; AWS: a minute or two
    emr_idle_scale: float = 1  # IdleTimeout of clusters, and what minutes EMR Serverless counts, are multiplied by it
    emr_rate_scale: float = 0  # EMR's limits of requests are multiplied by it; 1: AWS' own, 0: there are none
    yarn_outlives_steps: float = 0  # 1: a step that is cancelled leaves its YARN application running
    log_delay_seconds: float = 0  # from a step's end to its logs in S3; 0: logs first; AWS: up to 5 minutes
    create_seconds: float = 1  # CREATING
    update_seconds: float = 1  # UPDATING; AWS: seconds to minutes
    backfill_seconds: float = 0  # CREATING of an index that is added to a table, after its UPDATING; AWS: minutes to days
    delete_seconds: float = 0.5  # DELETING
    export_seconds: float = 1  # of ExportTableToPointInTime; AWS: 2 to 12 minutes for the smallest
    import_seconds: float = 1  # of ImportTable; AWS: 2 minutes and more
    recovery_lag_seconds: float = 0  # that the latest restorable moment lies behind; AWS: 5 minutes
    burst_seconds: float = 5  # of unused capacity that a table keeps; AWS: 300
    page_seconds: float = 0  # that each Scan, Query and BatchWriteItem takes; AWS: some hundredths to some tenths
    decrease_wait_seconds: float = 3600  # between two decreases once the day's four quick ones are used
    clock_ahead_seconds: float = 0  # of the clock that decreases, their days and changes of items are counted by: 86,400 is tomorrow
    autoscale_seconds: float = 82  # until a raise above an autoscaled minimum is taken back
    connector_module: str = "airflow_dynamodb_emr.local.connector"  # what runs in place of the connector's jar
    serverless_runs: float = 2  # job runs of EMR Serverless at once, however many an application allows
    spark_master: str = "local[2,4]"  # what stands in for YARN: 2 tasks at once, each tried 4 times

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Knobs:
        knobs = cls()
        knobs.set({f.name: environment[variable(f.name)] for f in fields(cls) if variable(f.name) in environment})
        return knobs

    def set(self, values: Mapping[str, Any]) -> None:
        """Raises AttributeError for a knob that is not there."""
        for name, value in values.items():
            default = getattr(Knobs, name)
            setattr(self, name, str(value) if isinstance(default, str) else float(value))

    def now(self) -> float:
        """The clock that decreases and changes of items are counted by."""
        return time.time() + self.clock_ahead_seconds


def variable(knob: str) -> str:
    return f"LOCAL_{knob.upper()}"
