"""What EMR refuses before it does anything."""

from __future__ import annotations

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.emr.cluster import ACTIVE, Cluster
from airflow_dynamodb_emr.local.emr.fleet_checks import check_fleets
from airflow_dynamodb_emr.local.emr.step import ENDED
from airflow_dynamodb_emr.local.http.protocol import Request, invalid

MOST_ACTIVE_STEPS = 256


def check_cluster(request: Request, region: str) -> None:
    instances = request["Instances"]
    if instances.get("InstanceGroups") and instances.get("InstanceFleets"):
        raise invalid("Instance groups and instance fleets are mutually exclusive.")
    check_fleets(instances)
    check_concurrency(request.get("StepConcurrencyLevel", 1))
    _check_roles(request)
    for subnet in [*instances.get("Ec2SubnetIds", []), *filter(None, [instances.get("Ec2SubnetId")])]:
        if not moto_side.has_subnet(region, subnet):
            raise invalid(f"The subnet configuration was invalid: The subnet ID '{subnet}' does not exist")
    idle = request.get("AutoTerminationPolicy")
    if idle:
        check_idle_timeout(idle)
    _check_actions(request.get("Steps", []), request.get("StepConcurrencyLevel", 1))
    _check_count(len(request.get("Steps", [])))


def check_concurrency(level: int) -> None:
    if not 1 <= level <= 256:
        raise invalid("StepConcurrencyLevel must be between 1 and 256.")


def check_idle_timeout(policy: Request) -> None:
    if not 60 <= policy.get("IdleTimeout", 60) <= 604_800:
        raise invalid("IdleTimeout must be between 60 and 604800 seconds.")


def check_steps(cluster: Cluster, steps: list[Request]) -> None:
    if cluster.state not in ACTIVE:
        raise invalid("A job flow that is shutting down, terminated, or finished may not be modified.")
    _check_actions(steps, cluster.concurrency)
    _check_count(sum(step.state not in ENDED for step in cluster.steps) + len(steps))


def _check_count(active: int) -> None:
    """One that is being cancelled counts as well."""
    if active > MOST_ACTIVE_STEPS:
        raise invalid("Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.")


def _check_actions(steps: list[Request], concurrency: int) -> None:
    if concurrency > 1 and any(step.get("ActionOnFailure") != "CONTINUE" for step in steps):
        raise invalid("Steps with ActionOnFailure other than CONTINUE are not allowed when StepConcurrencyLevel is greater than 1.")


def _check_roles(request: Request) -> None:
    service_role, profile = request.get("ServiceRole"), request.get("JobFlowRole")
    if not service_role or not moto_side.has_role(_name(service_role)):
        raise invalid(f"{service_role or 'ServiceRole'} is invalid")
    if not profile or not moto_side.has_instance_profile(_name(profile)):
        raise invalid(f"Invalid InstanceProfile: {profile}.")


def _name(role: str) -> str:
    return role.rpartition("/")[2]
