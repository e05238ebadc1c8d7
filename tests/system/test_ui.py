"""`make ui`, started and stopped as a user does it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import psutil

_open = build_opener(ProxyHandler({})).open


def test_the_page_answers_and_nothing_survives_the_stop() -> None:
    with subprocess.Popen([sys.executable, "-m", "airflow_dynamodb_emr.local.ui", "--port", "0"], stdout=subprocess.PIPE, text=True) as ui:
        try:
            told = _until_ready(ui)
            started = psutil.Process(ui.pid).children(recursive=True)
            with _open(_found(r"Airflow +(http\S+)", told), timeout=60) as page:
                assert "<html" in page.read().decode()
        finally:
            ui.send_signal(signal.SIGINT)
        goodbye = ui.stdout.read() if ui.stdout else ""

    assert ui.returncode == 0
    assert goodbye.strip() == "Stopped; nothing is left."
    assert "dynamodb_backup" in told
    assert len(started) > 4
    assert [process for process in started if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    assert not Path(_found(r"deletes (\S+)", told)).exists()


def _until_ready(ui: subprocess.Popen[str]) -> str:
    told = ""
    for line in ui.stdout or ():
        told += line
        if "Ctrl-C" in line:
            return told
    raise AssertionError(told)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]
