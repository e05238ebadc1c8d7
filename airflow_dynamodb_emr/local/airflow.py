"""A real Airflow for an hour: its own folder, database, port and processes, of which nothing survives."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

import msgspec

from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError
from airflow_dynamodb_emr.local.programs import Programs, free_port, until

PROJECT = Path(__file__).parents[2]
Config = Mapping[str, Mapping[str, str]]

# What `airflow standalone` starts, and its options. Logs are read from the folder, so nobody need serve them, and on every address at that.
_AIRFLOW = [sys.executable, "-m", "airflow"]
_COMPONENTS: dict[str, list[str]] = {"api-server": [], "scheduler": ["--skip-serve-logs"], "dag-processor": [], "triggerer": ["--skip-serve-logs"]}
_BUSY_AT_MOST = 5
_PRELOAD = (
    "airflow.executors.local_executor,airflow.sdk.execution_time.task_runner,airflow_dynamodb_emr.recipes.backup,airflow_dynamodb_emr.recipes.restore"
)
_open = build_opener(ProxyHandler({})).open


class Endpoint(Protocol):
    """The stand-in for AWS, or whatever else the variables *env* lead AWS' clients to."""

    @property
    def env(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, kw_only=True)
class RealAirflow:
    """A running Airflow; `env` is what its processes run with, and lets `python -m airflow` see the same one."""

    url: str
    home: Path
    env: Mapping[str, str]
    programs: Programs
    token: str = ""

    def restart(self, component: str, with_members: bool = True) -> None:
        """Kill one of the processes of this Airflow, with or without those it has started, and start it again."""
        self.programs.kill(component, with_members)
        _start_component(self.programs, self.env, component)

    def revive(self) -> list[str]:
        """Start again what has ended by itself, as whatever supervises Airflow in production does; its names."""
        ended = self.programs.ended
        for component in ended:
            self.restart(component, with_members=False)
        return ended

    def api(self, method: str, path: str, json: Any = None) -> Any:
        """Ask `/api/v2/<path>`; raises BadInput with Airflow's own words when it refuses."""
        return _ask(method, f"{self.url}/api/v2/{quote(path.lstrip('/'), safe='/?&=:%')}", self.token, json)

    @property
    def healthy(self) -> bool:
        parts = self.api("GET", "monitor/health")
        return all((parts[name] or {}).get("status") == "healthy" for name in ("scheduler", "triggerer", "dag_processor"))

    @property
    def dag_ids(self) -> list[str]:
        return sorted(dag["dag_id"] for dag in self.api("GET", "dags?limit=100")["dags"])

    @property
    def import_errors(self) -> dict[str, str]:
        return {error["filename"]: error["stack_trace"] for error in self.api("GET", "importErrors")["import_errors"]}


@contextmanager
def real_airflow(aws: Endpoint, *, port: int = 0, dags: Path = PROJECT / "dags", config: Config | None = None) -> Iterator[RealAirflow]:
    """Start Airflow on 127.0.0.1 and *port* (0: any free one), wait until it is healthy and has read every file in *dags*; end it afterwards.

    *config* adds to airflow.cfg: section, then option. Raises BadInput for a port in use, DynamoDBBackupError when Airflow does not start.
    """
    with tempfile.TemporaryDirectory(prefix="airflow-", ignore_cleanup_errors=True) as folder, Programs(Path(folder)) as programs:
        port = free_port(port)
        env = _environment(aws, Path(folder), port, dags, config or {})
        airflow = RealAirflow(url=f"http://127.0.0.1:{port}", home=Path(folder), env=env, programs=programs)
        _start(programs, airflow)
        airflow = until(lambda: _logged_in(airflow), "Airflow's API server answers", programs.check)
        until(lambda: airflow.healthy or None, "Airflow's scheduler, triggerer and DAG processor are healthy", programs.check)
        until(lambda: _parsed(airflow, dags), f"Airflow has read {dags}", programs.check)
        yield airflow


def _start(programs: Programs, airflow: RealAirflow) -> None:
    programs.start("migrate", [*_AIRFLOW, "db", "migrate"], airflow.env)
    programs.wait("migrate")
    for name in _COMPONENTS:
        _start_component(programs, airflow.env, name)


def _start_component(programs: Programs, env: Mapping[str, str], name: str) -> None:
    programs.start(name, [*_AIRFLOW, name, *_COMPONENTS[name]], env)


def _logged_in(airflow: RealAirflow) -> RealAirflow | None:
    try:
        token = _ask("GET", f"{airflow.url}/auth/token")["access_token"]
    except URLError:
        return None
    return replace(airflow, token=token)


def _parsed(airflow: RealAirflow, dags: Path) -> list[str] | None:
    errors = airflow.import_errors
    if errors:
        raise DynamoDBBackupError("\n".join(f"{file}:\n{trace}" for file, trace in errors.items()))
    found = airflow.dag_ids
    return found if len(found) >= len(list(dags.glob("*.py"))) else None


def _ask(method: str, url: str, token: str = "", json: Any = None) -> Any:
    headers = {"Content-Type": "application/json", "Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = Request(url, None if json is None else msgspec.json.encode(json), headers, method=method)
    for tries_left in reversed(range(_BUSY_AT_MOST)):
        try:
            with _open(request, timeout=180) as answer:
                return msgspec.json.decode(answer.read() or b"null")
        except HTTPError as error:
            said = error.read().decode(errors="replace")
            if not tries_left or error.code != 500 or "Database error" not in said:
                raise BadInput(f"{method} {url}: {error.code} {said}") from error
            time.sleep(0.5)  # SQLite lets one write at a time, and takes back what a reader wants to write meanwhile: nothing was done
    raise AssertionError  # the last try raises


def _environment(aws: Endpoint, home: Path, port: int, dags: Path, config: Config) -> dict[str, str]:
    """Nothing of this shell's own Airflow and AWS settings gets in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "AWS_"))}
    url = f"http://127.0.0.1:{port}"
    settings = {
        ("core", "dags_folder"): str(dags),
        ("core", "dags_are_paused_at_creation"): "False",
        ("core", "load_examples"): "False",
        ("core", "executor"): "LocalExecutor",
        ("core", "parallelism"): "8",
        ("database", "sql_alchemy_conn"): f"sqlite:///{home}/airflow.db?timeout=60",  # a busy machine must not make a lock an error
        # A worker is told of a task's end at the next heartbeat when it looks a moment too early. By default that is 5 seconds later,
        # in which a deferred task may be back already, and is then failed (https://github.com/apache/airflow/issues/72716).
        ("workers", "min_heartbeat_interval"): "1",
        # From Airflow 3.3 on: tasks are forked from a process that has imported what our DAGs need, two thirds of a CPU-second each time.
        ("scheduler", "mp_start_method"): "forkserver",
        ("scheduler", "mp_forkserver_preload"): _PRELOAD,
        ("core", "simple_auth_manager_all_admins"): "True",
        ("core", "execution_api_server_url"): f"{url}/execution/",
        ("api", "host"): "127.0.0.1",
        ("api", "port"): str(port),
        ("api", "base_url"): url,
        ("api", "workers"): "1",
        ("api_auth", "jwt_secret"): secrets.token_hex(32),
        **{(section, option): value for section, options in config.items() for option, value in options.items()},
    }
    variables = {f"AIRFLOW__{section}__{option}".upper(): value for (section, option), value in settings.items()}
    return {**inherited, "NO_PROXY": "127.0.0.1,localhost", "AIRFLOW_CONN_AWS_DEFAULT": "aws://", **aws.env, **variables, "AIRFLOW_HOME": str(home)}
