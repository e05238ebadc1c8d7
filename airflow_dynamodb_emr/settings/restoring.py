"""What tables that are made anew get beside their items."""

from __future__ import annotations

from typing import Annotated, Literal

from airflow_dynamodb_emr.core.tablesettings.step import KINDS, Choices
from airflow_dynamodb_emr.settings.keeping import Keeping
from airflow_dynamodb_emr.settings.options import told

_KEYS = (
    "JSON object: of a KMS key in the backup, by its ARN, to the one that encrypts the restored table; `*` stands for each that is of another "
    "account or region. `alias/aws/dynamodb` is the one that AWS keeps. See docs/restore.md."
)
_TAGS = "JSON object: tags that each table made by a restore gets beside its own, or in place of those of the same name."
_WITHOUT = f"JSON list: what a restore does not put back, of {', '.join(KINDS)}."
_INDEXES = (
    "When a restore makes global indexes. `before`: with the table. `after`: once it is loaded. "
    "`auto`: before, but for those so slow that the load would take twice as long with them."
)
_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
Kind = Literal["class", "encryption", "tags", "ttl", "recovery", "insights", "kinesis", "stream", "autoscaling", "policy", "protection"]


class Restoring(Keeping, frozen=True, kw_only=True):
    restore_kms_keys: Annotated[dict[str, str], told(_KEYS, f'{{"{_KEY}": "alias/tables"}}')] = {}
    restore_tags: Annotated[dict[str, str], told(_TAGS, '{"restored": "yes"}')] = {}
    restore_without: Annotated[list[Kind], told(_WITHOUT, '["stream", "kinesis"]')] = []
    restore_indexes: Annotated[Literal["auto", "before", "after"], told(_INDEXES, "after")] = "auto"

    @property
    def choices(self) -> Choices:
        without: list[str] = [*self.restore_without]
        return Choices(keys=self.restore_kms_keys, tags=self.restore_tags, without=without, indexes=self.restore_indexes)
