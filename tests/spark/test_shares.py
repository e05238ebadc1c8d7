"""One rate for all tasks of an application, wherever they run."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from threading import Event

import pytest

from airflow_dynamodb_emr.spark import share
from airflow_dynamodb_emr.spark.share import Division
from airflow_dynamodb_emr.spark.shares import Shares
from airflow_dynamodb_emr.transfer.raw.limiter import NoLimit
from tests.local.helpers import until


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits until a task asks again."""
    monkeypatch.setattr(share, "_ASK_SECONDS", 0.0)
    monkeypatch.setattr(share, "_AGAIN_SECONDS", 0.0)


@pytest.fixture
def shares() -> Iterator[Shares]:
    """A hundred units, for four tasks at most."""
    with closing(Shares(100, 4, "127.0.0.1")) as made:
        yield made


def test_a_task_that_runs_alone_has_the_whole_rate(shares: Shares) -> None:
    with shares.division.limiter() as limiter:
        assert limiter.rate == 100


def test_the_rate_is_divided_anew_when_a_task_begins_and_when_one_ends(shares: Shares) -> None:
    with shares.division.limiter() as first:
        with shares.division.limiter() as second:
            first.wait(Event())
            assert (first.rate, second.rate) == (50, 50)
        until(lambda: shares.running == 1)
        first.wait(Event())

        assert first.rate == 100


def test_tasks_of_an_executor_that_is_lost_give_their_shares_back(shares: Shares) -> None:
    """Its connections are closed by the machine that it ran on, or found dead."""
    lost = socket.create_connection((shares.division.host, shares.division.port))
    lost.sendall(shares.division.secret.encode() + b"\n?\n")
    until(lambda: shares.running == 1)
    with shares.division.limiter() as limiter:
        assert limiter.rate == 50
        lost.close()
        until(lambda: shares.running == 1)
        limiter.wait(Event())

        assert limiter.rate == 100


def test_who_does_not_know_the_secret_is_told_nothing_and_does_not_count(shares: Shares) -> None:
    with closing(socket.create_connection((shares.division.host, shares.division.port))) as stranger:
        stranger.sendall(b"guess\n?\n")
        stranger.settimeout(10)

        assert _heard(stranger) == b""
        assert shares.running == 0


def _heard(connection: socket.socket) -> bytes:
    try:
        return connection.recv(100)
    except ConnectionError:  # hung up on with a question unread
        return b""


def test_a_driver_that_is_gone_leaves_a_task_its_last_share(shares: Shares) -> None:
    with shares.division.limiter() as first, shares.division.limiter():
        first.wait(Event())
        shares.close()
        until(lambda: _rate_after_a_question(first) == 50)


def _rate_after_a_question(limiter: object) -> float:
    limiter.wait(Event())  # type: ignore[attr-defined]
    return float(limiter.rate)  # type: ignore[attr-defined]


def test_where_nobody_can_listen_each_task_has_what_it_would_if_all_ran() -> None:
    with closing(Shares(100, 4, "203.0.113.1")) as shares, shares.division.limiter() as limiter:
        limiter.wait(Event())

        assert (shares.division.port, limiter.rate) == (0, 25)


def test_a_driver_that_cannot_be_reached_leaves_a_task_what_it_would_have_if_all_ran() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as nobody:
        port = nobody.getsockname()[1]
    with Division(25, "127.0.0.1", port, "secret").limiter() as limiter:
        assert limiter.rate == 25


def test_an_address_of_ipv6_may_be_in_brackets() -> None:
    with closing(Shares(100, 4, "[::1]")) as shares:
        if not shares.division.port:
            pytest.skip("this machine has no IPv6")
        with shares.division.limiter() as limiter:
            assert limiter.rate == 100


def test_no_rate_is_no_limit() -> None:
    with closing(Shares(0, 4, "127.0.0.1")) as shares, shares.division.limiter() as limiter:
        assert isinstance(limiter, NoLimit)
        assert shares.running == 0


def test_many_small_tasks_one_after_the_other_take_no_more_than_their_share() -> None:
    """Each reads one page, which is more than a second's worth: the next has to wait for what the one before has taken."""
    division = Division(10)
    with division.limiter() as first:
        first.took(3000)
    with division.limiter() as second:
        assert second._missing_seconds() == pytest.approx(300, rel=0.1)


def test_a_task_that_begins_has_saved_nothing_up() -> None:
    with Division(1000).limiter() as limiter:
        limiter.took(50)

        assert limiter._missing_seconds() > 0
