from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from airflow_dynamodb_emr.aws.inputs import cluster_template, exclude_list, prices
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, NotFound

from .helpers import refusal


def test_a_list_in_s3_has_a_name_or_pattern_a_line(store: Store, folder: S3Uri) -> None:
    store.put(folder / "x.txt", b"# not these\r\n\r\nPROD_a\n  PROD_b*  \n  # nor this\n")

    assert exclude_list(store, str(folder / "x.txt")) == ["PROD_a", "PROD_b*"]


def test_a_list_may_be_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("PROD_a")

    assert exclude_list(store, str(tmp_path / "x.txt")) == ["PROD_a"]


@pytest.mark.parametrize("text", [b'{"Instances": {"Ec2KeyName": "k"}}', b"Instances:\n  Ec2KeyName: k\n"], ids=["JSON", "YAML"])
def test_a_cluster_template_is_json_or_yaml(store: Store, folder: S3Uri, text: bytes) -> None:
    store.put(folder / "cluster", text)

    assert cluster_template(store, str(folder / "cluster")) == {"Instances": {"Ec2KeyName": "k"}}


def test_what_is_not_set_is_empty(store: Store) -> None:
    assert exclude_list(store, "") == [] and cluster_template(store, "") == {}


@pytest.mark.parametrize("where", ["s3://local-backups/no/such", "s3://no-such-bucket/x", "/no/such/file", "/"])
def test_what_is_not_there_is_refused_by_the_name_of_its_setting(store: Store, where: str) -> None:
    with pytest.raises(NotFound) as one:
        exclude_list(store, where)
    with pytest.raises(NotFound) as other:
        cluster_template(store, where)

    assert refusal(one)[0].startswith(f"exclude_list: {where}") and refusal(other)[0].startswith(f"cluster_template: {where}")


def test_a_template_is_checked_where_it_is_read(store: Store, folder: S3Uri) -> None:
    store.put(folder / "cluster", b"Instances:\n  InstanceGroups:\n  - {InstanceRole: BOSS, InstanceType: m5.xlarge, InstanceCount: 1}\n")

    with pytest.raises(BadInput) as raised:
        cluster_template(store, str(folder / "cluster"))

    assert refusal(raised)[0] == "cluster_template: Instances.InstanceGroups[0].InstanceRole: 'BOSS' is not one of MASTER, CORE, TASK"


@pytest.mark.parametrize("text", [b"{a: b: c}", b"- just\n- a list", b"a word", b"", b"\xff\xfe\x00"], ids=["cut", "list", "word", "none", "binary"])
def test_what_is_no_template_is_refused_in_one_line(store: Store, folder: S3Uri, text: bytes) -> None:
    store.put(folder / "cluster", text)

    with pytest.raises(BadInput) as raised:
        cluster_template(store, str(folder / "cluster"))

    assert refusal(raised)[0].startswith(f"cluster_template: {folder / 'cluster'}")


def test_prices_come_from_the_file_that_is_named_or_from_the_package(store: Store, folder: S3Uri, tmp_path: Path) -> None:
    text = files("airflow_dynamodb_emr.core").joinpath("prices.json").read_text().replace("us-east-1", "eu-west-1").replace("0.00013", "0.5")
    store.put(folder / "prices.json", text.encode())
    (tmp_path / "prices.json").write_text(text)

    for where in (str(folder / "prices.json"), str(tmp_path / "prices.json")):
        assert prices(store, where, "eu-west-1").read_unit_hour == 0.5
    assert prices(store, "", "eu-west-1").instead_of == "eu-west-1"


def test_prices_that_are_none_are_refused_by_the_name_of_their_setting(store: Store, folder: S3Uri) -> None:
    store.put(folder / "prices.json", b"[]")

    with pytest.raises(BadInput) as raised:
        prices(store, str(folder / "prices.json"), "eu-west-1")

    assert refusal(raised)[0].startswith(f"prices: {folder / 'prices.json'} is no PriceFile")
