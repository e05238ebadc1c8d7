"""Processes of steps are copies of one that has the connector imported already."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from airflow_dynamodb_emr.local.emr.forks import Forks
from tests.local.helpers import until

_PROGRAM = """
import os, sys, time
word = sys.argv[1]
if word == "say":
    print(sys.argv[2]); print("counted", file=sys.stderr)
elif word == "look":
    print("airflow_dynamodb_emr.local.connector.command" in sys.modules, "boto3" in sys.modules, os.environ["OF_THE_STAND_IN"])
elif word == "much":
    print("x" * 1_000_000)
elif word == "begin":
    print("begun", flush=True); time.sleep(60)
elif word == "exit":
    sys.exit(int(sys.argv[2]))
elif word == "complain":
    sys.exit("no space left on device")
else:
    raise ValueError(word)
"""


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    folder = tmp_path_factory.mktemp("programs")
    (folder / "told_program.py").write_text(_PROGRAM)
    forks = Forks({"PYTHONPATH": str(folder), "OF_THE_STAND_IN": "yes"})
    yield forks
    forks.close()


def test_a_process_leaves_what_it_wrote_and_its_exit_code(forks: Forks) -> None:
    ended = forks.start("told_program", ["say", "hello"]).wait()

    assert (ended.code, ended.stdout, ended.stderr) == (0, b"hello\n", b"counted\n")


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        pytest.param(["exit", "255"], 255, "exit code 255", id="exit code"),
        pytest.param(["complain"], 1, "no space left on device", id="exit with words"),
        pytest.param(["stumble"], 1, "ValueError: stumble", id="exception"),
    ],
)
def test_a_process_fails_as_any_python_does(forks: Forks, args: list[str], code: int, words: str) -> None:
    ended = forks.start("told_program", args).wait()

    assert (ended.code, ended.last_words.splitlines()[-1]) == (code, words)


def test_the_connector_is_there_before_a_process_begins_and_nothing_slow_is(forks: Forks) -> None:
    assert forks.start("told_program", ["look"]).wait().stdout == b"True False yes\n"


def test_more_than_a_pipe_holds_is_read(forks: Forks) -> None:
    assert len(forks.start("told_program", ["much"]).wait().stdout) == 1_000_001


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_process_is_ended_by_a_signal(forks: Forks, number: signal.Signals) -> None:
    fork = forks.start("told_program", ["say", "never"], sleep_seconds=None)

    fork.signal(number)

    assert (fork.wait().code, fork.wait().stdout) == (-number, b"")
    fork.join(5)
    assert fork.gone
    until(lambda: not psutil.pid_exists(fork.pid))
    fork.signal(number)  # too late, and no error


def test_a_process_sleeps_before_it_begins_when_told_to(forks: Forks) -> None:
    assert forks.start("told_program", ["say", "hello"], sleep_seconds=0.01).wait().stdout == b"hello\n"


def test_a_process_that_is_left_goes_on(forks: Forks) -> None:
    fork = forks.start("told_program", ["begin"])
    until(lambda: b"begun" in fork.written)

    fork.leave(signal.SIGTERM)

    assert (fork.wait().code, fork.wait().stdout) == (-signal.SIGTERM, b"begun\n")
    assert not fork.gone and psutil.pid_exists(fork.pid)
    fork.signal(signal.SIGKILL)
    fork.join(5)
    assert fork.gone


def test_processes_run_side_by_side(forks: Forks) -> None:
    many = [forks.start("told_program", ["say", str(number)]) for number in range(20)]

    assert [fork.wait().stdout for fork in many] == [f"{number}\n".encode() for number in range(20)]


def test_no_descriptor_is_left_open(forks: Forks) -> None:
    forks.start("told_program", ["say", "x"]).wait()
    before = len(list(Path("/proc/self/fd").iterdir()))

    for fork in [forks.start("told_program", ["say", "x"]) for _ in range(5)]:
        fork.join(10)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_server_that_was_killed_is_started_again() -> None:
    forks = Forks({})
    forks.start("this", ["-c"]).wait()
    (server,) = [child for child in psutil.Process(os.getpid()).children() if "forkserver" in " ".join(child.cmdline())[-60:]][-1:]

    server.kill()
    server.wait()

    assert forks.start("this", []).wait().code == 0
    forks.close()
