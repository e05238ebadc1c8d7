"""Parts of requests and of answers, and waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

JAR = "s3://local-artifacts/emr-dynamodb-tools-5.6.0.jar"
MakeTable = Callable[..., str]
RunCluster = Callable[..., str]


def throughput(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def index(name: str, key: str, units: tuple[int, int] | None = None) -> dict[str, Any]:
    schema = [{"AttributeName": key, "KeyType": "HASH"}]
    provisioned = {"ProvisionedThroughput": throughput(*units)} if units else {}
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}, **provisioned}


def told(dynamodb: Any, table: str) -> Any:
    return dynamodb.describe_table(TableName=table)["Table"]


def until(true: Callable[[], Any], seconds: float = 20) -> Any:
    """What *true* returns as soon as it is true; fails after *seconds*."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = true()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not true within {seconds} s")


def refusal(error: Any) -> str:
    """The code of a ClientError."""
    return str(error.value.response["Error"]["Code"])


def all_listed(list_: Callable[..., Any], field: str, **more: Any) -> set[str]:
    """The ARNs of all pages of ListExports or ListImports, none of them listed twice; botocore does not turn their pages."""
    found: list[str] = []
    while True:
        page = list_(**more)
        found += [next(arn for name, arn in each.items() if name in ("ExportArn", "ImportArn")) for each in page[field]]
        if "NextToken" not in page:
            assert len(found) == len(set(found))
            return set(found)
        more["NextToken"] = page["NextToken"]


def step(name: str, args: list[str], action: str = "CONTINUE", jar: str = JAR) -> dict[str, Any]:
    return {"Name": name, "ActionOnFailure": action, "HadoopJarStep": {"Jar": jar, "Args": args}}


def command(*args: str) -> dict[str, Any]:
    """A step that runs a program."""
    return step(args[0], list(args), jar="command-runner.jar")


def cluster(steps: list[list[str]], keep_alive: bool) -> dict[str, Any]:
    """A RunJobFlow request; each step is its arguments."""
    roles = ("MASTER", "CORE")
    groups = [{"InstanceRole": role, "InstanceType": "m5.xlarge", "InstanceCount": 1} for role in roles]
    return {
        "Name": "cluster",
        "ReleaseLabel": "emr-7.13.0",
        "LogUri": "s3://local-backups/logs",
        "ServiceRole": "EMR_DefaultRole",
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "Instances": {"InstanceGroups": groups, "KeepJobFlowAliveWhenNoSteps": keep_alive},
        "Steps": [step(f"step {number}", args) for number, args in enumerate(steps)],
    }


def fleet(kind: str, on_demand: int = 0, spot: int = 0, types: str = "m5.xlarge", action: str = "", **more: Any) -> dict[str, Any]:
    """*action*: what happens when there are no spot machines."""
    timeout = {"SpotSpecification": {"TimeoutDurationMinutes": 5, "TimeoutAction": action}}
    return {
        "InstanceFleetType": kind,
        "TargetOnDemandCapacity": on_demand,
        "TargetSpotCapacity": spot,
        "InstanceTypeConfigs": [{"InstanceType": type} for type in types.split()],
        **({"LaunchSpecifications": timeout} if action else {}),
        **more,
    }


def on_fleets(*fleets: dict[str, Any], subnets: Sequence[str] = ()) -> dict[str, Any]:
    """`Instances` of a cluster that stays."""
    where = {"Ec2SubnetIds": list(subnets)} if subnets else {}
    return {"InstanceFleets": list(fleets), "KeepJobFlowAliveWhenNoSteps": True, **where}
