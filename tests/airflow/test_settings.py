from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from airflow.exceptions import ParamValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr import params
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.spiking import Absolute
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.provider import get_provider_info
from airflow_dynamodb_emr.settings import SECTION, Settings


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets options as an operator would."""

    def set_options(**options: str) -> None:
        for name, value in options.items():
            monkeypatch.setenv(f"AIRFLOW__{SECTION.upper()}__{name.upper()}", value)

    return set_options


def test_without_configuration_there_are_defaults() -> None:
    assert Settings.from_config() == Settings()


def test_every_option_is_described_with_its_default() -> None:
    options = get_provider_info()["config"][SECTION]["options"]
    described = {name: option["default"] for name, option in options.items() if option["default"]}

    assert set(options) == set(Settings.__struct_fields__)
    assert Settings.parse({name: json.loads(value) if value.startswith("[") else value for name, value in described.items()}) == Settings()


def test_the_environment_is_read_in_native_types(environment: Any) -> None:
    environment(base="s3://bucket/x", read_ratio="0.7", core_nodes="9", prefixes='["A_", "B_"]', exclude="[]", log_uri="")

    settings = Settings.from_config()

    assert (settings.read_ratio, settings.core_nodes, settings.prefixes, settings.exclude) == (0.7, 9, ["A_", "B_"], [])
    assert settings.base_uri == S3Uri("bucket", "x") and settings.logs == S3Uri("bucket", "x/logs")


def test_a_prefix_may_have_a_policy_of_its_own(environment: Any) -> None:
    environment(keep_last="3", keep_within="30d", keep_by_prefix='{"PROD_": {"daily": 30, "within": "8w"}}')

    settings = Settings.from_config()

    assert str(settings.retention("DEV_").keep) == "keep the last 3 backups, and all within 30 days"
    assert str(settings.retention("PROD_").keep) == "keep 30 daily backups, and all within 56 days"
    assert settings.retains and not Settings().retains


@pytest.mark.parametrize(
    ("options", "facts"),
    [
        pytest.param({"keep_daily": "-7"}, "keep: daily: -7 is no number from 0 on", id="a number below 0"),
        pytest.param({"keep_within": "a month"}, "keep: within: 'a month' is no span of time", id="no span"),
        pytest.param({"keep_by_prefix": '{"P_": {"days": 7}}'}, "keep_by_prefix: P_: there is no rule 'days'", id="no rule"),
    ],
)
def test_a_policy_that_is_none_is_refused_by_name(environment: Any, options: dict[str, str], facts: str) -> None:
    environment(**options)

    with pytest.raises(BadInput) as refused:
        Settings.from_config()

    assert refused.value.facts == facts and refused.value.hint


def test_logs_may_go_elsewhere() -> None:
    assert Settings(base="s3://bucket/x", log_uri="s3://logs/emr/").logs == S3Uri("logs", "emr")


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        pytest.param("read_ratio", "fast", "read_ratio", id="a word for a number"),
        pytest.param("core_nodes", "2.5", "core_nodes", id="half a node"),
        pytest.param("prefixes", "PROD_", "prefixes", id="no JSON list"),
        pytest.param("exclude", '{"a": 1}', "exclude", id="no list"),
        pytest.param("subnets", "[1]", "subnets", id="a list of numbers"),
        pytest.param("keep_by_prefix", "daily=7", "keep_by_prefix", id="no JSON object"),
        pytest.param("keep_by_prefix", '["PROD_"]', "keep_by_prefix", id="no object"),
    ],
)
def test_an_option_that_cannot_be_read_is_named(environment: Any, option: str, value: str, word: str) -> None:
    environment(**{option: value})

    with pytest.raises(BadInput) as raised:
        Settings.from_config()

    assert f"[{SECTION}]" in raised.value.facts and word in raised.value.facts and raised.value.hint


@settings(deadline=None)
@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_ratio_is_above_0_and_at_most_1_5(ratio: float) -> None:
    good = not math.isnan(ratio) and 0 < ratio <= 1.5

    for field in ("read_ratio", "write_ratio"):
        try:
            Settings.parse({field: ratio})
        except BadInput as error:
            assert not good and error.facts.startswith(f"{field}: ") and "above 0 and at most 1.5" in error.facts
        else:
            assert good


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("max_read_units", [1, 40_000, 100_000], [0, -1]),
        ("max_write_units", [1, 100_000], [0, -1]),
        ("on_demand_read_units", [1, 40_000], [0, 40_001]),
        ("on_demand_write_units", [1, 40_000], [0, 40_001]),
        ("step_concurrency", [0, 1, 256], [-1, 257]),
        ("core_nodes", [0, 1, 500], [-1]),
        ("max_core_nodes", [1, 500], [0]),
        ("max_lanes", [1, 20], [0, 21]),
        ("hour_dollars", [0, 0.5], [-1, math.inf, math.nan]),
        ("poll_seconds", [0.1], [0, -1]),
        ("read_back_gib", [0, 0.5, math.inf], [-1, math.nan]),
        ("idle_minutes", [1, 10_080], [0, 10_081]),
        ("keep_failed_days", [1, 10_000], [0, -1]),
        ("keep_unfinished_days", [1, 10_000], [0, -1]),
        ("retries", [0], [-1]),
        ("retry_seconds", [0], [-1]),
    ],
)
def test_a_number_outside_its_limits_is_refused_by_name(field: str, good: list[float], bad: list[float]) -> None:
    for value in good:
        assert getattr(Settings.parse({field: value}), field) == value
    for value in bad:
        with pytest.raises(BadInput, match=f"^{field}: {value:g} is not ") as raised:
            Settings.parse({field: value})
        assert raised.value.hint and "\n" not in raised.value.facts


@pytest.mark.parametrize("base", ["", "my-bucket", "/tmp/backups", "https://bucket.s3.amazonaws.com/x"])
def test_a_base_that_is_no_folder_in_s3_is_refused_by_name(base: str) -> None:
    with pytest.raises(BadInput) as raised:
        _ = Settings(base=base).base_uri

    assert raised.value.facts == f"base: expected s3://bucket/prefix, got {base!r}" and raised.value.hint


def test_the_form_of_a_run_wins_over_the_settings() -> None:
    settings = Settings(read_ratio=0.5, exclude=["a"], base="s3://b/x").with_form({"read_ratio": 1, "exclude": ["c"], "base": "s3://other/y"})

    assert (settings.read_ratio, settings.exclude, settings.base) == (1.0, ["c"], "s3://other/y")


@pytest.mark.parametrize("empty", [None, ""])
def test_a_field_that_is_empty_leaves_the_setting_as_it_is(empty: str | None) -> None:
    assert Settings(base="s3://b/x", exclude=["a"]).with_form({"base": empty, "exclude": empty}) == Settings(base="s3://b/x", exclude=["a"])


def test_a_list_that_is_emptied_in_the_form_is_empty() -> None:
    assert Settings(exclude=["a"]).with_form({"exclude": []}).exclude == []


def test_a_zero_in_the_form_is_a_value() -> None:
    assert Settings(retries=2).with_form({"retries": 0}).retries == 0
    with pytest.raises(BadInput, match="read_ratio: 0 is not above 0"):
        Settings().with_form({"read_ratio": 0})


def test_other_fields_of_the_form_are_no_settings() -> None:
    assert Settings().with_form({"prefix": "PROD_", "tables": ["x"]}) == Settings()


def test_the_paces_take_what_is_meant_for_them() -> None:
    settings = Settings(read_ratio=0.1, write_ratio=0.2, max_read_units=3, max_write_units=4, on_demand_read_units=5, on_demand_write_units=6)

    assert (settings.read_pace().ratio, settings.read_pace().max_units, settings.read_pace().on_demand_units) == (0.1, 3, 5)
    assert (settings.write_pace().ratio, settings.write_pace().max_units, settings.write_pace().on_demand_units) == (0.2, 4, 6)


def test_the_environment_alone_is_read_without_airflow() -> None:
    settings = Settings.from_environment({"AIRFLOW__DYNAMODB_EMR__READ_RATIO": "0.7", "AIRFLOW__DYNAMODB_EMR__EXCLUDE": '["a"]', "HOME": "/"})

    assert settings == Settings(read_ratio=0.7, exclude=["a"])


@pytest.mark.parametrize("spike", ["-5 minutes", "x1", "fast", "0 units"])
def test_a_spike_that_cannot_be_is_refused_by_name(spike: str) -> None:
    for refused in (lambda: Settings.parse({"spike": spike}), lambda: Settings().with_form({"spike": spike})):
        with pytest.raises(BadInput, match=f"^spike: '{spike}' is neither"):
            refused()


def test_units_above_the_users_own_limit_are_refused() -> None:
    settings = Settings(spike="5000 units", max_read_units=4000, max_write_units=5000)

    assert settings.write_pace().spike == Absolute(number=5000)
    with pytest.raises(BadInput) as raised:
        _ = settings.read_pace()
    assert raised.value.facts == "spike: 5000 units is above max_read_units 4000" and "max_read_units" in raised.value.hint


def test_an_hour_is_worth_the_waiting_and_the_share_of_the_cluster() -> None:
    settings = Settings(hour_dollars=2, core_nodes=4, step_concurrency=6)

    assert settings.read_pace().hour_dollars == settings.write_pace().hour_dollars == pytest.approx(2 + 5 * 0.24 / 6)
    assert Settings(hour_dollars=2, instance_type="z9.huge").read_pace().hour_dollars == 2


@pytest.mark.parametrize("form", [params.backup, params.restore])
def test_the_form_refuses_a_spike_that_cannot_be_as_it_is_typed(form: Callable[[Settings], dict[str, Any]]) -> None:
    field = form(Settings(spike=" X10 "))["spike"]

    assert field.resolve() == "x10"
    for good in ("20 minutes", "x2.5", "4000 units", "off", "", None):
        assert field.resolve(good) == good
    for bad in ("-5 minutes", "x1", "4000", "fast", "0 units"):
        with pytest.raises(ParamValidationError):
            field.resolve(bad)


def test_the_cluster_is_the_one_of_the_settings_and_the_template() -> None:
    template = {"Instances": {"Ec2KeyName": "k"}}

    settings = Settings(
        core_nodes=7, subnets=["subnet-1"], step_concurrency=3, idle_minutes=9, spot=False, max_lanes=2, max_core_nodes=8, hour_dollars=5
    )
    cluster = settings.cluster(template)

    assert (cluster.core_nodes, cluster.subnets, cluster.concurrency, cluster.idle_minutes, cluster.template) == (7, ["subnet-1"], 3, 9, template)
    assert (cluster.spot, cluster.max_lanes, cluster.max_core_nodes, cluster.hour_dollars) == (False, 2, 8, 5)


@pytest.mark.parametrize(("text", "spot"), [("True", True), ("true", True), ("False", False), ("false", False), ("0", False)])
def test_spot_machines_are_wanted_or_not(environment: Any, text: str, spot: bool) -> None:
    environment(spot=text)

    assert Settings.from_config().spot is spot


@pytest.mark.parametrize("form", [params.backup, params.restore])
def test_the_form_takes_a_size_or_as_much_as_is_needed(form: Callable[[Settings], dict[str, Any]]) -> None:
    fields = form(Settings())

    for name in ("core_nodes", "step_concurrency"):
        assert fields[name].resolve() == 0 and fields[name].resolve(12) == 12
        with pytest.raises(ParamValidationError):
            fields[name].resolve(-1)


def test_what_is_read_back_is_told_in_bytes() -> None:
    assert Settings(read_back_gib=0.5).read_back_bytes == 2**29
