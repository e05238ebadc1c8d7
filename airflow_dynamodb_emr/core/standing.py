"""What a folder is, by what lies in it: a backup, one that never came to be, one that is forgotten, the older system's, or somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from msgspec import structs

from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import OWN_FOLDERS, Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Backup, Verdict, worst
from airflow_dynamodb_emr.core.verification import Verification

RUNNING, SUCCESS, FAILED = "RUNNING", "COMPLETE_SUCCESS", "COMPLETE_FAILED"
# Flag of the older system -> what that makes of its backup. It takes RUNNING away before it writes another, which may fail: so that comes last.
_OLDER = {
    FAILED: (Verdict.INCOMPLETE, "the older system says that it failed"),
    SUCCESS: (Verdict.UNVERIFIED, "the older system says that it succeeded; nobody has looked"),
    RUNNING: (Verdict.IN_PROGRESS, "the older system is at it, or was killed"),
}
_NAMED = 3  # tables; the others are counted


class Standing(Enum):
    JUDGED = "judged"  # it has a verdict
    BEGUN = "begun"  # it has a plan and no verdict
    OLDER = "older"
    FORGOTTEN = "forgotten"  # retention deletes it
    FOREIGN = "foreign"


class Look(Noun, frozen=True, kw_only=True):
    """What one LIST of a folder shows."""

    folder: Folder
    objects: Mapping[str, datetime]  # name -> when it was written
    folders: list[str]

    def has(self, object: S3Uri) -> bool:
        return self.folder.uri.relative(object) in self.objects

    @property
    def standing(self) -> Standing:
        if self.has(self.folder.verdict):
            return Standing.JUDGED
        if self.has(self.folder.forgotten):
            return Standing.FORGOTTEN
        if self.has(self.folder.plan) or {"schema", "tables"} <= set(self.folders):
            return Standing.BEGUN
        return Standing.OLDER if self.flag else Standing.FOREIGN

    @property
    def flag(self) -> str:
        """What its flag says of it; empty: it has none."""
        return next((flag for flag in _OLDER if self.has(self.folder.flag(flag))), "")

    @property
    def running(self) -> datetime | None:
        """When its run last said that it is at it."""
        return self.objects.get(f"BACKUP_{RUNNING}")

    @property
    def tables(self) -> list[str]:
        """By their folders: of a backup without a verdict there is nothing else to know them by."""
        own = set() if self.standing is Standing.OLDER else OWN_FOLDERS
        return [name for name in self.folders if name not in own]


def entry_of(look: Look, backup: Backup, verification: Verification | None) -> Entry:
    """*backup* as the last look at it has left it."""
    return structs.replace(
        _entry(look, backup.verdict, reason=_not_whole(list(backup.missing))),
        prefix=backup.prefix,
        region=backup.region,
        tables=len(backup.tables),
        items=backup.items,
        bytes=backup.bytes,
        run=backup.run,
        stands_on=backup.stands_on,
        verified=_read_whole(verification, {table.name for table in backup.tables}),
    )


def unjudged(look: Look, verification: Verification | None = None) -> Entry | None:
    """Of a folder without a verdict; None for what is not listed: it is forgotten, or somebody else's."""
    if look.standing is Standing.OLDER:
        return _older(look, verification)
    if look.standing is not Standing.BEGUN:
        return None
    if look.flag == RUNNING:
        return _entry(look, Verdict.IN_PROGRESS, reason="it has no verdict yet: its run is at it, or was killed")
    return _entry(look, Verdict.INCOMPLETE, reason="it never finished: it has no verdict")


def _older(look: Look, verification: Verification | None) -> Entry:
    verdict, reason = _OLDER[look.flag]
    if verification and verdict is Verdict.UNVERIFIED:
        unseen = set(look.tables) - {table.name for table in verification.tables}
        found = worst([verification.verdict, *([verdict] if unseen else [])])
        verdict, reason = found, reason if found is verdict else ""
    verified = _read_whole(verification, set(look.tables))
    return structs.replace(_entry(look, verdict, reason), older=True, verified=verified)


def unreadable(look: Look, reason: str) -> Entry:
    """Of a folder whose verdict is damaged, or of a newer format."""
    return structs.replace(_entry(look, Verdict.INVALID, reason=reason.replace(f"{look.folder.uri}/", "")), readable=False)


def _entry(look: Look, verdict: Verdict, reason: str = "") -> Entry:
    return Entry(
        uri=str(look.folder.uri),
        prefix=look.folder.app,
        region=look.folder.region,
        time=look.folder.time,
        verdict=verdict,
        tables=len(look.tables),
        items=0,
        bytes=0,
        kept=look.has(look.folder.kept),
        reason=reason,
        running=look.running,
    )


def _not_whole(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"not restorable: {', '.join(names[:_NAMED])}{more}" if names else ""


def _read_whole(verification: Verification | None, names: set[str]) -> datetime | None:
    """When the first of these tables was read to its last part; None while one was not."""
    read = {table.name: table.at for table in verification.tables if table.deep} if verification else {}
    return min(read.values()) if names and names <= read.keys() else None
