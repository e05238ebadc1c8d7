"""The arguments of `spark-submit`: https://spark.apache.org/docs/3.5.6/submitting-applications.html"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit

PROGRAM = "spark-submit"
# Each option but --conf is a shorter word for a property.
_PROPERTIES = {
    "--archives": "spark.archives",
    "--deploy-mode": "spark.submit.deployMode",
    "--driver-cores": "spark.driver.cores",
    "--driver-memory": "spark.driver.memory",
    "--executor-cores": "spark.executor.cores",
    "--executor-memory": "spark.executor.memory",
    "--files": "spark.files",
    "--master": "spark.master",
    "--name": "spark.app.name",
    "--num-executors": "spark.executor.instances",
    "--py-files": "spark.submit.pyFiles",
    "--queue": "spark.yarn.queue",
}
_CONF = ("--conf", "-c")
_FLAGS = ("--verbose", "-v")
# What only a cluster has: here there is one machine, which has little memory.
_OF_CLUSTERS = (
    "spark.archives",
    "spark.driver.cores",
    "spark.driver.memory",
    "spark.dynamicAllocation.",
    "spark.emr-serverless.",
    "spark.executor.cores",
    "spark.executor.instances",
    "spark.executor.memory",
    "spark.files",
    "spark.master",
    "spark.submit.",
    "spark.yarn.",
)
_ENVIRONMENTS = ("spark.yarn.appMasterEnv.", "spark.emr-serverless.driverEnv.", "spark.executorEnv.")


class WrongUse(Exception):
    """Arguments that are no submission."""


@dataclass
class Submission:
    """A Python program, its arguments, and the properties it runs with."""

    properties: dict[str, str] = field(default_factory=dict)
    program: str = ""
    args: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> Submission:
        """Raises WrongUse. What follows the program is its own."""
        left, made = list(arguments), cls()
        while left and left[0].startswith("-"):
            made._take(left)
        if not left:
            raise WrongUse("Missing application resource.")
        made.program, made.args = left[0], left[1:]
        if not made.program.endswith(".py"):
            raise WrongUse(f"the stand-in for AWS runs only Python programs, not {made.program}")
        return made

    def _take(self, left: list[str]) -> None:
        option, equals, value = left.pop(0).partition("=")
        if option in _FLAGS and not equals:
            return
        if option not in (*_CONF, *_PROPERTIES):
            raise WrongUse(f"Unrecognized option: {option}")
        if not equals and not left:
            raise WrongUse(f"Missing argument for option '{option}'.")
        value = value if equals else left.pop(0)
        self._set(*(_property(value) if option in _CONF else (_PROPERTIES[option], value)))

    def _set(self, name: str, value: str) -> None:
        self.properties[name] = value

    def listed(self, name: str) -> list[str]:
        """The URIs that a property names."""
        return [each for each in self.properties.get(name, "").split(",") if each]

    @property
    def tags(self) -> list[str]:
        """Of the YARN application."""
        return [tag for tag in self.properties.get("spark.yarn.tags", "").split(",") if tag]

    @property
    def here(self) -> dict[str, str]:
        """The properties that mean something on one machine."""
        return {name: value for name, value in self.properties.items() if not name.startswith(_OF_CLUSTERS)}

    @property
    def environment(self) -> dict[str, str]:
        """What the properties set for driver and executors."""
        given = ((name, prefix, value) for name, value in self.properties.items() for prefix in _ENVIRONMENTS)
        return {name[len(prefix) :]: value for name, prefix, value in given if name.startswith(prefix)}

    def options(self, name: str) -> Iterator[str]:
        """The values that the program itself is given for *name*, as in `--table orders`."""
        yield from (value for option, value in zip(self.args, self.args[1:], strict=False) if option == name)


def is_submission(args: Sequence[str]) -> bool:
    """Whether a step's command is one."""
    return bool(args) and PurePosixPath(args[0]).name == PROGRAM


def alias(uri: str) -> str:
    """What a file or archive is called where the program runs."""
    parts = urlsplit(uri)
    return parts.fragment or os.path.basename(parts.path)  # noqa: PTH119 - it may be a path in S3


def _property(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise WrongUse(f"Spark config without '=': {text}")
    return name, value
