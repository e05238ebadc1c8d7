"""Nothing that was started is left, whatever it does."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest

from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError
from airflow_dynamodb_emr.local.programs import Programs, free_port, until
from airflow_dynamodb_emr.local.signals import stoppable

# Writes its process id to a file once it is as far as it should be, then does nothing.
_WAITS = "import os, pathlib, signal, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); signal.pause()"
_IGNORES = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_WAITS}"
_IN_ANOTHER_GROUP = f"import os, signal; os.fork() and signal.pause(); os.setpgid(0, 0); {_WAITS}"


def _start(programs: Programs, folder: Path, code: str) -> int:
    note = folder / "pid"
    programs.start("it", [sys.executable, "-c", code, note], os.environ)
    return until(lambda: int(note.read_text()) if note.exists() and note.read_text() else None, "it runs", programs.check)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(_WAITS, id="a plain one"),
        pytest.param(_IGNORES, id="one that ignores the request"),
        pytest.param(_IN_ANOTHER_GROUP, id="a child in a group of its own"),
    ],
)
def test_nothing_is_left_of_a_program(tmp_path: Path, code: str) -> None:
    with Programs(tmp_path) as programs:
        pid = _start(programs, tmp_path, code)
        programs.end(patience_seconds=0.5)

    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_program_that_ended_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs, pytest.raises(DynamoDBBackupError, match=r"it ended with status 3:\nno more room"):
        programs.start("it", [sys.executable, "-c", "print('no more room'); raise SystemExit(3)"], os.environ)
        programs.wait("it")


def test_waiting_for_a_program_ends_with_its_work(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start("it", [sys.executable, "-c", "open('done', 'w').close()"], os.environ)
        programs.wait("it")
        programs.check()

    assert (tmp_path / "done").exists()


def test_waiting_has_an_end() -> None:
    with pytest.raises(DynamoDBBackupError, match=r"the answer: not within 0\.1 seconds"):
        until(lambda: None, "the answer", lambda: None, seconds=0.1)


def test_a_port_that_is_taken_is_bad_input() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BadInput, match="cannot be used"):
        free_port(taken.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_and_the_second_does_not_disturb_the_cleaning_up(number: signal.Signals) -> None:
    cleaned_up = False

    with pytest.raises(KeyboardInterrupt), stoppable():
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(number)
            cleaned_up = True

    assert cleaned_up


def test_signals_mean_what_they_did_before_once_the_block_is_left() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with stoppable():
        pass

    assert signal.getsignal(signal.SIGTERM) is before
