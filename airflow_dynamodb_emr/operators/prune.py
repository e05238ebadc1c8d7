"""Prune: the data of what was forgotten is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import pruning
from airflow_dynamodb_emr.core.pruned import Pruned, summary
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.operators.base import no_retry_for_bad_input, now, says_why
from airflow_dynamodb_emr.operators.forget import RetentionOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PruneOperator(RetentionOperator):
    """Deletes the data of the forgotten backups of one prefix, but for what is locked or being read, which a later run does.

    Fails when something could not be deleted that should have been.
    """

    @says_why
    @no_retry_for_bad_input
    def execute(self, context: Context) -> dict[str, Any]:
        found, only_tells, idle = list[Pruned](), self.only_tells, self.settings.retention(self.prefix).idle
        for pruned in pruning.prune_all(self.store, self.app(context), now(), only_tells, idle):
            self.log.info(pruned.line(only_tells))
            found.append(pruned)
        self.log.info("%s: %s", self.prefix, summary(found, only_tells))
        failed = [f"{each.uri}: {each.left}" for each in found if each.failed]
        if failed:
            facts = "\n".join([f"{self.prefix}: not all could be deleted", *failed])
            raise DynamoDBBackupError(facts, "see docs/retention.md for what has to be allowed")
        gone = [each for each in found if not each.left]
        return {"pruned": len(gone), "bytes": sum(each.bytes for each in gone), "left": len(found) - len(gone)}
