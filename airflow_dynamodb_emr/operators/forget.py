"""Forget: which backups of a prefix are not kept any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import retention
from airflow_dynamodb_emr.core.decision import Decision, lines
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.words import counted
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.operators.base import AwsOperator, no_retry_for_bad_input, now, says_why

if TYPE_CHECKING:
    from airflow.sdk import Context


class RetentionOperator(AwsOperator):
    """One of retention's two verbs, for the backups of one prefix."""

    template_fields: Sequence[str] = ("prefix", "rehearse")

    def __init__(self, *, prefix: str, rehearse: bool | str = False, **kwargs: Any) -> None:
        """*rehearse*: only tell what would be done; True, False, or a template of one of these words."""
        kwargs.setdefault("map_index_template", "{{ task.prefix }}")
        super().__init__(**kwargs)
        self.prefix = prefix
        self.rehearse = rehearse

    @property
    def only_tells(self) -> bool:
        said = str(self.rehearse).strip().lower()
        if said not in ("true", "false"):  # a slip of the pen must not delete anything
            raise BadInput(f"rehearse: {self.rehearse!r} is neither true nor false", "true only tells, false forgets and deletes")
        return said == "true"

    def app(self, context: Context) -> S3Uri:
        """The folder of the prefix' backups."""
        prefix = self.prefix.strip("/")
        if not prefix:
            raise BadInput("prefix: it is empty", "name the prefix whose backups are meant")
        return self.settings.with_form({"base": context["params"].get("base")}).base_uri / self.clients.region / prefix


class ForgetOperator(RetentionOperator):
    """Forgets what the policy of the settings does not keep, and deletes no data. Its log has a line for each backup, with the reason."""

    @says_why
    @no_retry_for_bad_input
    def execute(self, context: Context) -> dict[str, Any]:
        policy = self.settings.retention(self.prefix)
        if policy.keep.is_off:
            self.log.info("%s: %s", self.prefix, policy.keep)
            return {"keep": None, "forget": 0}
        decide = retention.decide if self.only_tells else retention.forget
        decision = decide(self.store, self.app(context), policy, now())
        self.log.info("\n".join([*lines(decision, policy), self._last_line(decision, str(policy.keep))]))
        return {"keep": len(decision.keep), "forget": len(decision.forget)}

    def _last_line(self, decision: Decision, sentence: str) -> str:
        many = counted(len(decision.forget), "backup")
        return f"{self.prefix}: {sentence}: {len(decision.keep)} kept, {many} {'would be forgotten' if self.only_tells else 'forgotten'}"
