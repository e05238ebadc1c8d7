"""How far a dump has come, in S3 beside it: whoever takes it up after a crash goes on behind the last part that was finished."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Slice

FOLDER = "_progress"  # hidden from whoever takes each file for data
_JOB = f"{FOLDER}/job.json"


class Journal:
    """Of one job over one table, told by its id: the same name may be another table by now."""

    def __init__(self, place: Place, job: Job, table_id: str) -> None:
        self._place, self._about = place, {"job": job._asdict(), "table_id": table_id}
        self._known = set(place.names(FOLDER))
        self._refuse_another()

    def progress(self, slice_: Slice) -> Progress:
        """Where to go on."""
        name = _name(slice_)
        data = self._place.read(name) if name in self._known else None
        return Progress.from_json(data) if data else Progress(slice_)

    def save(self, progress: Progress) -> None:
        """A table that is one part is over before it were of use."""
        if progress.done and not self._known and progress.slice.segments == 1 and not progress.divided:
            return
        if not self._known:
            self._place.put(_JOB, self._job)
        self._known.add(_JOB)
        self._place.put(_name(progress.slice), progress.to_json())

    def clear(self) -> None:
        if self._known:
            self._place.delete(self._place.names(FOLDER))

    @cached_property
    def _job(self) -> bytes:
        return json.dumps(self._about).encode()

    def _refuse_another(self) -> None:
        found: Any = json.loads(self._place.read(_JOB) or b"null") if _JOB in self._known else None
        if found and found != json.loads(self._job):
            facts = f"{self._place}: another dump was begun here, of {found['job']['table']} ({found['table_id']}), and is not finished"
            raise BadInput(facts, "name another folder, or delete this one")


def _name(slice_: Slice) -> str:
    return f"{FOLDER}/slice-{slice_.name}.json"
