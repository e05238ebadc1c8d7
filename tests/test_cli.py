"""What scripts hang on: verbs, exit status, and which stream gets what."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterable

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from airflow_dynamodb_emr import __version__, cli
from airflow_dynamodb_emr.errors import BackupIncomplete, BadInput


def _verb_that_raises(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(_: Namespace) -> int:
        raise error

    monkeypatch.setitem(cli.VERBS, "local", cli.Verb("", lambda _: None, run))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(BadInput("no such bucket"), 2, id="bad input"),
        pytest.param(BackupIncomplete("orders is missing"), 1, id="the answer is bad"),
        pytest.param(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), 3, id="AWS out of reach"),
        pytest.param(ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListTables"), 3, id="AWS refused"),
        pytest.param(KeyboardInterrupt(), 130, id="interrupted"),
    ],
)
def test_how_a_verb_ended_is_its_exit_status(monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int) -> None:
    _verb_that_raises(monkeypatch, error)

    assert cli.main(["local"]) == status


def test_an_error_is_told_on_standard_error_with_its_hint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _verb_that_raises(monkeypatch, BadInput("no such bucket", "make it"))

    cli.main(["local"])

    assert capsys.readouterr() == ("", "dynamodb-emr local: no such bucket\nHINT: make it\n")


def test_whoever_reads_the_answer_may_stop_reading() -> None:
    """As `dynamodb-emr check | head -1` does."""
    verb = "cli.Verb('', lambda _: None, lambda _: [print('x' * 99) for _ in range(9999)] and 0)"
    program = f"import sys; from airflow_dynamodb_emr import cli; cli.VERBS['local'] = {verb}; sys.exit(cli.main(['local']))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stderr and writer.stdout.readline()
        writer.stdout.close()
        complaint = writer.stderr.read()

    assert (writer.returncode, complaint) == (141, b"")


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    _verb_that_raises(monkeypatch, ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        cli.main(["local"])


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["local", "--port", "65536"], ["local", "--port", "http"], ["local", "--fleet", "-1"]])
def test_wrong_use_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)

    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("usage: dynamodb-emr")


def test_without_the_extra_the_stand_in_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in [name for name in sys.modules if name.startswith("airflow_dynamodb_emr.local.")]:
        monkeypatch.delitem(sys.modules, name)
    for extra in ("moto", "flask", "werkzeug"):
        monkeypatch.setitem(sys.modules, extra, None)

    assert cli.main(["local"]) == 2
    assert capsys.readouterr().err.endswith("is not installed\nHINT: pip install 'airflow-dynamodb-emr[local]'\n")


def test_the_stand_in_runs_until_interrupted() -> None:
    command = [sys.executable, "-m", "airflow_dynamodb_emr.cli", "local", "--port", "0"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as local:
        told = _until_ready(local.stdout or ())
        local.send_signal(signal.SIGINT)

    assert local.returncode == 130
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:" in told


def test_a_port_that_is_taken_is_wrong_use(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert cli.main(["local", "--port", str(taken.getsockname()[1])]) == 2

    assert "in use" in capfd.readouterr().err


def _until_ready(lines: Iterable[str]) -> str:
    told = ""
    for line in lines:
        told += line
        if line.startswith("ready "):
            break
    return told


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])

    assert stop.value.code == 0
    assert capsys.readouterr().out == f"dynamodb-emr {__version__}\n"


def test_the_help_waits_for_no_library() -> None:
    asks = "import sys; from airflow_dynamodb_emr import cli; cli.parser().format_help(); print(*{'airflow', 'botocore', 'moto'} & set(sys.modules))"

    assert subprocess.run([sys.executable, "-c", asks], check=True, capture_output=True, text=True).stdout == "\n"
