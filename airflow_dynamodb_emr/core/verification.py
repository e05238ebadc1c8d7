"""What a look at a backup in S3 found: is each table restorable, by which engines, and what is wrong where."""

from __future__ import annotations

from datetime import datetime

from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.verdict import Verdict


class Fault(Noun, frozen=True, kw_only=True):
    """One thing that is wrong."""

    part: str = ""  # its key relative to the backup's folder; empty: the table as a whole
    reason: str


class TableVerification(Noun, frozen=True, kw_only=True):
    name: str
    verdict: Verdict
    items: int = 0
    bytes: int = 0  # stored
    engines: list[str] = []  # those that can load it
    reasons: list[Fault] = []
    deep: bool = False  # each part was read
    at: datetime


class Verification(Document, frozen=True, kw_only=True):
    """verification.json: of each table the look that holds.

    A later look replaces an earlier one, but a shallow one never takes back what a deep one has found.
    """

    verdict: Verdict
    uri: str  # of the backup
    tables: list[TableVerification]
