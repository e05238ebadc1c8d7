"""What all operators of this package share: clients, errors that are not worth a retry, and one way of waiting."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.common.compat.sdk import AirflowFailException, TaskDeferred
from airflow.sdk import BaseOperator
from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.probes import PROBES, Answer
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, DataDamaged, DynamoDBBackupError
from airflow_dynamodb_emr.hooks import clients
from airflow_dynamodb_emr.identity import run_name
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.triggers import WaitTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

T = TypeVar("T")
log = logging.getLogger(__name__)
AGAIN = "clear the failed tasks of these tables with everything downstream of them: they find or make a cluster, and what is done is not done again"
WHY = "why"  # the XCom of a task that could not make its plan
MOST_OF_WHY = 10_000  # characters
_HINT = "\nHINT: "
MOMENT_SECONDS, LOOK_SECONDS = 1.5, 0.25
SLACK = timedelta(minutes=2)  # Airflow's own timeout of a deferral is the safety net behind the trigger's


def no_retry_for_bad_input(method: Callable[..., T]) -> Callable[..., T]:
    """Time does not cure bad input: the task fails at once, with the facts and the hint as its first lines."""

    @wraps(method)
    def guarded(*args: Any, **kwargs: Any) -> T:
        try:
            return method(*args, **kwargs)
        except BadInput as error:
            raise AirflowFailException(str(error)) from error

    return guarded


def says_why(method: Callable[..., T]) -> Callable[..., T]:
    """Leaves why it failed as an XCom, for the notifier: while there is no plan there is nothing in S3, and a DAG's callback has no exception."""

    @wraps(method)
    def noted(self: Any, context: Context) -> T:
        try:
            return method(self, context)
        except Exception as error:
            _leave(context, str(error))
            raise

    return noted


def _leave(context: Context, why: str) -> None:
    facts, hint, what_to_do = why.rpartition(_HINT) if _HINT in why else (why, "", "")
    try:
        context["ti"].xcom_push(key=WHY, value=f"{facts[:MOST_OF_WHY]}{hint}{what_to_do[:MOST_OF_WHY]}")
    except Exception:  # what went wrong before is what must be seen
        log.exception("why it failed could not be left as an XCom")


class AwsTask:
    """Mixed into operators and sensors; they have `aws_conn_id` and `region_name`, and defer."""

    aws_conn_id: str | None
    region_name: str | None
    plan: str  # URI of plan.json
    log: Any

    @cached_property
    def settings(self) -> Settings:
        return Settings.from_config()

    @property
    def connection(self) -> dict[str, Any]:
        return {"aws_conn_id": self.aws_conn_id, "region_name": self.region_name or None}

    @cached_property
    def clients(self) -> Clients:
        return clients(**self.connection)

    @cached_property
    def store(self) -> Store:
        return Store(self.clients.s3)

    def document(self, uri: S3Uri, kind: type[T]) -> T:
        """Raises DataDamaged where it is not there."""
        found = self.store.load(uri, kind)
        if found is None:
            raise DataDamaged(f"{uri} is not there", "somebody deleted it; start a new run")
        return found

    def read_plan(self, kind: type[T]) -> T:
        """The plan this task has the URI of. *kind* may be a noun with just the fields that matter here."""
        return documents.decode(self._plan_bytes, kind, self.plan)

    @cached_property
    def _plan_bytes(self) -> bytes:
        uri = S3Uri.parse(self.plan, "plan")
        data = self.store.read(uri)
        if data is None:
            raise DataDamaged(f"{uri} is not there", "somebody deleted it; start a new run")
        return data

    def wait(self, context: Context, probe: str, ref: Any, timeout: timedelta, then: Callable[[Context, dict[str, Any]], T], **note: Any) -> T:
        """Let go of the worker until the probe answers; *then* is called with the answer, and the note in it, as `event`.

        What is so within a moment is not waited for: being deferred and resumed costs Airflow more than the moment.
        """
        answer = self._in_a_moment(probe, ref)
        if answer is not None:
            return then(context, {**note, **answer})
        until = time.time() + timeout.total_seconds()
        trigger = WaitTrigger(self.connection, self.settings.poll_seconds, note, probe, ref, until)
        raise TaskDeferred(trigger=trigger, method_name=then.__name__, timeout=timeout + SLACK)

    def _in_a_moment(self, probe: str, ref: Any) -> Answer | None:
        until = time.monotonic() + MOMENT_SECONDS
        try:
            while (answer := PROBES[probe](self.clients, ref)) is None and time.monotonic() < until:
                time.sleep(LOOK_SECONDS)
        except (ClientError, BotoCoreError) as error:
            self.log.info("%s of %s: %s", probe, ref, error)  # the trigger looks again, and counts
            return None
        return answer


class AwsOperator(AwsTask, BaseOperator):
    """An operator that needs no more of the Amazon provider than its connections."""

    def __init__(self, *, aws_conn_id: str | None = "aws_default", region_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name


class PlanOperator(AwsOperator):
    """One that carries out a part of a plan."""

    template_fields: Sequence[str] = ("plan",)

    def __init__(self, *, plan: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan  # URI of plan.json


class TableOperator(PlanOperator):
    """One that does so for one table, whose name the grid shows."""

    template_fields: Sequence[str] = ("plan", "table")

    def __init__(self, *, table: str, **kwargs: Any) -> None:
        kwargs.setdefault("map_index_template", "{{ task.table }}")
        super().__init__(**kwargs)
        self.table = table


def answered(event: dict[str, Any], what: str) -> dict[str, Any]:
    """The answer of a probe; raises when it never came."""
    if event.get("timeout"):
        raise DynamoDBBackupError(f"{what}: waited for too long", "look at it in the AWS console; clear the task to wait again")
    if "error" in event:
        raise DynamoDBBackupError(f"{what}: {event['error']}")
    return event


def given(rendered: str | None) -> bool:
    """Whether a templated XCom was there: a missing one is rendered as the word None."""
    return rendered not in (None, "", "None")


def run_of(context: Context) -> str:
    run = context["dag_run"]
    return run_name(run.dag_id, run.run_id)


def time_of(context: Context) -> datetime:
    """The run's time, the same for each of its tasks and retries: its logical date when scheduled, when it was started by hand otherwise."""
    run = context["dag_run"]
    scheduled = run.run_type == "scheduled" and run.logical_date
    return (scheduled or run.run_after).astimezone(timezone.utc)


def now() -> datetime:
    return datetime.now(timezone.utc)
