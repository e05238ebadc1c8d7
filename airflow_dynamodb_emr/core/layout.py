"""Where everything lies in S3: the tree, its names, and how to read them back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone

from msgspec import Struct

from airflow_dynamodb_emr.errors import BadInput

_URI = re.compile(r"s3[an]?://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<key>.*))?", re.DOTALL)
_TIME = "%Y/%m/%d/%H_%M.%S"
LEVELS = (r"\d{4}", r"\d\d", r"\d\d", r"\d\d_\d\d\.\d\d")  # the names of the folders that a time is made of
OWN_FOLDERS = frozenset({"schema", "tables", "clusters", "claims", "refused", "readers"})  # in a backup's folder, beside those of the tables


class S3Uri(Struct, frozen=True, order=True):
    """`s3://bucket/key`; the key never begins or ends with a slash."""

    bucket: str
    key: str = ""

    @classmethod
    def parse(cls, text: str, source: str = "S3 URI") -> S3Uri:
        """Raise BadInput, naming *source* (the setting or field it came from), unless *text* is `s3://bucket[/key]`."""
        match = _URI.fullmatch(text.strip())
        if not match:
            raise BadInput(f"{source}: expected s3://bucket/prefix, got {text!r}", "name a bucket and a folder in it, as in s3://my-backups/dynamodb")
        return cls(match["bucket"], (match["key"] or "").strip("/"))

    def __truediv__(self, name: str) -> S3Uri:
        return S3Uri(self.bucket, f"{self.key}/{name}".strip("/"))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}".rstrip("/")

    def relative(self, other: S3Uri) -> str:
        """*other*'s key as seen from this folder; raises ValueError when it lies elsewhere."""
        inside = f"{self.key}/" if self.key else ""
        if other.bucket != self.bucket or not other.key.startswith(inside):
            raise ValueError(f"{other} is not in {self}")
        return other.key[len(inside) :]


class Folder(Struct, frozen=True):
    """The folder of one backup, and the names in it."""

    uri: S3Uri

    @classmethod
    def of(cls, base: S3Uri, region: str, app: str, time: datetime) -> Folder:
        return cls(base / region / app / time_path(time))

    @classmethod
    def parse(cls, uri: str) -> Folder:
        return cls(S3Uri.parse(uri))

    @property
    def plan(self) -> S3Uri:
        return self.uri / "plan.json"

    @property
    def verdict(self) -> S3Uri:
        return self.uri / "backup.json"

    @property
    def verification(self) -> S3Uri:
        """What the last look at it found; it can take away what the verdict says."""
        return self.uri / "verification.json"

    @property
    def report(self) -> S3Uri:
        return self.uri / "report.json"

    @property
    def page(self) -> S3Uri:
        return self.uri / "report.html"

    @property
    def forgotten(self) -> S3Uri:
        """The verdict of a backup that retention has chosen to delete: what has this, and no backup.json, is no backup any more."""
        return self.uri / "forgotten.json"

    @property
    def kept(self) -> S3Uri:
        """A mark: retention never chooses what has it."""
        return self.flag("KEEP")

    @property
    def readers(self) -> S3Uri:
        """An object for each restore that reads it."""
        return self.uri / "readers"

    def flag(self, name: str) -> S3Uri:
        return self.uri / f"BACKUP_{name}"

    def schema(self, table: str) -> S3Uri:
        return self.uri / "schema" / f"{table}.json"

    def data(self, table: str, attempt: int) -> S3Uri:
        return self.uri / table / str(attempt)

    @property
    def manifests(self) -> S3Uri:
        return self.uri / "tables"

    def manifest(self, table: str) -> S3Uri:
        return self.manifests / f"{table}.json"

    def proven(self, listed: Iterable[S3Uri]) -> set[str]:
        """The tables whose manifests are among what is *listed* below `manifests`."""
        return {self.manifests.relative(uri).removesuffix(".json") for uri in listed}

    @property
    def attempts(self) -> S3Uri:
        """What became of every step of the run's clusters."""
        return self.clusters / "steps.json"

    @property
    def refused(self) -> S3Uri:
        """Steps that completed, and do not count."""
        return self.uri / "refused"

    def cluster(self, lane: int, start: int) -> S3Uri:
        """The record of a cluster's start."""
        return self.clusters / f"{lane}-{start}.json"

    def cluster_claim(self, lane: int, start: int) -> S3Uri:
        """The claim of whoever makes that cluster."""
        return self.uri / "claims" / f"cluster-{lane}-{start}"

    @property
    def clusters(self) -> S3Uri:
        return self.uri / "clusters"

    def step_claim(self, cluster: str, step: str) -> S3Uri:
        """The claim of whoever submits this step to that cluster."""
        return self.uri / "claims" / cluster / step

    def steps(self, verb: str) -> S3Uri:
        """The EMR steps for use by hand; *verb* is export or import."""
        return self.uri / f"{verb}Steps.json"

    @property
    def time(self) -> datetime:
        """When the backup was made, UTC; raises ValueError when this is no backup's folder."""
        return datetime.strptime("/".join(self.uri.key.split("/")[-4:]), _TIME).replace(tzinfo=timezone.utc)

    @property
    def is_placed(self) -> bool:
        """Whether it lies where a backup is put, and not where somebody has copied one."""
        try:
            return bool(self.time)
        except ValueError:
            return False

    @property
    def app(self) -> str:
        """Empty, as its region, where it lies so near the top of its bucket that none is named."""
        return "".join(self.uri.key.split("/")[-5:-4])

    @property
    def region(self) -> str:
        return "".join(self.uri.key.split("/")[-6:-5])


def time_path(time: datetime) -> str:
    """As in `2026/11/23/02_00.00`; of two, the later time's sorts after the other."""
    return time.astimezone(timezone.utc).strftime(_TIME)


def called(uri: str) -> str:
    """A backup, in a few words: `PROD_ of 2026-11-23 02:00`. Of a copy that lies elsewhere only its URI is known."""
    folder = Folder.parse(uri)
    try:
        return f"{folder.app} of {folder.time:%Y-%m-%d %H:%M}"
    except (ValueError, IndexError):
        return uri
