"""How far a dump has come, in S3 beside it: whoever takes it up after a crash goes on behind the last part that was finished."""

from __future__ import annotations

import json
import logging

from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Slice

log = logging.getLogger(__name__)

FORMAT = 1  # of what is written here
FOLDER = "_progress"  # hidden from whoever takes each file for data
_JOB = f"{FOLDER}/job.json"


class Journal:
    """Of one job over one table, told by its id: the same name may be another table by now."""

    def __init__(self, place: Place, job: Job, table_id: str, as_begun: bool = False) -> None:
        """*as_begun*: where a dump of this table was begun and cut otherwise, because it was smaller then, `job` is as it was cut. Else that is
        another dump. Raises BadInput for another, and for what is no journal at all."""
        self._place, self.job, self._table_id = place, job, table_id
        self._known = set(place.names(FOLDER))
        if _JOB in self._known:
            self.job = self._begun_here(as_begun)
        else:
            self._known.clear()  # nobody knows of what dump they tell

    def progress(self, slice_: Slice) -> Progress:
        """Where to go on. A table that was divided anew, by a try that knew nothing of another, has other slices of the same names."""
        name = _name(slice_)
        data = self._place.read(name) if name in self._known else None
        found = self._read(data) if data else None
        return found if found and found.slice == slice_ else Progress(slice_)

    def save(self, progress: Progress) -> None:
        """A table that is one part is over before it were of use."""
        if progress.done and not self._known and progress.slice.segments == 1 and not progress.divided:
            return
        if not self._known:
            self._begin()
        self._place.put(_name(progress.slice), progress.to_json())

    def clear(self) -> None:
        """Once the dump is finished; what cannot be deleted then does not unmake it."""
        if self._known:
            try:
                self._place.delete(self._place.names(FOLDER))
            except CopyFailed as error:
                log.warning("%s stays: %s", FOLDER, error)

    def _begin(self) -> None:
        if not self._place.put(_JOB, self._told(self.job), once=True):
            self._begun_here(as_begun=False)  # by another try, since we looked
        self._known.add(_JOB)

    def _begun_here(self, as_begun: bool) -> Job:
        data = self._place.read(_JOB) or b""
        job = self._cut_otherwise(data) if as_begun else self.job
        if job is None or data != self._told(job):
            facts = f"{self._place}: another dump was begun here, and is not finished: {data[:200].decode(errors='replace')}"
            raise BadInput(facts, "name another folder, or delete this one")
        return job

    def _cut_otherwise(self, data: bytes) -> Job | None:
        """Of the same table, as the same lines."""
        try:
            found = json.loads(data)["job"]
            return Job(**{**found, "table": self.job.table, "keys": self.job.keys, "form": self.job.form})
        except (ValueError, TypeError, KeyError):
            return None

    def _told(self, job: Job) -> bytes:
        return json.dumps({"format": FORMAT, "job": job._asdict(), "table_id": self._table_id}).encode()

    def _read(self, data: bytes) -> Progress:
        try:
            return Progress.from_json(data)
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(
                f"{self._place}/{FOLDER} holds what is no progress of a dump: {error}", "name another folder, or delete this one"
            ) from error


def _name(slice_: Slice) -> str:
    return f"{FOLDER}/slice-{slice_.name}.json"
