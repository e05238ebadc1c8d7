"""What dump and load do by DynamoDB itself: begin, let go of the worker until it has ended, prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_dynamodb_emr.aws import attempts, exportproof, native, together
from airflow_dynamodb_emr.core import documents, exporting, importing
from airflow_dynamodb_emr.core.engines import NATIVE
from airflow_dynamodb_emr.core.exporting import Export, Round
from airflow_dynamodb_emr.core.importing import Imported
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.restore import TableLoaded
from airflow_dynamodb_emr.errors import BackupIncomplete, RestoreIncomplete
from airflow_dynamodb_emr.operators.base import AwsTask, answered, no_retry_for_bad_input

if TYPE_CHECKING:
    from airflow.sdk import Context

EXPORT_TIMEOUT, IMPORT_TIMEOUT = timedelta(days=2), timedelta(days=2)  # AWS promises nothing
LOOKS = 4  # at S3, which has no limit of calls, for one at DynamoDB, which answers ten a second


class ExportTask(AwsTask):
    """Mixed into the operator that dumps."""

    @no_retry_for_bad_input
    def export(self, context: Context, wishes: Sequence[exporting.Wish]) -> dict[str, str]:
        """Returns table -> ARN of the export that did it; each has its manifest then. Whatever an earlier try of the task began is joined.

        Fails for good with the reasons where a table cannot be exported.
        """
        return self._follow(context, Round(left=list(wishes)))

    def gave_up(self, why: Mapping[str, str]) -> None:
        """Told of each table that cannot be exported, and why."""

    def _follow(self, context: Context, round_: Round) -> dict[str, str]:
        begun = {wish.table: native.begin_export(self.clients, wish) for wish in round_.left}
        for table, export in begun.items():
            self.log.info("%s: %s", table, export.failure or export.arn or "AWS takes no more exports just now; it is tried again")
        ref = {
            "wishes": {wish.table: msgspec.to_builtins(wish) for wish in round_.left},
            "exports": msgspec.to_builtins(begun),
            "asked": {},
            "every": LOOKS * self.settings.poll_seconds,
        }
        return self.wait(context, "exports_ended", ref, EXPORT_TIMEOUT, self.exported, round=msgspec.to_builtins(round_))

    @no_retry_for_bad_input
    def exported(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        found = msgspec.convert(answered(event, "exports")["exports"], dict[str, Export])
        before = msgspec.convert(event["round"], Round)
        reasons = together.each(lambda wish: self._prove(wish, found[wish.table]), before.left)
        outcomes = {wish.table: (found[wish.table], why) for wish, why in zip(before.left, reasons, strict=True)}
        after = before.after(outcomes, self.settings.table_tries)
        return self._follow(context, after) if after.left else self._all_exported(after)

    def _prove(self, wish: exporting.Wish, export: Export) -> list[str]:
        why = exportproof.prove(self.store, wish, export)
        if why and export.status == exporting.COMPLETED:
            attempts.refuse_steps(self.store, wish.root, [export.id])  # or the next try would join it
        return why

    def _all_exported(self, round_: Round) -> dict[str, str]:
        if round_.given_up:
            self.gave_up(round_.given_up)
            error = BackupIncomplete("\n".join(f"{table}: {why}" for table, why in round_.given_up.items()), "correct it, and clear the task")
            raise AirflowFailException(str(error)) from error  # another try of the task would begin to count anew
        self.log.info("exported: %s", ", ".join(f"{table} by {arn}" for table, arn in round_.done.items()))
        return round_.done


class ImportTask(AwsTask):
    """Mixed into the operator that loads."""

    def gave_up(self, why: Mapping[str, str]) -> None:
        """Told of each table that cannot be imported, and why."""

    @no_retry_for_bad_input
    def import_dump(self, context: Context, wish: importing.Wish, manifest: TableManifest, root: S3Uri, into: Folder) -> dict[str, Any]:
        """Loads the dump *manifest* of the backup in *root* into a table that is not there; *into* is the restore's folder, which gets the proof."""
        listed = (uri for uri, _ in self.store.objects(wish.folder))
        importing.refuse_strangers(manifest, root, listed)
        begun = native.begin_import(self.clients, wish)
        self.log.info("%s: %s", wish.name, f"imported by {begun.arn}" if begun else "AWS takes no more imports just now; it is tried again")
        note = {"wish": msgspec.to_builtins(wish), "source": manifest.table, "into": str(into.uri)}
        return self.wait(context, "imports_ended", {"wish": note["wish"], "arn": begun.arn if begun else ""}, IMPORT_TIMEOUT, self.imported, **note)

    @no_retry_for_bad_input
    def imported(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Airflow's signature
        wish, found = msgspec.convert(event["wish"], importing.Wish), msgspec.convert(answered(event, "import")["import"], Imported)
        why = importing.reasons(found, wish.items)
        if why:
            self.gave_up({wish.name: "; ".join(why)})
            hint = f"correct it, delete the table {wish.name} if it is there, half loaded as it may be, and clear the task"
            error = RestoreIncomplete(f"{wish.name}: {'; '.join(why)}", hint)
            raise AirflowFailException(str(error)) from error
        done = TableLoaded(name=wish.name, source=event["source"], engine=NATIVE, items=found.written, seconds=found.seconds)
        self.store.put(Folder.parse(event["into"]).manifest(wish.name), documents.encode(done))
        return {"items": found.written}
