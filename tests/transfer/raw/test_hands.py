from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from threading import Barrier, Event, Lock, Thread
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer.raw.hands import Hands
from airflow_dynamodb_emr.transfer.raw.refusals import Stopped
from airflow_dynamodb_emr.transfer.raw.wire import Wire
from tests.transfer.raw.server import Answer, Silence, server
from tests.transfer.raw.tables import QUICK

SECONDS = 20  # after which a thread is said to hang


class Connection:
    def __init__(self, stop: Event) -> None:
        self.stop, self.interrupted, self.closed = stop, False, False

    def interrupt(self) -> None:
        self.interrupted = True

    def close(self) -> None:
        self.closed = True


def hands(number: int) -> Hands:
    return Hands(number, Connection)  # type: ignore[arg-type]


def nothing(_: Any) -> Iterable[Any]:
    return ()


def test_all_work_is_done_and_what_it_makes(made: int = 4) -> None:
    with closing(hands(3)) as crew:
        results = list(crew.work([4, 1, 3], lambda n: n, lambda n: [n - 1] if n else []))

    assert sorted(results) == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4]


def test_each_hand_has_a_connection_to_itself() -> None:
    crew, lock, all_there = hands(4), Lock(), Barrier(4, timeout=SECONDS)
    lent: set[int] = set()

    def use(_: int) -> None:
        with crew.wire() as wire:
            with lock:
                assert id(wire) not in lent
                lent.add(id(wire))
            all_there.wait()
            with lock:
                lent.discard(id(wire))

    list(crew.work(range(40), use, nothing))


def test_the_first_failure_ends_all_and_is_what_is_told() -> None:
    crew, done = hands(2), []
    others_wait = Event()

    def act(n: int) -> None:
        if n == 0:
            raise CopyFailed("it is this")
        done.append(n)
        if not crew.stop.wait(SECONDS):
            others_wait.set()
        raise Stopped

    with pytest.raises(CopyFailed, match="it is this"):
        list(crew.work(range(1000), act, nothing))

    assert len(done) <= 2 and not others_wait.is_set()
    assert all(wire.interrupted for wire in crew.wires)  # type: ignore[attr-defined]


def test_an_interrupt_ends_all_too() -> None:
    crew, done = hands(2), []

    def act(n: int) -> None:
        if n == 3:
            raise KeyboardInterrupt
        done.append(n)
        if n > 3:
            crew.stop.wait(SECONDS)

    with pytest.raises(KeyboardInterrupt):
        list(crew.work(range(1000), act, nothing))

    assert crew.stop.is_set() and len(done) <= 5


def test_who_stops_listening_ends_all() -> None:
    crew = hands(2)
    results: Iterator[int] = crew.work(range(1000), lambda n: n, nothing)  # type: ignore[assignment]

    next(results)
    results.close()  # type: ignore[attr-defined]

    assert crew.stop.is_set()


def test_connections_are_closed_in_the_end() -> None:
    crew = hands(3)

    crew.close()

    assert all(wire.closed for wire in crew.wires)  # type: ignore[attr-defined]


def test_no_hands_copy_nothing() -> None:
    with pytest.raises(BadInput, match="hands: 0 cannot copy anything"):
        hands(0)


def test_a_hand_that_waits_for_an_answer_does_not_hold_up_a_failure() -> None:
    """The endpoint keeps one call waiting for ever; the timeout of a connection is a minute."""
    waits = Event()

    def script(operation: str, _: bytes) -> Answer:
        waits.set()
        raise Silence

    with server(script) as there, ExitStack() as stack:
        crew = stack.enter_context(closing(Hands(2, lambda stop: Wire(there.endpoint, QUICK, stop))))

        def act(n: int) -> Any:
            if n == 0:
                with crew.wire() as wire:
                    return wire.until("Scan", b"{}", bytes)
            waits.wait(SECONDS)
            raise CopyFailed("it is this")

        failures: list[BaseException] = []

        def run() -> None:
            try:
                list(crew.work([0, 1], act, nothing))
            except CopyFailed as failure:
                failures.append(failure)

        thread = Thread(target=run, daemon=True)
        thread.start()
        thread.join(SECONDS)

        assert [str(failure) for failure in failures] == ["it is this"] and waits.is_set()
