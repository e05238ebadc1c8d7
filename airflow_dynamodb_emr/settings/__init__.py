"""What the section `[dynamodb_emr]` of Airflow's configuration says, and what a run's form says instead.

Parsed here, at the door: nothing deeper checks again. Every error names the option or field it came from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from airflow_dynamodb_emr.core import spiking
from airflow_dynamodb_emr.core.checklist import BACKUP, Checklist
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST, Prices
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.settings.machines import Machines
from airflow_dynamodb_emr.settings.options import SECTION as SECTION
from airflow_dynamodb_emr.settings.options import Option, options


class Settings(Machines, frozen=True, kw_only=True):
    """One field for each option. Its groups build on one another, because a struct has one base."""

    @classmethod
    def from_config(cls) -> Settings:
        """From airflow.cfg and `AIRFLOW__DYNAMODB_EMR__...`; what is not set there keeps its default."""
        from airflow.configuration import conf  # here, because the command line does without Airflow

        return cls._parse_text({name: conf.get(SECTION, name, fallback=None) for name in cls.__struct_fields__})

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """From `AIRFLOW__DYNAMODB_EMR__...` alone, for where there is no Airflow."""
        return cls._parse_text({name: environment.get(f"AIRFLOW__{SECTION}__{name}".upper()) for name in cls.__struct_fields__})

    @classmethod
    def _parse_text(cls, values: Mapping[str, str | None]) -> Settings:
        return cls.parse({name: _unquoted(name, value, options(cls)[name]) for name, value in values.items() if value})

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
        known = {name: form[name] for name in self.__struct_fields__ if form.get(name) not in (None, "")}
        return self.parse({**msgspec.structs.asdict(self), **known})

    def check(self) -> None:
        for name, option in options(type(self)).items():
            if option.limit:
                option.limit.refuse(name, getattr(self, name))
        _ = self.wished, self.policies
        spiking.parse(self.spike)
        self.check_deadline()
        if self.spark_libraries:
            S3Uri.parse(self.spark_libraries, "spark_libraries")

    def read_pace(self, prices: Prices = LIST) -> Pace:
        return self._pace(self.read_ratio, "max_read_units", self.on_demand_read_units, prices)

    def write_pace(self, prices: Prices = LIST) -> Pace:
        return self._pace(self.write_ratio, "max_write_units", self.on_demand_write_units, prices)

    def _pace(self, ratio: float, limit: str, on_demand_units: int, prices: Prices) -> Pace:
        spike, most = spiking.parse(self.spike), getattr(self, limit)
        if isinstance(spike, spiking.Absolute) and spike.number > most:
            raise BadInput(f"spike: {spike} is above {limit} {most}", f"raise {limit}, or ask for less")
        worth = self.hour_dollars + self.cluster({}, prices).step_hour_dollars
        return Pace(ratio=ratio, spike=spike, max_units=most, on_demand_units=on_demand_units, hour_dollars=worth, prices=prices)

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


def _unquoted(name: str, value: str, option: Option) -> Any:
    if not option.is_json:
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        kind = "list" if option.example.startswith("[") else "object"
        raise BadInput(f"[{SECTION}] {name}: {value!r} is no JSON {kind}", f"write it as {option.example}") from error
