"""Whether a dump counts, judged by what was found in S3 and on EMR: green means restorable."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.manifest import Part
from airflow_dynamodb_emr.core.steps import COMPLETED, READ_COUNTER
from airflow_dynamodb_emr.core.words import parts_are


class Evidence(Noun, frozen=True, kw_only=True):
    """What was found of one dump."""

    step_state: str | None = None  # None: no step of this table was ever submitted
    step_reason: str = ""
    counter: int | None = None  # items that the step says it read
    manifest_found: bool = False
    schema_found: bool = True
    parts: list[Part] = []  # named by the manifest, and read
    lost: list[str] = []  # named by the manifest, and not there
    damaged: list[str] = []  # there, and not readable as items
    read: bool = True  # the parts were; False: there are too many bytes of them, and the counter has to do
    ignored: list[str] = []  # other files beside them, which the manifest does not name

    @property
    def items(self) -> int:
        """In the parts, as far as anybody knows."""
        return sum(part.items or 0 for part in self.parts) if self.read else self.counter or 0


def reasons(found: Evidence) -> list[str]:
    """Why the dump does not count; none when it does."""
    if found.step_state is None:
        return ["no EMR step was submitted for it"]
    if found.step_state != COMPLETED:
        return [f"its step is {found.step_state}" + (f": {found.step_reason}" if found.step_reason else "")]
    return [reason for reason in _faults(found) if reason]


def _faults(found: Evidence) -> Iterable[str]:
    yield "" if found.schema_found else "its schema was not saved"
    yield "" if found.manifest_found else "the step left no manifest"
    yield parts_are(found.lost, "gone") if found.lost else ""
    yield f"{len(found.damaged)} parts cannot be read: {found.damaged[0]}" if found.damaged else ""
    yield f"the step's log has no item count ({READ_COUNTER})" if found.counter is None else ""
    yield f"the step read {found.counter} items, the parts hold {found.items}" if found.counter not in (None, found.items) else ""
    yield f"the step read no item, and left {len(found.parts)} parts" if found.counter == 0 and found.parts and not found.read else ""
