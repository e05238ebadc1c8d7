from __future__ import annotations

import pytest

from airflow_dynamodb_emr.transfer.raw.refusals import Refused, Trouble, given_up, refusal


def told(code: str, word: str = "message") -> bytes:
    return f'{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","{word}":"because"}}'.encode()


@pytest.mark.parametrize(
    ("status", "answer", "code", "answered"),
    [
        pytest.param(400, told("ProvisionedThroughputExceededException"), "ProvisionedThroughputExceededException", True, id="throttled"),
        pytest.param(400, told("ThrottlingException", "Message"), "ThrottlingException", True, id="throttled on demand"),
        pytest.param(400, told("RequestLimitExceeded"), "RequestLimitExceeded", True, id="too many requests"),
        pytest.param(400, told("ExpiredTokenException"), "ExpiredTokenException", True, id="expired"),
        pytest.param(400, told("ReplicatedWriteConflictException"), "ReplicatedWriteConflictException", True, id="another region writes"),
        pytest.param(500, told("InternalServerError"), "InternalServerError", True, id="an error inside"),
        pytest.param(503, b"<html>", "503", False, id="a machine before it is busy"),
        pytest.param(429, b"", "429", False, id="a proxy is asked too much"),
    ],
)
def test_what_time_may_cure(status: int, answer: bytes, code: str, answered: bool) -> None:
    trouble = refusal("Scan", status, answer)

    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.answered) == (code, answered)


@pytest.mark.parametrize(
    ("status", "answer", "facts", "hint"),
    [
        pytest.param(400, told("ResourceNotFoundException"), "ResourceNotFoundException: because", "the table was deleted", id="no table"),
        pytest.param(400, told("AccessDeniedException", "Message"), "AccessDeniedException: because", "allow the action", id="denied"),
        pytest.param(400, told("UnrecognizedClientException"), "UnrecognizedClientException: because", "the credentials are unknown", id="unknown"),
        pytest.param(400, told("InvalidSignatureException"), "InvalidSignatureException: because", "check the secret key, and the clock", id="clock"),
        pytest.param(400, told("ValidationException"), "ValidationException: because", "", id="anything else"),
        pytest.param(404, b"<html>no such page", "404: <html>no such page", "this is not DynamoDB's answer", id="not DynamoDB"),
        pytest.param(301, b"\xff[]", "301: \ufffd[]", "this is not DynamoDB's answer", id="elsewhere"),
        pytest.param(400, b"[]", "400: []", "this is not DynamoDB's answer", id="JSON of something else"),
    ],
)
def test_what_time_will_not_cure_and_what_helps(status: int, answer: bytes, facts: str, hint: str) -> None:
    refused = refusal("Scan", status, answer)

    assert isinstance(refused, Refused)
    assert refused.facts == f"Scan was refused: {facts}"
    assert refused.hint.startswith(hint) and bool(refused.hint) is bool(hint)


@pytest.mark.parametrize(
    ("trouble", "hint"),
    [
        pytest.param(Trouble("ThrottlingException", "", True), "raise the table's throughput, or copy at a lower rate", id="throttled"),
        pytest.param(Trouble("no answer", "", False), "check region, endpoint, network and proxy", id="silent"),
        pytest.param(Trouble("no credentials", "", False), "look at the role, profile or process", id="no credentials"),
        pytest.param(Trouble("ExpiredTokenException", "", True), "use credentials that renew themselves", id="expired"),
    ],
)
def test_the_end_of_patience_says_what_helps(trouble: Trouble, hint: str) -> None:
    assert given_up("Scan", "http://x", trouble, 5).hint.startswith(hint)
