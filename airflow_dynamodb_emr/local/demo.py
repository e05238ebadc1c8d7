"""The main job on one machine: three prefixes backed up in parallel, one restored under new names, every item compared.

Exit status 0 only if all of that is true.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.config import Config

from airflow_dynamodb_emr.aws import backups, tables
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.report import backup_lines, columns, restore_lines
from airflow_dynamodb_emr.core.restore import REPORT, Restore
from airflow_dynamodb_emr.core.runreport import Report
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.local.dag_runs import DagRuns
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.transfer.compare import Difference, compare
from airflow_dynamodb_emr.transfer.scan import scan

PREFIXES = ["PROD_", "STAGE_", "DEV_"]
RESTORED, NEW = "STAGE_", "RESTORED_"
FLEET = 26
SOON: dict[str, Any] = {"emr_start_seconds": 0.4, "emr_end_seconds": 0.2, "create_seconds": 0.2, "update_seconds": 0.3}  # on AWS these are minutes
THROTTLED = Config(retries={"mode": "standard", "total_max_attempts": 50}, max_pool_connections=20)
Capacities = dict[str, tuple[Throughput, dict[str, Throughput]]]


class Untrue(DynamoDBBackupError):
    """Something that the demo promises is not so."""


def main() -> int:
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="dynamodb-emr-demo-") as folder, stand_in(fleet=FLEET, **SOON) as aws:
            _say(f"A stand-in for AWS is up at {aws.url}, with a DynamoDB, an EMR and an S3 of its own. Nothing here reaches AWS.")
            with DagRuns(Path(folder), aws.env) as runs:
                Demo(aws, runs).run()
    except Untrue as untruth:
        _say(f"FAILED: {untruth}")
        return 1
    _say(f"Done in {time.monotonic() - began:.0f} s. Nothing is left running.")
    return 0


class Demo:
    def __init__(self, aws: StandIn, runs: DagRuns) -> None:
        self.runs, self.endpoint = runs, aws.endpoint
        self.dynamodb, self.emr, self.store = aws.client("dynamodb", config=THROTTLED), aws.client("emr"), Store(aws.client("s3"))
        self.base = S3Uri.parse(aws.env["AIRFLOW__DYNAMODB_EMR__BASE"])
        self.region = aws.env["AWS_DEFAULT_REGION"]

    def run(self) -> None:
        before = self._capacities()
        _say(f"{len(before)} tables, {sum(table.items for table in self._tables()):,} items.")
        self._back_up()
        self._restore()
        self._compare()
        after = self._capacities()
        _must({name: after[name] for name in before} == before, "a table's throughput is not what it was")
        _must(not self.emr.list_clusters(ClusterStates=LIVE)["Clusters"], "a cluster is left running")
        _say("Every table's throughput is what it was before. No cluster is left.")

    def _back_up(self) -> None:
        _say(f"Three runs of dynamodb_backup in parallel, one for each prefix, each on an EMR cluster of its own: {', '.join(PREFIXES)} ...")
        good = self.runs.together({prefix: ("dynamodb_backup", {"prefix": prefix}) for prefix in PREFIXES})
        for prefix in PREFIXES:
            _must(good[prefix], f"the backup of {prefix} failed\n{self.runs.log(prefix)}")
            backup = backups.choose(self.store, self.base / self.region / prefix, Wanted())
            report = self.store.load(Folder.parse(backup.uri).report, Report)
            _must(report is not None, f"the backup of {prefix} has no report\n{self.runs.log(prefix)}")
            _say("\n".join(backup_lines(backup, report)))

    def _restore(self) -> None:
        _say(f"One run of dynamodb_restore: the newest backup of {RESTORED} into new tables, {NEW}{RESTORED}...")
        good = self.runs.together({"restore": ("dynamodb_restore", {"prefix": RESTORED, "rename_prefix": NEW})})
        _must(good["restore"], f"the restore failed\n{self.runs.log('restore')}")
        newest = self.store.names(self.base / "restores")[-1]
        report = self.store.load(self.base / "restores" / newest / REPORT, Restore)
        _say("\n".join(restore_lines(report)) if report else "")

    def _compare(self) -> None:
        sources = [table for table in self._tables() if table.name.startswith(RESTORED)]
        with ThreadPoolExecutor(len(sources)) as pool:  # each is read at its own, small throughput
            found = dict(zip((table.name for table in sources), pool.map(self._difference, sources), strict=True))
        rows = [(name, f"{d.equal:,}", f"{d.only_in_a:,}", f"{d.only_in_b:,}", f"{d.different:,}") for name, d in found.items()]
        _say("Every item of every restored table against its source, read again:")
        _say("\n".join(columns([("table", "equal", "missing", "extra", "different"), *rows], left={0})))
        _must(all(d.only_in_a == d.only_in_b == d.different == 0 for d in found.values()), "a restored table differs from its source")
        _must(all(found[table.name].equal == table.items for table in sources), "not every item was compared")

    def _difference(self, table: Table) -> Difference:
        left, right = (scan(self.endpoint, name) for name in (table.name, NEW + table.name))
        return compare((item for page in left for item in page), (item for page in right for item in page), table.keys)

    def _tables(self) -> list[Table]:
        found = (tables.look(self.dynamodb, name) for name in tables.list_tables(self.dynamodb))
        return [table for table in found if table]

    def _capacities(self) -> Capacities:
        return {table.name: (table.throughput, table.indexes) for table in self._tables()}


def _must(true: bool, otherwise: str) -> None:
    if not true:
        raise Untrue(otherwise)


def _say(text: str) -> None:
    print(text, end="\n\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
