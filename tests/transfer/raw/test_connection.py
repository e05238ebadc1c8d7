from __future__ import annotations

import ssl
from typing import Any

import pytest

from airflow_dynamodb_emr.transfer.raw.connection import connect, host_of

AWS = "https://dynamodb.eu-west-1.amazonaws.com"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (AWS, "dynamodb.eu-west-1.amazonaws.com"),
        (f"{AWS}:443", "dynamodb.eu-west-1.amazonaws.com"),
        (f"{AWS}:8443/", "dynamodb.eu-west-1.amazonaws.com:8443"),
        ("http://127.0.0.1:80", "127.0.0.1"),
        ("http://127.0.0.1:5000", "127.0.0.1:5000"),
        ("http://[::1]:5000", "[::1]:5000"),
    ],
)
def test_the_host_is_as_in_the_header(url: str, host: str) -> None:
    assert host_of(url) == host


def test_to_aws_it_is_tls_that_trusts_what_botocore_does() -> None:
    made: Any = connect(AWS, None)

    assert (made.host, made.port) == ("dynamodb.eu-west-1.amazonaws.com", 443)
    assert made._context.verify_mode == ssl.CERT_REQUIRED and made._context.check_hostname
    assert made._context.cert_store_stats()["x509_ca"] > 50


def test_nothing_is_asked_for_where_that_is_wanted() -> None:
    made: Any = connect(AWS, False)

    assert made._context.verify_mode == ssl.CERT_NONE


def test_a_bundle_of_certificates_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        connect(AWS, "/nowhere/bundle.pem")


@pytest.mark.parametrize(
    ("proxy", "headers"),
    [
        ("http://proxy.example:3128", {}),
        ("proxy.example:3128", {}),
        ("http://me:p%40ss@proxy.example:3128", {"Proxy-Authorization": "Basic bWU6cEBzcw=="}),
    ],
)
def test_the_proxy_that_the_environment_names_is_gone_through(monkeypatch: pytest.MonkeyPatch, proxy: str, headers: dict[str, str]) -> None:
    monkeypatch.setenv("https_proxy", proxy)

    made: Any = connect(AWS, None)

    assert (made.host, made.port) == ("proxy.example", 3128)
    assert (made._tunnel_host, made._tunnel_port) == ("dynamodb.eu-west-1.amazonaws.com", 443)
    assert {name: value for name, value in made._tunnel_headers.items() if name != "Host"} == headers


@pytest.mark.parametrize("url", [AWS, "http://127.0.0.1:5000"], ids=["an exception of it", "not TLS"])
def test_no_proxy_is_gone_through_without_need(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", ".amazonaws.com")

    made: Any = connect(url, None)

    assert made._tunnel_host is None
