"""Who is told what, and by when it must be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from airflow_dynamodb_emr.core import deadline
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.settings.options import matching, told
from airflow_dynamodb_emr.settings.tries import Tries

_TOPIC = matching(r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+", "the ARN of an SNS topic; a FIFO topic reaches no mailbox")
_DEADLINE = (
    "A time of day, UTC: the daily run must be finished by then. Or a length of time: each backup must be, so long after it is started. "
    "What is late is told, and goes on."
)


class People(Tries, frozen=True, kw_only=True):
    notify_topic: Annotated[
        str,
        told(
            "ARN of the SNS topic that is told of a run that failed or is late. Empty: none; see docs/telling.md for other ways.",
            "arn:aws:sns:eu-west-1:111122223333:backups",
            _TOPIC,
        ),
    ] = ""
    notify_on: Annotated[
        Literal["failure", "always"], told("`failure`: only what failed or is late is told. `always`: a good end too.", "always")
    ] = "failure"
    deadline: Annotated[str, told(_DEADLINE, "06:00")] = ""

    def check_deadline(self) -> None:
        """Raises BadInput for one that the schedule of the daily DAG cannot keep, or that nobody would hear of."""
        _ = self.daily_after
        if self.deadline.strip() and not self.notify_topic:
            raise BadInput(
                f"deadline: {self.deadline}, but nobody would be told of it", "set notify_topic too, or see docs/telling.md for other ways"
            )

    @property
    def daily_after(self) -> timedelta | None:
        """How long after its start a daily run must be finished."""
        by = deadline.parse(self.deadline)
        return by.after(self.schedule) if isinstance(by, deadline.Clock) else None

    @property
    def backup_after(self) -> timedelta | None:
        """The same of each backup."""
        by = deadline.parse(self.deadline)
        return by.interval if isinstance(by, deadline.Length) else None
