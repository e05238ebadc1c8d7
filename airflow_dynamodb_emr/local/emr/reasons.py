"""Why clusters end: codes and words of AWS."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why a cluster ends, and as what."""

    code: str
    message: str
    state: str = "TERMINATED_WITH_ERRORS"


USER_REQUEST = Reason("USER_REQUEST", "Terminated by user request", "TERMINATED")
IDLE = Reason("USER_REQUEST", "Terminated by auto-termination policy", "TERMINATED")
DONE = Reason("ALL_STEPS_COMPLETED", "Steps completed", "TERMINATED")
DONE_WITH_ERRORS = Reason("ALL_STEPS_COMPLETED", "Steps completed with errors", "TERMINATED")
STEP_FAILURE = Reason("STEP_FAILURE", "Shut down as step failed")
NO_CAPACITY = Reason("INSTANCE_FAILURE", "The requested instances could not be provisioned: a test asked for this")
RECLAIMED = Reason("INSTANCE_FAILURE", "Instances were reclaimed: a test asked for this")
