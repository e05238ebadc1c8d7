"""docker-compose.yaml without Docker: its form, its variables, and each service's own command run as a plain process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.configuration import conf

from airflow_dynamodb_emr.local.airflow import RealAirflow
from airflow_dynamodb_emr.local.programs import Programs, free_port, until
from tests.system.postgres import Postgres

PROJECT = Path(__file__).parents[2]
COMPOSE = PROJECT / "docker-compose.yaml"
PORTS = ("5432", "5005", "8080", "8974")


def _resolved(text: str) -> str:
    """As compose does it for a user who has set nothing."""
    return re.sub(r"\$\{\w+:?-(.*?)\}", r"\1", text)


def _services() -> dict[str, Any]:
    return dict(yaml.safe_load(_resolved(COMPOSE.read_text()))["services"])


def test_the_file_follows_the_compose_specification() -> None:
    subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE], check=True)


def test_everything_is_published_to_this_machine_only() -> None:
    published = [port for service in _services().values() for port in service.get("ports", [])]

    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def _options() -> Iterator[tuple[str, str]]:
    for service in _services().values():
        for name in service.get("environment", {}):
            if name.startswith("AIRFLOW__"):
                section, _, option = name.removeprefix("AIRFLOW__").lower().partition("__")
                yield section, option


@pytest.mark.parametrize(("section", "option"), sorted(set(_options())))
def test_each_airflow_variable_is_an_option_that_exists(section: str, option: str) -> None:
    assert option in conf.configuration_description[section]["options"]


def test_all_services_become_healthy() -> None:
    with tempfile.TemporaryDirectory(prefix="compose-", ignore_cleanup_errors=True) as folder, Programs(Path(folder)) as programs:
        ports = {port: str(free_port()) for port in PORTS}
        Path(folder).chmod(0o711)  # PostgreSQL runs as somebody else
        (Path(folder) / "dags").symlink_to(PROJECT / "dags")
        services = _Here(programs, Path(folder), ports)

        services.start()

        assert services.ready == {"postgres", "aws", "migrate", "api-server", "scheduler", "dag-processor", "triggerer"}
        assert RealAirflow(url=f"http://127.0.0.1:{ports['8080']}", home=Path(folder), env={}, programs=programs).healthy
    assert [free_port(int(port)) for port in ports.values()] == [int(port) for port in ports.values()]


class _Here:
    """The services of the file with every host name and port led to this machine."""

    def __init__(self, programs: Programs, folder: Path, ports: dict[str, str]) -> None:
        self._programs, self._folder, self._ports = programs, folder, ports
        self._services = _services()
        self.ready: set[str] = set()

    def start(self) -> None:
        """Each once what it depends on is as far as its condition says."""
        waits = {name: service.get("depends_on", {}) for name, service in self._services.items()}
        for name in TopologicalSorter(waits).static_order():
            for other, wait in waits[name].items():
                self._await(other, wait["condition"])
            self._start(name)
        for name, service in self._services.items():
            if "healthcheck" in service:
                self._await(name, "service_healthy")

    def _start(self, name: str) -> None:
        if name == "postgres":
            self._postgres.start(self._programs, Path(tempfile.mkdtemp(dir=self._folder)))
        else:
            self._programs.start(name, self._here(self._services[name]["command"]), self._env(name))

    def _await(self, name: str, condition: str) -> None:
        if name in self.ready:
            return
        if condition == "service_completed_successfully":
            self._programs.wait(name)
        else:
            until(lambda: self._is_healthy(name) or None, f"{name} is healthy", self._programs.check)
        self.ready.add(name)

    def _is_healthy(self, name: str) -> bool:
        _, *command = self._here(self._services[name]["healthcheck"]["test"])
        return subprocess.run(command, check=False, capture_output=True, env=self._env(name)).returncode == 0

    def _env(self, name: str) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "AWS_"))}
        own = self._services[name].get("environment", {})
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        base = self._postgres.env if name == "postgres" else {**inherited, "PATH": path, "AIRFLOW_HOME": str(self._folder), "NO_PROXY": "127.0.0.1"}
        return {**base, **dict(zip(own, self._here(list(own.values())), strict=True))}

    @property
    def _postgres(self) -> Postgres:
        own = self._services["postgres"]["environment"]
        return Postgres(own["POSTGRES_USER"], own["POSTGRES_PASSWORD"], own["POSTGRES_DB"], int(self._ports["5432"]))

    def _here(self, words: list[str]) -> list[str]:
        hosts = "|".join(self._services)
        local = [re.sub(rf"(//|@)({hosts}):", r"\g<1>127.0.0.1:", word).replace("0.0.0.0", "127.0.0.1") for word in words]
        return [re.sub(r"\b(" + "|".join(PORTS) + r")\b", lambda match: self._ports[match[1]], word) for word in local]
