"""What the section `[dynamodb_emr]` of Airflow's configuration says, and what a run's form says instead.

Parsed here, at the door: nothing deeper checks again. Every error names the option or field it came from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from math import inf
from typing import Any, Literal

import msgspec

from airflow_dynamodb_emr.core import chain, deadline, spiking
from airflow_dynamodb_emr.core.checklist import BACKUP, Checklist
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.custody import OURS, Custody
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.engines import Wished
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST, Prices
from airflow_dynamodb_emr.core.retention import Policy
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.errors import BadInput

SECTION = "dynamodb_emr"
_JSON = {"prefixes": '["one", "two"]', "exclude": '["one", "two"]', "subnets": '["one", "two"]', "keep_by_prefix": '{"PROD_": {"daily": 30}}'}
_TOPIC = r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+"
ANY = "any"  # an owner of a bucket: nobody is expected


class Settings(Noun, frozen=True, kw_only=True):
    """One field for each option; `provider.py` describes them."""

    base: str = ""
    region: str = ""
    aws_conn_id: str = "aws_default"
    log_uri: str = ""
    prefixes: list[str] = []
    schedule: str = "0 2 * * *"
    exclude: list[str] = []
    exclude_list: str = ""
    keep_last: int = 0
    keep_hourly: int = 0
    keep_daily: int = 0
    keep_weekly: int = 0
    keep_monthly: int = 0
    keep_yearly: int = 0
    keep_within: str = ""
    keep_failed_days: int = 7
    keep_by_prefix: dict[str, dict[str, Any]] = {}
    retention_schedule: str = "0 6 * * *"
    engine: str = "connector"
    worker_minutes: float = 10
    increments: int = 0
    form: Literal["dynamodb-json", "connector"] = "dynamodb-json"
    read_ratio: float = 0.5
    write_ratio: float = 0.8
    spike: str = "20 minutes"
    room_minutes: float = 10
    hour_dollars: float = 1.0
    prices: str = ""
    max_read_units: int = 4000
    max_write_units: int = 4000
    on_demand_read_units: int = 4000
    on_demand_write_units: int = 2000
    read_back_gib: float = 1.0
    verify_schedule: str = "0 6 * * 0"
    poll_seconds: float = 30
    emr_rate: float = 1.0
    tables_per_task: int = 25
    table_tries: int = 3
    overrun_times: float = 3
    overrun_minutes: float = 60
    notify_topic: str = ""
    notify_on: Literal["failure", "always"] = "failure"
    deadline: str = ""
    retries: int = 2
    retry_seconds: float = 60
    bucket_owner: str = ""
    bucket_acl: Literal["", "bucket-owner-full-control"] = ""
    kms_key: str = ""
    logs_kms_key: str = ""
    security_configuration: str = ""
    connector_jar: str = ""
    cluster_template: str = ""
    subnets: list[str] = []
    service_role: str = "EMR_DefaultRole"
    instance_profile: str = "EMR_EC2_DefaultRole"
    release_label: str = "emr-7.13.0"
    instance_type: str = "m5.xlarge"
    core_nodes: int = 0
    max_core_nodes: int = 20
    step_concurrency: int = 0
    max_lanes: int = 4
    spot: bool = True
    idle_minutes: int = 30
    spark_on: Literal["emr", "serverless"] = "emr"
    spark_libraries: str = ""
    serverless_role: str = ""
    serverless_application: str = ""
    serverless_architecture: str = "X86_64"

    @classmethod
    def from_config(cls) -> Settings:
        """From airflow.cfg and `AIRFLOW__DYNAMODB_EMR__...`; what is not set there keeps its default."""
        from airflow.configuration import conf  # here, because the command line does without Airflow

        return cls._parse_text({field: conf.get(SECTION, field, fallback=None) for field in cls.__struct_fields__})

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """From `AIRFLOW__DYNAMODB_EMR__...` alone, for where there is no Airflow."""
        return cls._parse_text({field: environment.get(f"AIRFLOW__{SECTION}__{field}".upper()) for field in cls.__struct_fields__})

    @classmethod
    def _parse_text(cls, values: Mapping[str, str | None]) -> Settings:
        return cls.parse({field: _unquoted(field, value) for field, value in values.items() if value})

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Settings:
        try:
            settings = msgspec.convert(values, cls, strict=False)
        except msgspec.ValidationError as error:
            raise BadInput(
                f"[{SECTION}] {error}", f"correct the option in airflow.cfg or AIRFLOW__{SECTION.upper()}__<OPTION>, or the field of the form"
            ) from error
        settings.check()
        return settings

    def with_form(self, form: Mapping[str, Any]) -> Settings:
        """These settings with what the form of a run says: fields that are empty leave the settings as they are."""
        known = {field: form[field] for field in self.__struct_fields__ if form.get(field) not in (None, "")}
        return self.parse({**msgspec.structs.asdict(self), **known})

    def check(self) -> None:
        for field in ("read_ratio", "write_ratio"):
            _within(field, getattr(self, field), lambda ratio: 0 < ratio <= 1.5, "above 0 and at most 1.5")
        _ = self.wished, [self.retention(prefix) for prefix in ["", *self.keep_by_prefix]]
        _within("keep_failed_days", self.keep_failed_days, lambda days: 1 <= days <= 10_000, "from 1 to 10000")
        _within("increments", self.increments, lambda number: 0 <= number <= chain.LONGEST, f"from 0 to {chain.LONGEST}")
        _within("worker_minutes", self.worker_minutes, lambda minutes: minutes > 0, "above 0")
        spiking.parse(self.spike)
        _within("room_minutes", self.room_minutes, lambda minutes: minutes >= 0, "at least 0")
        _within("hour_dollars", self.hour_dollars, lambda dollars: 0 <= dollars < inf, "at least 0")
        for field in ("max_read_units", "max_write_units"):  # the quota behind them can be raised
            _within(field, getattr(self, field), lambda units: units >= 1, "at least 1")
        for field in ("on_demand_read_units", "on_demand_write_units"):
            _within(field, getattr(self, field), lambda units: 1 <= units <= 40_000, "from 1 to 40000")
        _within("step_concurrency", self.step_concurrency, lambda steps: 0 <= steps <= 256, "from 1 to 256, or 0 for as many as needed")
        _within("core_nodes", self.core_nodes, lambda nodes: nodes >= 0, "at least 1, or 0 for as many as needed")
        _within("max_core_nodes", self.max_core_nodes, lambda nodes: nodes >= 1, "at least 1")
        _within("max_lanes", self.max_lanes, lambda lanes: 1 <= lanes <= 20, "from 1 to 20")
        _within("retries", self.retries, lambda retries: retries >= 0, "at least 0")
        _within("retry_seconds", self.retry_seconds, lambda seconds: seconds >= 0, "at least 0")
        _within("read_back_gib", self.read_back_gib, lambda gib: gib >= 0, "at least 0")
        _within("poll_seconds", self.poll_seconds, lambda seconds: seconds > 0, "above 0")
        _within("emr_rate", self.emr_rate, lambda share: share > 0, "above 0")
        _within("tables_per_task", self.tables_per_task, lambda tables: tables >= 1, "at least 1")
        _within("table_tries", self.table_tries, lambda tries: 1 <= tries <= 10, "from 1 to 10")
        for field in ("overrun_times", "overrun_minutes"):
            _within(field, getattr(self, field), lambda number: number >= 0, "at least 0")
        _matching("notify_topic", self.notify_topic, rf"|{_TOPIC}", "the ARN of an SNS topic; a FIFO topic reaches no mailbox")
        self._check_deadline()
        self._check_custody()
        if self.spark_libraries:
            S3Uri.parse(self.spark_libraries, "spark_libraries")
        if self.serverless_role:
            _matching("serverless_role", self.serverless_role, r"arn:aws[\w-]*:iam::\d{12}:role/.+", "the ARN of a role")
        _matching("serverless_application", self.serverless_application, r"[0-9a-z]*", "the id of an application")
        _matching("serverless_architecture", self.serverless_architecture, "X86_64|ARM64", "X86_64 or ARM64")
        _within("idle_minutes", self.idle_minutes, lambda minutes: 1 <= minutes <= 10_080, "from 1 to 10080")

    def _check_deadline(self) -> None:
        _ = self.daily_after
        if self.deadline.strip() and not self.notify_topic:
            raise BadInput(
                f"deadline: {self.deadline}, but nobody would be told of it", "set notify_topic too, or see docs/telling.md for other ways"
            )

    @property
    def daily_after(self) -> timedelta | None:
        """How long after its start a daily run must be finished."""
        by = deadline.parse(self.deadline)
        return by.after(self.schedule) if isinstance(by, deadline.Clock) else None

    @property
    def backup_after(self) -> timedelta | None:
        """The same of each backup."""
        by = deadline.parse(self.deadline)
        return by.interval if isinstance(by, deadline.Length) else None

    def _check_custody(self) -> None:
        _matching("bucket_owner", self.bucket_owner, rf"|{ANY}|\d{{12}}", f"the number of an account, or {ANY}")
        for field in ("kms_key", "logs_kms_key"):
            _matching(field, getattr(self, field), r"|arn:aws[\w-]*:kms:[\w-]+:\d{12}:(key|alias)/.+", "the ARN of a key or of an alias")

    @property
    def custody(self) -> Custody:
        return Custody(
            owner={"": OURS, ANY: ""}.get(self.bucket_owner, self.bucket_owner),
            bucket=self.base_uri.bucket if self.base else "",
            acl=self.bucket_acl,
            key=self.kms_key,
            logs_key=self.logs_kms_key,
            security=self.security_configuration,
        )

    @property
    def wished(self) -> Wished:
        return Wished(engine=self.engine, serverless=self.spark_on == "serverless", worker_minutes=self.worker_minutes)

    @property
    def base_uri(self) -> S3Uri:
        return S3Uri.parse(self.base, "base")

    @property
    def logs(self) -> S3Uri:
        return S3Uri.parse(self.log_uri, "log_uri") if self.log_uri else self.base_uri / "logs"

    @property
    def read_back_bytes(self) -> float:
        return self.read_back_gib * 2**30

    def read_pace(self, prices: Prices = LIST) -> Pace:
        return self._pace(self.read_ratio, "max_read_units", self.on_demand_read_units, prices)

    def write_pace(self, prices: Prices = LIST) -> Pace:
        return self._pace(self.write_ratio, "max_write_units", self.on_demand_write_units, prices)

    @property
    def retains(self) -> bool:
        """Whether there is a policy for any prefix."""
        return any(not self.retention(prefix).keep.is_off for prefix in ["", *self.keep_by_prefix])

    def retention(self, prefix: str) -> Policy:
        """Its own policy, if it has one, in place of the one for all."""
        if prefix in self.keep_by_prefix:
            keep = Keep.parse(self.keep_by_prefix[prefix], f"keep_by_prefix: {prefix}")
        else:
            keep = Keep.parse({rule: getattr(self, f"keep_{rule}") for rule in Keep.__struct_fields__}, "keep")
        return Policy(keep=keep, failed=timedelta(days=self.keep_failed_days))

    def _pace(self, ratio: float, limit: str, on_demand_units: int, prices: Prices) -> Pace:
        spike, most = spiking.parse(self.spike), getattr(self, limit)
        if isinstance(spike, spiking.Absolute) and spike.number > most:
            raise BadInput(f"spike: {spike} is above {limit} {most}", f"raise {limit}, or ask for less")
        worth = self.hour_dollars + self.cluster({}, prices).step_hour_dollars
        return Pace(ratio=ratio, spike=spike, max_units=most, on_demand_units=on_demand_units, hour_dollars=worth, prices=prices)

    @property
    def serverless(self) -> ServerlessSpec:
        return ServerlessSpec(
            role=self.serverless_role,
            application=self.serverless_application,
            release=self.release_label,
            architecture=self.serverless_architecture,
            idle_minutes=self.idle_minutes,
            logs_key=self.logs_kms_key,
        )

    def checklist(self, prefix: str, purposes: list[str]) -> Checklist:
        """What `check` looks at before a run of these settings."""
        return Checklist(
            base=self.base_uri,
            logs=self.logs,
            prefix=prefix,
            exclude=self.exclude,
            exclude_list=self.exclude_list,
            prices=self.prices,
            pace=self.read_pace(),
            cluster=self.cluster({}),
            template=self.cluster_template,
            wished=self.wished,
            jar=self.connector_jar,
            libraries=self.spark_libraries,
            serverless=self.serverless,
            custody=self.custody,
            topic=self.notify_topic,
            purposes=purposes or [BACKUP],
        )

    def cluster(self, template: dict[str, Any], prices: Prices = LIST) -> ClusterSpec:
        return ClusterSpec(
            release=self.release_label,
            instance_type=self.instance_type,
            core_nodes=self.core_nodes,
            max_core_nodes=self.max_core_nodes,
            concurrency=self.step_concurrency,
            max_lanes=self.max_lanes,
            spot=self.spot,
            hour_dollars=self.hour_dollars,
            prices=prices,
            subnets=self.subnets,
            service_role=self.service_role,
            instance_profile=self.instance_profile,
            idle_minutes=self.idle_minutes,
            custody=self.custody,
            template=template,
        )


def _unquoted(field: str, value: str) -> Any:
    if field not in _JSON:
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        kind = "list" if _JSON[field].startswith("[") else "object"
        raise BadInput(f"[{SECTION}] {field}: {value!r} is no JSON {kind}", f"write it as {_JSON[field]}") from error


def _within(field: str, value: float, right: Any, words: str) -> None:
    if not right(value):
        raise BadInput(f"{field}: {value:g} is not {words}", "correct it in the form, airflow.cfg or the environment")


def _matching(field: str, value: str, pattern: str, words: str) -> None:
    if not re.fullmatch(pattern, value):
        raise BadInput(f"{field}: {value!r} is not {words}", "correct it in the form, airflow.cfg or the environment")
