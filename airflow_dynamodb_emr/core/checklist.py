"""What `check` looks at: everything that the settings name."""

from __future__ import annotations

from airflow_dynamodb_emr.core.access import Need, needs_of
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.custody import Custody
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.engines import AUTO, CONNECTOR, NATIVE, SPARK, Wished
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import Selection
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.core.spiking import Off

BACKUP, RESTORE, RETENTION = "backup", "restore", "retention"
PURPOSES = (BACKUP, RESTORE, RETENTION)


class Checklist(Noun, frozen=True, kw_only=True):
    base: S3Uri
    logs: S3Uri
    prefix: str  # of the tables; empty: none is looked at
    exclude: list[str]
    exclude_list: str  # URI or path
    prices: str  # URI or path; empty: the list that comes with the package
    pace: Pace
    cluster: ClusterSpec  # but for the template
    template: str  # URI or path of the cluster template
    wished: Wished
    jar: str
    libraries: str
    serverless: ServerlessSpec
    custody: Custody
    topic: str  # ARN of the one that people are told by; empty: none
    purposes: list[str]  # of PURPOSES

    @property
    def needs(self) -> set[Need]:
        kept = self.custody
        spikes = BACKUP in self.purposes and not isinstance(self.pace.spike, Off) and self.wished.engine != NATIVE
        needs = needs_of(self.wished.engine, self.wished.serverless, spikes, bool(kept.key or kept.logs_key), self.purposes)
        return needs | ({Need.TELLING} if self.topic else set())

    @property
    def selection(self) -> Selection:
        return Selection(prefix=self.prefix, exclude=self.exclude)

    @property
    def clusters(self) -> bool:
        return Need.CLUSTERS in self.needs

    @property
    def job_runs(self) -> bool:
        return Need.SERVERLESS in self.needs

    @property
    def connector(self) -> bool:
        return self.wished.engine == CONNECTOR

    @property
    def spark(self) -> bool:
        return self.wished.engine in (SPARK, AUTO)
