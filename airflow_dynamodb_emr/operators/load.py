"""Load: one dump into one table."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import throughput
from airflow_dynamodb_emr.core.restore import WORKER, RestorePlan, TableLoad, TableLoaded
from airflow_dynamodb_emr.operators.step import StepOperator
from airflow_dynamodb_emr.transfer import lines, parts, write

if TYPE_CHECKING:
    from airflow.sdk import Context


class LoadOperator(StepOperator):
    """By the connector, as an EMR step; or, where the dump holds what the connector cannot load, by this task itself."""

    def execute(self, context: Context) -> dict[str, Any] | None:
        plan, (name,) = self.whole_plan(), self.tables
        if self.store.size(plan.root.manifest(name)) is not None:
            self.log.info("%s is loaded already", name)
            return None
        table = plan.table(name)
        return self._load_here(plan, table) if table.engine == WORKER else self.follow(context, [name])

    def whole_plan(self) -> RestorePlan:
        return self.read_plan(RestorePlan)

    def is_raised(self, plan: RestorePlan, table: str) -> bool:
        return throughput.share_of(self.store, plan, table) > 0

    def step_of(self, plan: RestorePlan, table: str, attempt: int, stretched: int) -> dict[str, Any]:  # noqa: ARG002 - a load has no segments
        return plan.step(plan.table(table), attempt, throughput.share_of(self.store, plan, table))

    def _load_here(self, plan: RestorePlan, table: TableLoad) -> dict[str, Any]:
        began = time.monotonic()
        self.log.info("%s: loaded by this task, because %s", table.name, table.why)
        loaded = write.load(self.clients.dynamodb, table.name, self._items(plan, table), keys=table.keys)
        seconds = time.monotonic() - began
        self.log.info("%s: %s items in %.1f s, %.0f write units", table.name, loaded.items, seconds, loaded.write_units)
        done = TableLoaded(name=table.name, source=table.source, engine=table.engine, items=loaded.items, seconds=seconds)
        self.store.write_once(plan.root.manifest(table.name), done)
        return {"items": loaded.items}

    def _items(self, plan: RestorePlan, table: TableLoad) -> Iterator[lines.Item]:
        for uri in plan.part_uris(table):
            yield from (lines.item(line) for line in parts.lines(self.clients.s3, uri) if line.strip())
