"""A PostgreSQL server for one test, where PostgreSQL is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from airflow_dynamodb_emr.local.programs import Programs, until

_NOT_SYNCED = ["-c", "fsync=off", "-c", "full_page_writes=off"]


@dataclass(frozen=True)
class Postgres:
    """What the official image makes of `POSTGRES_USER`, `POSTGRES_PASSWORD` and `POSTGRES_DB`."""

    user: str
    password: str
    database: str
    port: int

    @property
    def env(self) -> dict[str, str]:
        """For PostgreSQL's own commands."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        path = f"{_commands()}{os.pathsep}{os.environ['PATH']}"
        return {**inherited, "PATH": path, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": self.user, "PGPASSWORD": self.password}

    def start(self, programs: Programs, folder: Path) -> None:
        """Skips the test where PostgreSQL is not installed. *folder* must lie where an unprivileged user may enter."""
        data, secret = folder / "data", folder / "password"
        secret.write_text(self.password)
        _give_away(folder)
        made = [_commands() / "initdb", "-D", data, "-U", self.user, f"--pwfile={secret}", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"]
        subprocess.run(_unprivileged(made), check=True, capture_output=True, cwd=folder, env={**self.env, "LC_ALL": "C"})
        programs.start("postgres", _unprivileged(self._serve(data)), self.env)
        until(self._is_ready, "PostgreSQL answers", programs.check)
        subprocess.run(["createdb", self.database], check=True, capture_output=True, env=self.env)

    def _serve(self, data: Path) -> list[str | Path]:
        return [_commands() / "postgres", "-D", data, "-p", str(self.port), "-h", "127.0.0.1", "-k", "", *_NOT_SYNCED]

    def _is_ready(self) -> bool | None:
        return subprocess.run(["pg_isready"], check=False, capture_output=True, env=self.env).returncode == 0 or None


def _commands() -> Path:
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not found:
        pytest.skip("PostgreSQL is not installed: the services of docker-compose.yaml are not started")
    return found[-1]


def _unprivileged(command: Sequence[str | Path]) -> Sequence[str | Path]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "nobody", "--", *command] if os.geteuid() == 0 else command


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "nobody")
