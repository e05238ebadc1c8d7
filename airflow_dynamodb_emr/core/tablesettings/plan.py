"""Which settings of a table are put back, in which order, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from airflow_dynamodb_emr.core.schema import RECOVERY, SCALING, Schema, create_request
from airflow_dynamodb_emr.core.tablesettings import keys, observers, own, policy, scaling
from airflow_dynamodb_emr.core.tablesettings.step import (
    AUTOSCALING,
    ENCRYPTION,
    INSIGHTS,
    KINESIS,
    PITR,
    POLICY,
    PROTECTION,
    STREAM,
    TABLE_CLASS,
    TAGS,
    TTL,
    Choices,
    Outcome,
    PutBack,
    Setting,
    Step,
    Target,
)

Make = Callable[[Schema, Target, Choices], Iterable[Step | Setting]]
_AT_ONCE = ("TableClass", "SSESpecification")  # what CreateTable takes of UpdateTable


class _Part(NamedTuple):
    kind: str
    words: str
    make: Make
    needs: frozenset[str] = frozenset()  # operations whose answers it goes by


# What CreateTable takes comes first. Then what must not see the load, or would change it: time to live would delete what was just
# loaded, streams would tell it to triggers, autoscaling would move the capacity. Last what may keep us, and everybody, out.
_BEFORE = (
    _Part(TABLE_CLASS, "table class", own.table_class),
    _Part(ENCRYPTION, "encryption", keys.encryption),
    _Part(TAGS, "tags", own.tags, frozenset({"ListTagsOfResource"})),
)
_AFTER = (
    _Part(TTL, "time to live", own.time_to_live, frozenset({"DescribeTimeToLive"})),
    _Part(PITR, "point-in-time recovery", own.recovery, frozenset({RECOVERY})),
    _Part(INSIGHTS, "contributor insights", observers.insights, frozenset({"ListContributorInsights"})),
    _Part(AUTOSCALING, "autoscaling", scaling.autoscaling, SCALING),
    _Part(KINESIS, "Kinesis streams", observers.kinesis, frozenset({"DescribeKinesisStreamingDestination"})),
    _Part(STREAM, "stream", own.stream),
    _Part(POLICY, "resource policy", policy.resource_policy, frozenset({"GetResourcePolicy"})),
    _Part(PROTECTION, "deletion protection", own.protection),
)


def put_back(schema: Schema, target: Target, choices: Choices, later: Iterable[str] = ()) -> PutBack:
    """*later*: global indexes that are made after the load. Raises BadInput for a key that nobody has named."""
    made = [
        *(each for part in _BEFORE for each in _of(part, schema, target, choices)),
        *own.later_indexes(schema, target, list(later)),
        *(each for part in _AFTER for each in _of(part, schema, target, choices)),
        *own.others(schema),
    ]
    return PutBack(steps=[each for each in made if isinstance(each, Step)], left_out=[each for each in made if isinstance(each, Setting)])


def created(schema: Schema, name: str, put: PutBack, later: Iterable[str] = ()) -> dict[str, Any]:
    """For CreateTable: the table without the *later* indexes, with as many of its settings as the call takes."""
    changes = [step.request for step in put.steps if step.call == "UpdateTable"]
    settings = {field: change[field] for change in changes for field in _AT_ONCE if field in change}
    labels = [step.request["Tags"] for step in put.steps if step.call == "TagResource"]
    asked = {field: value for field, value in create_request(schema.without(later), name).items() if field not in _AT_ONCE}
    return {**asked, **settings, **({"Tags": labels[0]} if labels else {})}


def _of(part: _Part, schema: Schema, target: Target, choices: Choices) -> Iterator[Step | Setting]:
    unread = {operation: schema.unread[operation] for operation in sorted(part.needs & schema.unread.keys())}
    if part.kind in choices.without:
        if unread or any(part.make(schema, target, Choices(keys={"*": keys.AWS_KEY}))):
            yield _left_out(part, "as asked for")
    elif unread:
        yield _left_out(part, f"it could not be read when the backup was made: {next(iter(unread.values()))}")
    elif part.needs - schema.settings.keys():
        yield _left_out(part, "it was not saved: the backup is of an earlier version of this software")
    else:
        yield from part.make(schema, target, choices)


def _left_out(part: _Part, how: str) -> Setting:
    return Setting(name=part.words, outcome=Outcome.LEFT_OUT, how=how)
