"""What became of forgotten backups, in words."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.words import counted, size


class Pruned(Noun, frozen=True, kw_only=True):
    """What became of one forgotten backup."""

    uri: str
    objects: int = 0  # deleted; of a bucket that keeps versions: versions
    bytes: int = 0
    left: str = ""  # why it is not all gone; empty: it is
    note: str = ""  # what is there still although it is all gone
    failed: bool = False  # what is left has to be seen to

    def line(self, dry_run: bool = False) -> str:
        if self.left:
            return f"left    {self.uri}: {self.left}"
        what = f"{counted(self.objects, 'object')}, {size(self.bytes)}" + (f"; {self.note}" if self.note else "")
        return f"{'would delete' if dry_run else 'deleted'} {self.uri}: {what}"


def summary(found: Sequence[Pruned], dry_run: bool = False) -> str:
    if not found:
        return "nothing is forgotten: there is nothing to delete"
    gone = [pruned for pruned in found if not pruned.left]
    done, freed = "would be deleted" if dry_run else "deleted", size(sum(pruned.bytes for pruned in gone))
    return f"{counted(len(gone), 'backup')} {done}, {freed}; {len(found) - len(gone)} left"
