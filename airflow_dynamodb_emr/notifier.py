"""Tells people how a run of the DAGs of this package has ended, or that it is late: by SNS, or by any other notifier of Airflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
from airflow.sdk import BaseNotifier

from airflow_dynamodb_emr.aws.threads import off_loop
from airflow_dynamodb_emr.core.message import Message
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.telling import Kind, tell

if TYPE_CHECKING:
    from airflow.sdk import Context


class BackupNotifier(BaseNotifier):
    """Names the failed tables, what is safe, what stays raised and what to do, from what is in S3.

    For `on_failure_callback` and `on_success_callback` of a DAG, and for the callback of a `DeadlineAlert`: then its run is late.
    """

    def __init__(self, *, topic: str = "", send: Sequence[BaseNotifier] = (), of: Kind | None = None, context: Context | None = None) -> None:
        """*topic*: ARN of an SNS topic. *send*: notifiers whose templates may use `backup_message.subject` and `backup_message.body`.

        *of*: what the DAG does, where its id is not the one that this package gives.
        """
        super().__init__(context)
        self.of = of
        self.ways = [*([_by_sns(topic)] if topic else []), *send]

    def notify(self, context: Context) -> None:
        """Raises once all ways were tried, if one failed. Airflow logs that, and the run stays what it is."""
        message = backup_message(context, self.of)
        if message is None:
            return
        self.log.info("%s\n%s", message.subject, message.body)
        failures = [failure for way in self.ways if (failure := self._sent(way, {**context, "backup_message": message}))]
        if failures:
            raise DynamoDBBackupError(f"not told: {'; '.join(failures)}", "the message is in this log")

    async def async_notify(self, context: Context) -> None:
        """In the triggerer, where deadlines are watched."""
        await off_loop(self.notify, context)

    def _sent(self, way: BaseNotifier, context: Any) -> str:
        """What went wrong, if anything; the other ways are not held up by it."""
        try:
            copy(way)(context)  # it renders its templates in place: the next run's message is another
        except Exception as error:
            self.log.exception("%s could not tell", type(way).__name__)
            return f"{type(way).__name__}: {error}"
        return ""


def backup_message(context: Context, of: Kind | None = None) -> Message | None:
    """What there is to tell of the run of this context; None where a deadline passed just as the run was done."""
    return tell(cast("Mapping[str, Any]", context), of)


def _by_sns(topic: str) -> SnsNotifier:
    return SnsNotifier(
        aws_conn_id=Settings.from_config().aws_conn_id,
        region_name=topic.split(":")[3],
        target_arn=topic,
        subject="{{ backup_message.subject }}",
        message="{{ backup_message.body }}",
    )
