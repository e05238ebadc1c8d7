"""Who copies: each gets ready, and what it then returns copies and says how many items that were."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from benchmarks.copying.jobs import Job

CONTENDERS = {
    "alone": "alone.dump",
    "boto3_dump": "boto.dump",
    "boto3_load": "boto.load",
    "boto3_batch_writer": "boto.load_by_batch_writer",
    "raw_dump": "raw.dump",
    "raw_dump_dropped": "raw.dump_and_drop",
    "raw_dump_plainly": "raw.dump_plainly",
    "raw_dump_connector_form": "raw.dump_for_the_connector",
    "raw_load": "raw.load",
    "verify": "checking.deep",
    "verify_by_several": "checking.deep_by_several",
    "json_loads": "checking.plainly",
    "gunzip_wc": "checking.counting",
    "convert": "formats.convert",
    "diff": "formats.diff",
}


def ready(job: Job) -> Callable[[], int]:
    """Only what it needs is imported: memory is measured, and some do without what others use."""
    module, _, name = CONTENDERS[job.contender].partition(".")
    copy: Callable[[], int] = getattr(import_module(f"benchmarks.copying.{module}"), name)(job)
    return copy
