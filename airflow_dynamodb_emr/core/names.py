"""Which tables a prefix selects, and names that a retry can recompute."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from hashlib import sha256

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import OWN_FOLDERS
from airflow_dynamodb_emr.errors import BadInput

LONGEST_TABLE_NAME = 255
LONGEST_EMR_NAME = 256
CLUSTER_PREFIX = "ddb/"


class Selection(Noun, frozen=True, kw_only=True):
    """The tables whose names start with a prefix, less the excluded ones (names or `fnmatch` patterns)."""

    prefix: str
    exclude: list[str] = []

    def split(self, names: Iterable[str]) -> tuple[list[str], dict[str, str]]:
        """The selected names in order, and the excluded ones with the pattern that took each. Raises BadInput when none is left,
        or one is called as no table of a backup may be.
        """
        starting = sorted(name for name in names if name.startswith(self.prefix))
        excluded = {name: pattern for name in starting for pattern in self.exclude if fnmatchcase(name, pattern)}
        selected = [name for name in starting if name not in excluded]
        if not starting:
            raise BadInput(f"prefix: no table starts with {self.prefix!r}", "names are case-sensitive; look at the region too")
        if not selected:
            raise BadInput(f"exclude: all {len(starting)} tables that start with {self.prefix!r} are excluded", "take a name or pattern out")
        if own := sorted(OWN_FOLDERS.intersection(selected)):
            facts = f"prefix: it selects the table {own[0]}, and a folder of each backup's own is called so"
            raise BadInput(facts, f"exclude it, and dump it by itself: `dynamodb-emr dump {own[0]} S3URI`")
        return selected, excluded


def cluster_name(run: str, lane: int = 0, start: int = 1) -> str:
    """Of the *start*-th cluster of a lane: a start whose answer was lost is found again by it."""
    return f"{_clusters_of(run)} {lane + 1}.{start}"


def is_cluster_of(run: str, name: str) -> bool:
    return name.rpartition(" ")[0] == _clusters_of(run)


def _clusters_of(run: str) -> str:
    return _fitted(f"{CLUSTER_PREFIX}{run}", LONGEST_EMR_NAME - 12)


def step_name(table: str, attempt: int) -> str:
    """Without the run: a cluster belongs to one run."""
    return f"{_fitted(table, LONGEST_EMR_NAME - 8)}/{attempt}"


def attempt_of(step: str) -> tuple[str, int]:
    """The stem that a table's steps share, and the number of the attempt; 0 for a step of somebody else's."""
    stem, _, number = step.rpartition("/")
    return stem, int(number) if number.isdigit() else 0


def client_token(kind: str, run: str, table: str, attempt: int) -> str:
    """Of an export or import that AWS is asked for: whoever asks again with the same token gets the same one. *kind* is export or import."""
    return sha256("\n".join((kind, run, table, str(attempt))).encode()).hexdigest()


def partition(region: str) -> str:
    """Of AWS, as ARNs and the console have it."""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def yarn_tag(step: str) -> str:
    """Of the YARN application of a step of this name: YARN takes few characters, and lower-cases them."""
    return sha256(step.encode()).hexdigest()[:16]


def attempt_number(name: str, table: str) -> int | None:
    """Which attempt at *table* a step of this name is; None when it is none."""
    stem, number = step_name(table, 0)[:-1], name.rpartition("/")[2]
    return int(number) if name == stem + number and number.isdigit() else None


def _fitted(name: str, longest: int) -> str:
    """A longer name is cut, and ends in a digest of the whole, so that it stays its own."""
    return name if len(name) <= longest else f"{name[: longest - 9]}~{sha256(name.encode()).hexdigest()[:8]}"


class Rename(Noun, frozen=True, kw_only=True):
    """How a restored table is called: *prefix* + name + *suffix*."""

    prefix: str = ""
    suffix: str = ""

    def __call__(self, table: str) -> str:
        name = f"{self.prefix}{table}{self.suffix}"
        if len(name) > LONGEST_TABLE_NAME:
            raise BadInput(f"rename: {name!r} has {len(name)} characters, DynamoDB allows {LONGEST_TABLE_NAME}", "choose a shorter prefix or suffix")
        return name
