"""From the table of permissions to single questions: may this role do that, to this very thing?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from airflow_dynamodb_emr.core.access import ANYTHING, Need, Permission, Who, chosen, filled
from airflow_dynamodb_emr.core.documents import Noun

# Of what a pattern is meant to match, one: the folders of the backups lie below the base, and the names are those of tables.
_SAMPLES = {"{backups}/*/": "{base}/", "{backups}/*": "{base}/check", "{prefix}*": "{prefix}", "{restored}*": "{restored}"}
_ANY = "check"  # for a star, wherever anything would do


class Asked(Noun, frozen=True, kw_only=True):
    """*resources*: without stars, but for `*` itself: a simulator takes one in a question for a letter."""

    action: str
    resources: list[str]
    permission: Permission

    @property
    def on(self) -> str:
        """As a person says it; nothing where it is not about a thing."""
        return ", ".join(said(each) for each in self.resources if each != ANYTHING)

    @property
    def kind(self) -> tuple[tuple[str, ...], str]:
        """What can be asked together."""
        return tuple(self.resources), self.permission.service

    @property
    def by_resource(self) -> bool:
        """Whether a policy of the thing itself can allow it too, of which IAM's simulator knows nothing."""
        return self.action.startswith(("s3:", "kms:", "sns:"))


def said(arn: str) -> str:
    """Without the words that are the same for all of an account."""
    _, _, service, _, _, resource = arn.split(":", 5)
    return f"s3://{resource}" if service == "s3" else resource


def asked(table: Iterable[Permission], who: Who, needs: Iterable[Need], names: Mapping[str, str]) -> list[Asked]:
    """*names* as for the permissions, but prefixes are names of tables, and `base` is the folder of the backups with its bucket.
    What has no name is not asked."""
    made = (
        Asked(action=action, resources=resources, permission=permission)
        for permission in chosen(table, who, needs)
        if (resources := [arn for arn in (_concrete(each, names) for each in permission.on) if arn])
        for action in permission.actions
    )
    return [each for _, each in sorted({(each.action, each.on): each for each in made}.items())]


def together(questions: Iterable[Asked]) -> list[list[Asked]]:
    """By what can be asked in one call."""
    groups: dict[tuple[tuple[str, ...], str], list[Asked]] = {}
    for each in questions:
        groups.setdefault(each.kind, []).append(each)
    return list(groups.values())


def _concrete(arn: str, names: Mapping[str, str]) -> str:
    if arn == ANYTHING:
        return arn
    for pattern, sample in _SAMPLES.items():
        arn = arn.replace(pattern, sample)
    return filled(arn, names).replace("*", _ANY)
