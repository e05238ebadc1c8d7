"""ImportTable: whether a dump can be loaded by it, what is asked for, and whether it did all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.engines import NATIVE
from airflow_dynamodb_emr.core.exported import JSON
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.names import client_token
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.errors import BadInput

MOST_OBJECTS: Final = 50_000
IN_PROGRESS: Final = "IN_PROGRESS"
COMPLETED: Final = "COMPLETED"
_LATER: Final = ("TableClass", "Tags")  # what CreateTable takes and ImportTable does not; the table gets it when its settings are put back


class Wish(Noun, frozen=True, kw_only=True):
    """A dump that is to be imported into a table that is not there."""

    name: str  # of the table that is made
    arn: str
    run: str
    folder: S3Uri  # of the data files
    items: int
    create: dict[str, Any]  # as CreateTable takes it
    owner: str = ""  # account that must own the bucket

    def token(self, attempt: int) -> str:
        return client_token("import", self.run, self.name, attempt)

    @property
    def _source(self) -> dict[str, str]:
        """Without the slash `data-old` is meant, too."""
        source = {"S3Bucket": self.folder.bucket, "S3KeyPrefix": f"{self.folder.key}/"}
        return {**source, "S3BucketOwner": self.owner} if self.owner else source

    def request(self, attempt: int) -> dict[str, Any]:
        """Recomputed, it is the same: AWS answers it with the same import."""
        return {
            "ClientToken": self.token(attempt),
            "S3BucketSource": self._source,
            "InputFormat": JSON,
            "InputCompressionType": "GZIP",
            "TableCreationParameters": {field: value for field, value in self.create.items() if field not in _LATER},
        }


class Imported(Noun, frozen=True, kw_only=True):
    """What DescribeImport says, in our words."""

    arn: str
    table_id: str
    status: str
    source: S3Uri  # the key prefix, without a slash at its end
    token: str
    processed: int = 0  # items, bad ones too; all counts stand at 0 until it has ended
    written: int = 0
    errors: int = 0
    bytes: int = 0  # unpacked
    seconds: float = 0
    failure: str = ""
    log_group: str = ""

    @property
    def log(self) -> str:
        """Where DynamoDB says which lines it could not read."""
        return f"{self.log_group.removesuffix(':*').rpartition('log-group:')[2]}, stream {self.arn.rpartition('/')[2]}/error"


def no_import(schema: Schema, manifest: TableManifest) -> str:
    """Why ImportTable cannot load this dump of this table; empty when it can."""
    local = [index["IndexName"] for index in schema.table.get("LocalSecondaryIndexes", [])]
    if manifest.increment:
        return "the dump holds changes, and ImportTable takes whole tables"
    if NATIVE not in manifest.engines:
        return "its lines are not DynamoDB JSON"
    if local:
        return f"ImportTable makes no local indexes, and it has {', '.join(local)}"
    if len(manifest.parts) > MOST_OBJECTS:
        return f"the dump has {len(manifest.parts)} files, and ImportTable takes {MOST_OBJECTS}"
    if not manifest.parts:
        return "the dump is empty: there is nothing to import"
    if not all(part.key.endswith(".gz") for part in manifest.parts):
        return "its files are not all gzip"
    if len(_folders(manifest)) > 1:
        return "its files lie in several folders, and ImportTable takes one"
    return ""


def wish(create: dict[str, Any], arn: str, manifest: TableManifest, root: S3Uri, run: str, owner: str = "") -> Wish:
    """For a dump that ImportTable can load. *create*: as CreateTable takes it, *arn*: of the table to be, *root*: the backup's folder, *owner*: the
    account that must own its bucket.
    """
    (folder,) = _folders(manifest)
    return Wish(
        name=create["TableName"],
        arn=arn,
        run=run,
        folder=root / folder,
        items=manifest.items,
        create=create,
        owner=owner,
    )


def _folders(manifest: TableManifest) -> set[str]:
    return {part.key.rpartition("/")[0] for part in manifest.parts}


def refuse_strangers(manifest: TableManifest, root: S3Uri, listed: Iterable[S3Uri]) -> None:
    """Every file under the prefix would be read, and one that is not the dump's would fail the import with the table half loaded."""
    expected, found = {root / part.key for part in manifest.parts}, set(listed)
    lost, strange = sorted(expected - found), sorted(found - expected)
    if lost:
        raise BadInput(f"{len(lost)} parts of the dump of {manifest.table} are gone, {lost[0]} among them", "choose another backup")
    if strange:
        facts = f"{len(strange)} files beside the dump of {manifest.table} are not its own, {strange[0]} among them"
        raise BadInput(facts, "ImportTable would read them too: move them elsewhere, or choose another engine")


def reasons(found: Imported, items: int) -> list[str]:
    """Why the table does not count as loaded; none when it does."""
    if found.status != COMPLETED:
        told = f": {found.failure}" if found.failure else ""
        bad = f"; {found.written} items went in, {found.errors} lines did not: see {found.log}" if found.errors else ""
        return [f"its import is {found.status}{told}{bad}"]
    if found.errors or not found.processed == found.written == items:
        return [f"{found.written} items went in and {found.errors} did not, the dump has {items}"]
    return []
