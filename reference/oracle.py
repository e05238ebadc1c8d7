"""The connector's library in a Java process that is asked by lines of JSON: what Oracle.java can do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reference.maven import HERE, libraries


class Oracle:
    """Asked by one thread."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer; {"failed": reason} where the library raised."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the Java process ended:\n{self.log()[-3000:]}"
        return json.loads(answer)  # type: ignore[no-any-return]

    def log(self) -> str:
        return self._log.read_text(errors="replace")


@contextmanager
def oracle(scratch: Path, heap: str = "512m") -> Iterator[Oracle]:
    """Compiled into *scratch*, an empty folder; raises Missing where there is no Java."""
    jars, classes, log = f"{libraries('connector')}/*", scratch / "classes", scratch / "stderr"
    subprocess.run(["javac", "-d", str(classes), "-cp", jars, str(HERE / "Oracle.java")], check=True)
    command = ["java", f"-Xmx{heap}", "-cp", f"{jars}:{classes}", "Oracle"]
    with log.open("w") as stderr, running(command, stdin=-1, stdout=-1, stderr=stderr, text=True, encoding="utf-8") as process:
        yield Oracle(process, log)


@contextmanager
def running(command: list[str], **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that does not outlive its use."""
    with subprocess.Popen(command, **how) as process:
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
