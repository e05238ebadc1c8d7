"""The Spark program as a step of a cluster, and as a job run of EMR Serverless: what either is told of its size."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.core import names
from airflow_dynamodb_emr.core.cutting import Cut
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri

APPLICATION = "Spark"  # that a cluster has to have installed
OUTCOME = "outcome.json"
LIBRARIES = "libraries"  # the folder that an archive with faster libraries is unpacked in
_COMMON = {
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.minExecutors": "0",
    "spark.dynamicAllocation.executorIdleTimeout": "10s",  # one that has no segment left gives its room to another table
    "spark.executor.cores": "1",
    "spark.speculation": "false",  # two that read the same segment would read it at twice the rate
}
# On a cluster the driver takes the place of the connector's application master, an executor that of a mapper: `core/fleet.py` counts on these
# sizes. Less than 450 MiB of heap Spark does not take; what lies beside the heap is for Python, in which all the work is done.
_ON_A_CLUSTER = {
    "spark.driver.memory": "512m",
    "spark.driver.memoryOverhead": "512m",
    "spark.executor.memory": "512m",
    "spark.executor.memoryOverhead": "1024m",
    "spark.yarn.maxAppAttempts": "1",  # whoever waits for the step tries again, in a fresh folder
}
# The smallest worker there is has a processor and 2 GB.
_SERVERLESS = {
    "spark.driver.cores": "1",
    "spark.driver.memory": "1g",
    "spark.driver.memoryOverhead": "1g",
    "spark.executor.memory": "1g",
    "spark.executor.memoryOverhead": "1g",
}


class Program(Noun, frozen=True, kw_only=True):
    """Where it lies in S3; `aws/shipping.py` puts it there."""

    main: str
    modules: str  # a zip
    libraries: str = ""  # an archive with msgspec and isal for the Python of the nodes; it runs without, slower


class Outcome(Noun, frozen=True, kw_only=True):
    """`outcome.json`, which the program writes last: what came of a dump or a load."""

    ok: bool
    facts: str = ""  # why not
    hint: str = ""
    items: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    seconds: float = 0.0


def step(name: str, program: Program, task: list[str], executors: int) -> dict[str, Any]:
    """*task*: what the program is to do (`dump_task`, `load_task`); *executors*: segments or parts that are worked on at once.

    The driver is on a worker, so that the primary has no more to hold than for a step of the connector.
    """
    options = {**_COMMON, **_most(executors), **_ON_A_CLUSTER, "spark.yarn.tags": names.yarn_tag(name)}
    submit = ["spark-submit", "--master", "yarn", "--deploy-mode", "cluster", "--name", name, *_parameters(program, options), program.main, *task]
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": submit}}


def job(program: Program, task: list[str], executors: int) -> dict[str, Any]:
    """The `jobDriver` of StartJobRun."""
    parameters = " ".join(_parameters(program, {**_COMMON, **_most(executors), **_SERVERLESS}))
    return {"sparkSubmit": {"entryPoint": program.main, "entryPointArguments": task, "sparkSubmitParameters": parameters}}


def dump_task(region: str, table: str, into: S3Uri, cut: Cut, form: str = "dynamodb-json", executors: int = 1, units: float = 0) -> list[str]:
    """What came of it is in *into*. *units*: read units a second of all executors together, 0 for no limit."""
    options = (word for name, value in structs.asdict(cut).items() for word in (f"--{name.replace('_', '-')}", str(value)))
    return ["dump", *_common(region, table, executors, units), "--into", str(into), "--form", form, *options]


def load_task(region: str, source: S3Uri, table: str, outcome: S3Uri, executors: int = 1, units: float = 0) -> list[str]:
    """What came of it is in *outcome*, a folder. *units*: write units a second, 0 for no limit."""
    return ["load", *_common(region, table, executors, units), "--from", str(source), "--outcome", str(outcome)]


def _common(region: str, table: str, executors: int, units: float) -> list[str]:
    return ["--region", region, "--table", table, "--executors", str(max(1, executors)), "--units", f"{units:g}"]


def _parameters(program: Program, options: dict[str, str]) -> list[str]:
    brought = {"spark.submit.pyFiles": program.modules, **({"spark.archives": f"{program.libraries}#{LIBRARIES}"} if program.libraries else {})}
    return [word for name, value in {**brought, **options}.items() for word in ("--conf", f"{name}={value}")]


def _most(executors: int) -> dict[str, str]:
    """Instances too: EMR Serverless has three by default, and Spark refuses to begin with more than there may be."""
    names = ("spark.executor.instances", "spark.dynamicAllocation.initialExecutors", "spark.dynamicAllocation.maxExecutors")
    return dict.fromkeys(names, str(max(1, executors)))
