"""Why clusters end: codes and words of AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_DOC = "https://docs.aws.amazon.com/emr/latest/ManagementGuide"
_LEARN = "https://docs.aws.amazon.com/console/elasticmapreduce"


@dataclass(frozen=True)
class Reason:
    """Why a cluster ends, and as what."""

    code: str
    message: str
    state: str = "TERMINATED_WITH_ERRORS"
    error: str = ""  # the code of AWS' ErrorDetails, where there is one
    data: dict[str, str] = field(default_factory=dict)

    def details(self) -> list[dict[str, Any]]:
        """ErrorDetails of DescribeCluster."""
        data = {**self.data, "public-doc": f"{_DOC}/{self.error}.html"}
        return (
            [{"ErrorCode": self.error, "ErrorData": [{key: value} for key, value in data.items()], "ErrorMessage": self.message}]
            if self.error
            else []
        )


USER_REQUEST = Reason("USER_REQUEST", "Terminated by user request", "TERMINATED")
IDLE = Reason("USER_REQUEST", "Terminated by auto-termination policy", "TERMINATED")
DONE = Reason("ALL_STEPS_COMPLETED", "Steps completed", "TERMINATED")
DONE_WITH_ERRORS = Reason("ALL_STEPS_COMPLETED", "Steps completed with errors", "TERMINATED")
STEP_FAILURE = Reason("STEP_FAILURE", "Shut down as step failed")
NO_CAPACITY = Reason("INSTANCE_FAILURE", "The requested instances could not be provisioned: a test asked for this")
PRIMARY_LOST = Reason("INSTANCE_FAILURE", "The primary node was lost: a test asked for this")
RECLAIMED = Reason("INSTANCE_FAILURE", "Instances were reclaimed: a test asked for this")


def out_of_capacity(types: str, zone: str) -> Reason:
    message = f"EC2 is out of capacity for {types} in availability zone {zone}. Learn more at {_LEARN}/ERROR_noinstancecapacity"
    data = {"instance-type": types, "availability-zone": zone}
    return Reason("INTERNAL_ERROR", message, error="INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ", data=data)


def no_spot(fleet: str, minutes: int) -> Reason:
    return Reason("INSTANCE_FLEET_TIMEOUT", f"The {fleet} instance fleet found no Spot capacity in {minutes} minutes: a test asked for this")


def bootstrap_failed(instance: str) -> Reason:
    message = f"On the master instance ({instance}), bootstrap action 1 returned a non-zero return code"
    return Reason("BOOTSTRAP_FAILURE", message, error="BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE", data={"primary-instance-id": instance})
