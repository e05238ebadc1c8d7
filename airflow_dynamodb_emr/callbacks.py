"""What the context of a callback says of its run. One of a DAG runs in the DAG processor, that of a deadline in the triggerer, with less."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple
from urllib.parse import quote

from airflow.configuration import conf

from airflow_dynamodb_emr.core.outcome import Run
from airflow_dynamodb_emr.operators.base import AGAIN, WHY

log = logging.getLogger(__name__)


class Told(NamedTuple):
    """What a callback knows of its run; a DAG callback has objects, a deadline has JSON."""

    run: Run
    form: Mapping[str, Any]
    time: datetime | None  # as `operators.base.time_of`; None: Airflow did not say
    by: datetime | None  # the deadline that has passed

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Told:
        given = context.get("dag_run") or {}
        field: Callable[[str], Any] = given.get if isinstance(given, dict) else lambda name: getattr(given, name, None)
        dag_id = str(field("dag_id") or context["dag"].dag_id)
        run_id = str(field("run_id") or field("dag_run_id") or context["run_id"])
        failed = field("state") == "failed" if "deadline" in context else context.get("reason") != "success"
        run = Run(dag_id=dag_id, run_id=run_id, failed=failed, url=_page(dag_id, run_id), whys=_whys(context), again=AGAIN)
        scheduled = field("logical_date") if field("run_type") == "scheduled" else None
        by = context["deadline"]["deadline_time"] if "deadline" in context else None
        return cls(run, field("conf") or {}, _time(scheduled or field("run_after")), _time(by))


def _time(given: datetime | str | None) -> datetime | None:
    if isinstance(given, str):
        given = datetime.fromisoformat(given.replace("Z", "+00:00"))
    return given and given.astimezone(timezone.utc)


def _page(dag_id: str, run_id: str) -> str:
    """Empty where this Airflow is not told its own address."""
    base = str(conf.get("api", "base_url", fallback="") or "")
    return f"{base.rstrip('/')}/dags/{dag_id}/runs/{quote(run_id, safe='')}" if "://" in base else ""


def _whys(context: Mapping[str, Any]) -> list[str]:
    """Why its tasks failed, in their own words: of a refused plan, or a damaged backup."""
    if not {"ti", "dag"} <= context.keys():
        return []
    try:
        found = context["ti"].xcom_pull(task_ids=list(context["dag"].task_ids), key=WHY) or []
    except Exception as error:  # they are notes; the message is worth sending without them
        log.info("what the tasks have left of why they failed cannot be read: %s", error)
        return []
    return [str(why) for why in found if why]
