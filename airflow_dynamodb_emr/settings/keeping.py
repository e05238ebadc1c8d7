"""How long backups are kept, and how it is known that they are good."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from airflow_dynamodb_emr.core.decision import Policy
from airflow_dynamodb_emr.core.forgotten import LONGEST_IDLE
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.settings.options import at_least, between, told
from airflow_dynamodb_emr.settings.places import Places

_ALL = "Retention: keep the newest n good backups of each prefix. All `keep_...` 0 or empty: all are kept."
_READ_BACK = (
    "After a run a dump of the connector's is read back and its items counted, unless it is larger than so many GiB as stored: "
    "then it counts by its step's own counter, and by the names and sizes of its parts. Its manifest says which; see docs/format.md."
)


class Keeping(Places, frozen=True, kw_only=True):
    keep_last: Annotated[int, told(_ALL, "3")] = 0
    keep_hourly: Annotated[int, told("Keep the newest good backup of each of the last n hours that have one, in UTC.", "24")] = 0
    keep_daily: Annotated[int, told("The same of days.", "7")] = 0
    keep_weekly: Annotated[int, told("The same of weeks, which begin on Monday.", "4")] = 0
    keep_monthly: Annotated[int, told("The same of months.", "12")] = 0
    keep_yearly: Annotated[int, told("The same of years.", "5")] = 0
    keep_within: Annotated[str, told("Keep all good backups that are no older than this, as 36h, 30d or 8w.", "30d")] = ""
    keep_failed_days: Annotated[
        int, told("Days that a backup which cannot be restored is kept, and longer while no newer one is good.", "14", between(1, 10_000))
    ] = 7
    keep_unfinished_days: Annotated[
        int, told("Days without a write after which an unfinished backup counts as one that failed: its run was killed.", "30", between(1, 10_000))
    ] = LONGEST_IDLE.days
    keep_by_prefix: Annotated[
        dict[str, dict[str, Any]],
        told(
            "JSON object: the rules of single prefixes, in place of those above, as `last`, `daily`, `within`.",
            '{"PROD_": {"daily": 30, "yearly": 7}}',
        ),
    ] = {}
    retention_schedule: Annotated[str, told("Cron expression of `dynamodb_retention`, in UTC.", "0 12 * * 6")] = "0 6 * * *"
    read_back_gib: Annotated[float, told(_READ_BACK, "10", at_least(0))] = 1.0
    verify_schedule: Annotated[str, told("Cron expression of `dynamodb_verify`, in UTC.", "0 6 * * *")] = "0 6 * * 0"

    @property
    def read_back_bytes(self) -> float:
        return self.read_back_gib * 2**30

    @property
    def retains(self) -> bool:
        """Whether there is a policy for any prefix."""
        return any(not policy.keep.is_off for policy in self.policies)

    @property
    def policies(self) -> list[Policy]:
        """The one for all prefixes, and those of single ones. Raises BadInput for one that is none."""
        return [self.retention(prefix) for prefix in ["", *self.keep_by_prefix]]

    def retention(self, prefix: str) -> Policy:
        """Its own policy, if it has one, in place of the one for all."""
        own = {named.strip("/"): rules for named, rules in self.keep_by_prefix.items()}.get(prefix.strip("/"))
        if own is not None:
            keep = Keep.parse(own, f"keep_by_prefix: {prefix}")
        else:
            keep = Keep.parse({rule: getattr(self, f"keep_{rule}") for rule in Keep.__struct_fields__}, "keep")
        return Policy(keep=keep, failed=timedelta(days=self.keep_failed_days), idle=timedelta(days=self.keep_unfinished_days))
