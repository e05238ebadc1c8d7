"""A table's resource policy under another name, in another account or region."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.tablesettings.step import Choices, Outcome, Place, Setting, Step, Target

_NAME = "resource policy"


def resource_policy(schema: Schema, target: Target, _: Choices) -> Iterator[Step | Setting]:
    """The table's own ARN becomes the new one; what else of another account or region it names, nobody can translate."""
    was = schema.settings.get("GetResourcePolicy", {}).get("Policy")
    if not was:
        return
    own, here = schema.table["TableArn"], Place.of(schema.table["TableArn"])
    policy = re.sub(rf"{re.escape(own)}(?![A-Za-z0-9_.-])", lambda _: target.arn, was)
    foreign = _foreign(policy.replace(target.arn, ""), here, target.place)
    if foreign:
        yield Setting(name=_NAME, outcome=Outcome.LEFT_OUT, how=f"it names {foreign}, and nobody can say what stands for that in {target.place}")
        return
    mapped = policy != was
    yield Step(
        setting=_NAME,
        call="PutResourcePolicy",
        request={"ResourceArn": target.arn, "Policy": policy},
        mapped=mapped,
        how=f"{own} became {target.arn}" if mapped else "",
    )


def _foreign(text: str, was: Place, now: Place) -> str:
    if was.account != now.account and re.search(rf"(?<!\d){was.account}(?!\d)", text):
        return f"account {was.account}"
    if was.region != now.region and re.search(rf"(?<![a-z0-9-]){was.region}(?![a-z0-9-])", text):
        return f"region {was.region}"
    return ""
