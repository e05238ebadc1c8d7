"""Verify: is a backup still what its verdict says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_dynamodb_emr.aws import backups, verifications, verifying
from airflow_dynamodb_emr.core.catalogue import LATEST, Wanted
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.verification import TableVerification, Verification
from airflow_dynamodb_emr.core.verified import bad, damage, headline, hint, line
from airflow_dynamodb_emr.errors import BackupIncomplete, BadInput
from airflow_dynamodb_emr.operators.base import AwsOperator, no_retry_for_bad_input, now, says_why

if TYPE_CHECKING:
    from airflow.sdk import Context


class VerifyBackupOperator(AwsOperator):
    """Looks at one backup in S3, writes down what it finds, and fails naming each bad table and part. Returns counts.

    *backup*: `latest`, a time, or the backup's URI. *deep*: each part is read, in bounded memory.
    """

    template_fields: Sequence[str] = ("base", "prefix", "app", "backup", "tables")

    def __init__(
        self,
        *,
        base: str = "",
        prefix: str = "",
        app: str = "",
        backup: str = LATEST,
        tables: Sequence[str] = (),
        deep: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("map_index_template", "{{ task.prefix or task.backup }}")
        super().__init__(**kwargs)
        self.base, self.prefix, self.app = base, prefix, app
        self.backup, self.tables, self.deep = backup, tables, deep

    @says_why
    @no_retry_for_bad_input
    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002 - Airflow's signature
        folder = self._folder()
        self.log.info("%s is looked at%s", folder.uri, ", each part read" if self.deep else "")
        found = verifying.verify(self.clients, folder, now(), tables=list(self.tables), deep=self.deep, at_once=os.cpu_count() or 1, done=self._say)
        verifications.record(self.store, folder, found)
        self.log.info(headline(found))
        self._raise_unless_good(folder, found)
        return {"backup": found.uri, "tables": len(found.tables), "items": sum(table.items for table in found.tables), "deep": self.deep}

    def _folder(self) -> Folder:
        wanted = Wanted.parse(self.backup or LATEST)
        if wanted.uri:
            return Folder(wanted.uri)  # also one that has no verdict: that is for `verify` to say
        name = self.app or self.prefix
        if not name:
            raise BadInput("prefix: it is empty", "name the prefix that was backed up, or the backup's s3:// folder")
        app = S3Uri.parse(self.base or self.settings.base, "base") / self.clients.region / name
        return Folder.parse(backups.choose(self.store, app, wanted).uri)

    def _say(self, table: TableVerification) -> None:
        say = self.log.info if table.verdict is Verdict.VALID else self.log.error
        say(line(table))

    def _raise_unless_good(self, folder: Folder, found: Verification) -> None:
        """Looking again cures nothing."""
        if not found.is_good:
            newest = backups.newest_beside(self.store, folder)
            instead = f"the newest good backup of this prefix is {newest.uri}" if newest else "there is no good backup of this prefix"
            error = BackupIncomplete("\n".join([damage(found), found.uri, *bad(found)]), f"{hint(found)}; {instead}")
            raise AirflowFailException(str(error)) from error
