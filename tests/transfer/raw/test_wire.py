from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from threading import Event
from typing import Any

import pytest
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import MetadataRetrievalError
from botocore.session import Session

from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer.raw import connection, wire
from airflow_dynamodb_emr.transfer.raw.patience import Patience
from airflow_dynamodb_emr.transfer.raw.refusals import Refused, Stopped
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint, Wire
from tests.transfer.raw.server import Answer, Server, Silence, refused, server
from tests.transfer.raw.tables import FEW_SECONDS, HURRIED, QUICK, ticks

GOOD = Answer(b'{"a":1}')


class Then:
    """One answer after the other; the last for all that follow."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def __call__(self, *_: Any) -> Answer:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def there() -> Iterator[Server]:
    with server(Then(GOOD)) as made:
        yield made


def asked(there: Server, *answers: Any, patience: Patience = QUICK, **changed: Any) -> Any:
    there.script = Then(*answers)
    return call(there.endpoint._replace(**changed), patience)


def call(endpoint: Endpoint, patience: Patience, stop: Event | None = None) -> Any:
    """The answer, and what it had to be asked for again."""
    with closing(Wire(endpoint, patience, stop)) as wire:
        return wire.until("Scan", b"{}", lambda answer: json.loads(bytes(answer))), wire.troubles


@pytest.mark.parametrize(
    ("answers", "troubles"),
    [
        pytest.param([GOOD], {}, id="at once"),
        pytest.param([refused("ProvisionedThroughputExceededException")] * 3, {"ProvisionedThroughputExceededException": 3}, id="throttled"),
        pytest.param([refused("InternalServerError", status=500)], {"InternalServerError": 1}, id="an error inside"),
        pytest.param([Answer(b"busy", 503)], {"503": 1}, id="busy"),
        pytest.param([Answer(b'{"a":2}', checksum="1")], {"damaged answer": 1}, id="a bit is another"),
        pytest.param([Answer(b'{"a":2}', checksum="no number")], {"damaged answer": 1}, id="a checksum that is none"),
        pytest.param([Answer(b"<html>hello</html>")], {"no answer of DynamoDB": 1}, id="no JSON"),
        pytest.param([Answer(b'{"a":', checksum=None)], {"no answer of DynamoDB": 1}, id="cut, and no checksum"),
        pytest.param(
            [refused("ThrottlingException")] * 5 + [refused("ExpiredTokenException")] * 3, {"ThrottlingException": 5, "ExpiredTokenException": 3}
        ),
    ],
)
def test_a_call_is_made_again_while_that_helps(there: Server, answers: list[Answer], troubles: dict[str, int]) -> None:
    assert asked(there, *answers, GOOD) == ({"a": 1}, troubles)


def test_a_call_says_what_it_is_and_its_body_is_what_was_given(there: Server) -> None:
    seen: list[tuple[str, bytes]] = []

    def script(operation: str, body: bytes) -> Answer:
        seen.append((operation, body))
        return GOOD

    there.script = script
    with closing(Wire(there.endpoint)) as wire:
        wire.until("Query", b'{"x":"\xc3\xa4"}', bytes)

    assert seen == [("Query", b'{"x":"\xc3\xa4"}')]


def test_an_answer_without_a_checksum_is_taken(there: Server) -> None:
    assert asked(there, Answer(b'{"a":1}', checksum=None)) == ({"a": 1}, {})


def test_a_connection_is_kept_and_opened_again_where_it_was_closed(there: Server) -> None:
    there.script = Then(GOOD, GOOD, GOOD._replace(close=True), GOOD)
    with closing(Wire(there.endpoint, QUICK)) as wire:
        wire.until("Scan", b"{}", bytes)
        first = wire._connection.sock
        wire.until("Scan", b"{}", bytes)
        assert wire._connection.sock is first
        wire.until("Scan", b"{}", bytes)
        wire.until("Scan", b"{}", bytes)
        assert wire._connection.sock is not first


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_that_stays_one_is_told_at_once(there: Server, status: int) -> None:
    with pytest.raises(Refused, match="Scan was refused: AccessDeniedException: no\nHINT: allow the action"):
        asked(there, refused("AccessDeniedException", status=status))

    assert there.seen == ["Scan"]


@pytest.mark.parametrize(
    ("answer", "facts", "hint"),
    [
        pytest.param(refused("ThrottlingException"), "ThrottlingException: no", "raise the table's throughput", id="throttled"),
        pytest.param(
            Answer(b"<html>hello</html>"), "no answer of DynamoDB: .*<html>hello", "check region, endpoint, network and proxy", id="no JSON"
        ),
        pytest.param(Answer(b"{}", checksum="1"), "damaged answer: its CRC32 is not 1", "check region, endpoint, network and proxy", id="damaged"),
        pytest.param(Answer(b"<html>busy", 503), "503: <html>busy", "check region, endpoint, network and proxy", id="busy"),
    ],
)
def test_patience_ends(there: Server, answer: Answer, facts: str, hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "time", ticks())

    with pytest.raises(CopyFailed, match=rf"Scan at http://127.0.0.1:\d+: not done in 4 s, the last time for .*{facts}") as raised:
        asked(there, answer, patience=FEW_SECONDS)

    assert raised.value.hint.startswith(hint)
    assert len(there.seen) == 4


def test_an_endpoint_that_is_silent_is_given_up(there: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", 0.02)

    with pytest.raises(CopyFailed, match=r"the last time for no answer: .*timed out\nHINT: check region"):
        asked(there, Silence(), patience=HURRIED)


def test_an_endpoint_that_refuses_connections_is_given_up() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(CopyFailed, match=r"no answer: ConnectionRefusedError .*\nHINT: check region"):
        call(Endpoint(url, "us-east-1", Credentials("a", "b")), HURRIED)


@pytest.mark.parametrize(
    "error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label empty or too long")], ids=["unknown", "no name at all"]
)
def test_an_endpoint_that_no_name_server_knows_is_given_up(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(CopyFailed, match=r"no answer: .*\nHINT: check region"):
        call(Endpoint("http://dynamodb.nowhere.invalid", "nowhere", Credentials("a", "b")), HURRIED)


def test_credentials_that_have_expired_and_are_not_renewed_are_told_soon(there: Server) -> None:
    with pytest.raises(Refused, match="ExpiredTokenException: the credentials have expired, and are not renewed\nHINT: use credentials that renew"):
        asked(there, refused("ExpiredTokenException"))

    assert len(there.seen) == 4


def renewed(*outcomes: Any) -> RefreshableCredentials:
    """Credentials of which the first are about to expire."""
    soon, late = (datetime.now(timezone.utc) + timedelta(minutes=minutes) for minutes in (1, 600))
    left = list(outcomes)

    def refresh() -> dict[str, str]:
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, Exception):
            raise outcome
        return {"access_key": outcome, "secret_key": "s", "token": "t", "expiry_time": late.isoformat()}

    return RefreshableCredentials("old", "s", "t", soon, refresh, "test")


def test_credentials_are_renewed_in_the_middle_although_that_fails_for_a_while(there: Server) -> None:
    credentials = renewed(MetadataRetrievalError(error_msg="busy"), RuntimeError("still expired"), "new")

    assert asked(there, GOOD, credentials=credentials) == ({"a": 1}, {"no credentials": 2})
    assert credentials.get_frozen_credentials().access_key == "new"


def test_credentials_that_cannot_be_renewed_are_told(there: Server) -> None:
    with pytest.raises(CopyFailed, match=r"no credentials: MetadataRetrievalError .*busy.*\nHINT: look at the role") as raised:
        asked(there, GOOD, credentials=renewed(MetadataRetrievalError(error_msg="busy")), patience=HURRIED)

    assert not there.seen and raised.value.facts.startswith("Scan at ")


def test_nothing_is_asked_once_the_copy_is_given_up(there: Server) -> None:
    stop = Event()
    stop.set()

    with pytest.raises(Stopped):
        call(there.endpoint, QUICK, stop)

    assert not there.seen


def test_a_pause_ends_when_the_copy_is_given_up(there: Server) -> None:
    stop = Event()

    def script(*_: Any) -> Answer:
        stop.set()
        return refused("ThrottlingException")

    there.script = script

    with pytest.raises(Stopped):
        call(there.endpoint, Patience(first_seconds=3600, most_seconds=3600), stop)


def test_an_endpoint_is_where_botocore_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/bundle.pem")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://proxy.example:8443")

    found = Endpoint.of(Session())

    assert (found.url, found.region, found.verify) == ("https://proxy.example:8443", "us-east-1", "/etc/bundle.pem")
    assert found.credentials.access_key == "testing"


@pytest.mark.parametrize(
    ("missing", "facts"),
    [(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], "there are no AWS credentials"), (["AWS_DEFAULT_REGION"], "there is no AWS region")],
)
def test_what_is_not_set_is_told(monkeypatch: pytest.MonkeyPatch, missing: list[str], facts: str) -> None:
    for name in missing:
        monkeypatch.delenv(name)

    with pytest.raises(BadInput, match=f"{facts}\nHINT: "):
        Endpoint.of(Session())
