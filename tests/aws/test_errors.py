from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.errors import is_throttled, refused_as_bad_input
from airflow_dynamodb_emr.errors import BadInput

from .helpers import refusal


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "PutObject")


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("404", "base: it is not there"),
        ("NoSuchBucket", "base: it is not there"),
        ("403", "base: it is not allowed to us (403)"),
        ("AccessDenied", "base: it is not allowed to us (AccessDenied)"),
    ],
)
def test_what_is_missing_or_forbidden_is_bad_input(code: str, facts: str) -> None:
    with pytest.raises(BadInput) as raised, refused_as_bad_input("base: it", "do this"):
        raise error(code)

    assert refusal(raised) == (facts, "do this")
    assert isinstance(raised.value.__cause__, ClientError)


def test_any_other_error_stays_what_it_is() -> None:
    with pytest.raises(ClientError, match="SlowDown"), refused_as_bad_input("base: it", "do this"):
        raise error("SlowDown")


@pytest.mark.parametrize(
    ("error", "throttled"),
    [
        pytest.param(ClientError({"Error": {"Code": "ThrottlingException"}}, "ListSteps"), True, id="throttled"),
        pytest.param(ClientError({"Error": {"Code": "ValidationException"}}, "ListSteps"), False, id="refused"),
        pytest.param(ValueError("ThrottlingException"), False, id="no answer of AWS"),
    ],
)
def test_throttling_is_told_from_refusals(error: Exception, throttled: bool) -> None:
    assert is_throttled(error) is throttled
