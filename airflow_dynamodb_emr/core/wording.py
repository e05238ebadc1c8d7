"""What a person is told of a run, by SNS, mail or chat: which tables failed, what is safe, what stays raised, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from airflow_dynamodb_emr.core.message import LONGEST_SUBJECT, Message, cut, lines, message, short, some
from airflow_dynamodb_emr.core.outcome import Outcome, Run
from airflow_dynamodb_emr.core.words import counted, size

_HINT = "\nHINT: "  # as errors have it
_RESET = "`dynamodb_janitor` resets what an ended run has left, as soon as DynamoDB allows. By hand:"


def ended(outcome: Outcome, run: Run) -> Message:
    """Of a run that has ended, well or not."""
    body = [_result_lines(outcome), _unsettled(outcome), _safe(outcome), _raised(outcome), _to_do(outcome, run), _foot(run)]
    return message(f"{short(outcome.what)}: {_result(outcome)}", body)


def late(outcome: Outcome, run: Run, by: datetime) -> Message:
    """Of one that is not finished at its deadline. It may have failed before: then the verdict says more than how far it is."""
    if outcome.judged or run.failed:
        told = ended(outcome, run)
        return message(f"not done by {by:%H:%M} UTC: {told.subject}", [[told.body]])
    subject = f"{short(outcome.what)}: not done by {by:%H:%M} UTC, {_of(len(outcome.unwritten), outcome)} not {_verb(outcome)} yet"
    return message(subject, [_progress(outcome), _safe(outcome), [f"Folder: {outcome.uri}"], _foot(run)])


def nothing(what: str, run: Run, by: datetime | None = None) -> Message:
    """Of a run of which there is nothing in S3: it has not begun, or it was refused."""
    reason = _first(run.whys) or ("it did not get as far as its plan" if run.failed else "there is no plan yet")
    head = f"not done by {by:%H:%M} UTC, {reason}" if by else reason
    safe = ["Nothing was touched: a run does nothing to tables before its plan is written."] if run.failed else []
    to_do = ["To do: see to that, then clear the first task with everything downstream of it, or start another run."] if run.failed else []
    return message(f"{short(what)}: {head.partition(_HINT)[0]}", [[reason], safe, to_do, _foot(run)])


def unknown(what: str, run: Run, problem: str, by: datetime | None = None) -> Message:
    """Of a run about which S3 could not be asked, because of *problem*, or need not be: what Airflow knows is still worth telling."""
    state = f"not done by {by:%H:%M} UTC" if by else "failed" if run.failed else "succeeded"
    gap = [f"What is safe and what is raised could not be looked up: {cut(problem)}"] if problem else []
    return message(f"{short(what)}: {state}", [run.whys, gap, _foot(run)])


def failed(run: Run) -> Message:
    """Of a run that backs up and restores nothing, as a verification: all there is to tell is what its tasks have left."""
    first, more = _first(run.whys).partition("\n")[0], f", and {len(run.whys) - 1} more" if len(run.whys) > 1 else ""
    room = LONGEST_SUBJECT - len(run.dag_id) - len(": ") - len(more)
    told = [why.splitlines() for why in run.whys] or [["Its tasks have left no reason: their logs say more."]]
    return message(f"{run.dag_id}: {cut(first, room)}{more}" if first else f"{run.dag_id}: failed", [*told, _foot(run)])


def day(parts: Mapping[str, Message], bad: Sequence[str], run: Run, by: datetime | None = None) -> Message:
    """Of a daily run: *parts* is a message for each prefix, *bad* those that are not well."""
    when = f"not done by {by:%H:%M} UTC, " if by else ""
    many = counted(len(parts), "prefix", "prefixes")
    result = f"{len(bad)} of {many} without a whole backup: {', '.join(bad)}" if bad else f"{_every(many)} backed up"
    others = [f"  {part.subject}" for prefix, part in parts.items() if prefix not in bad]
    body = [*([f"{parts[prefix].subject}\n", parts[prefix].body] for prefix in bad), ["And:", *others] if bad and others else others, _foot(run)]
    return message(f"daily backup: {when}{result}", body)


def _first(whys: Sequence[str]) -> str:
    return whys[0] if whys else ""


def _result(outcome: Outcome) -> str:
    if not outcome.judged:
        return f"ended without a verdict, {_of(len(outcome.tables) - len(outcome.proven), outcome)} not proven"
    if outcome.missing:
        return f"{_of(len(outcome.missing), outcome)} {'not restored' if outcome.restores else 'cannot be restored'}"
    good = f"{_every(counted(len(outcome.tables), 'table'))} {'restored' if outcome.restores else 'can be restored'}"
    unsettled = [f"{counted(len(outcome.unsettled), 'table')} without all settings"] if outcome.unsettled else []
    raised = [f"{counted(len(outcome.raised), 'table')} still raised"] if not all(map(outcome.wait, outcome.raised)) else []
    return f"{good}, but {' and '.join([*unsettled, *raised])}" if unsettled or raised else good


def _result_lines(outcome: Outcome) -> list[str]:
    if not outcome.judged:
        return [f"The run ended before its last task had judged it. Not proven: {', '.join(some(set(outcome.tables) - set(outcome.proven)))}."]
    if outcome.missing:
        return ["Not restored:" if outcome.restores else "Cannot be restored:", *lines(outcome.missing)]
    return [f"{counted(outcome.items, 'item')}{'' if outcome.restores else f', {size(outcome.bytes)}'} in {counted(len(outcome.tables), 'table')}."]


def _unsettled(outcome: Outcome) -> list[str]:
    return ["Loaded, but not as they were:", *lines(outcome.unsettled)] if outcome.unsettled else []


def _safe(outcome: Outcome) -> list[str]:
    good = len(outcome.tables) - len(outcome.missing) if outcome.judged else 0
    if outcome.restores:
        loaded = f"{counted(good, 'other table')} loaded; " if outcome.missing and good else ""
        return [f"Safe: {loaded}the backup {outcome.source} is as it was."]
    here = [f"Safe: {counted(good, 'other table' if outcome.missing else 'table')} can be restored from {outcome.uri}."] if good else []
    if outcome.judged and not outcome.missing:
        return here
    newest = outcome.newest
    whole = f"The newest whole backup is of {newest.time:%Y-%m-%d %H:%M} UTC: {newest.uri}" if newest else "There is no whole backup of these tables."
    return [*here, whole]


def _raised(outcome: Outcome) -> list[str]:
    if not outcome.raised:
        return ["Nothing that this run raised is still raised."]
    waits = {table: f" ({wait})" if (wait := outcome.wait(table)) else "" for table in outcome.raised}
    raised = lines({table: f"{how}{waits[table]}" for table, how in outcome.raised.items()})
    return ["Still raised:", *raised, f"{_RESET} dynamodb-emr raised --base {outcome.base} --reset"]


def _to_do(outcome: Outcome, run: Run) -> list[str]:
    to_do = [f"To do: {run.again}."] if run.again and (outcome.missing or outcome.unsettled or not outcome.judged) else []
    return [*to_do, f"Folder: {outcome.uri}"]


def _progress(outcome: Outcome) -> list[str]:
    written = len(outcome.tables) - len(outcome.unwritten)
    head = f"{_of(written, outcome)} {_verb(outcome)}; the run proves and judges them at its end."
    return [head, f"Not yet: {', '.join(some(outcome.unwritten))}." if outcome.unwritten else "It is being proven and judged now."]


def _verb(outcome: Outcome) -> str:
    return "loaded" if outcome.restores else "dumped"


def _every(many: str) -> str:
    return many if many.startswith("1 ") else f"all {many}"


def _of(some: int, outcome: Outcome) -> str:
    return f"{some} of {counted(len(outcome.tables), 'table')}"


def _foot(run: Run) -> list[str]:
    return [f"Run: {run.url or f'{run.dag_id} {run.run_id}'.strip()}"]
