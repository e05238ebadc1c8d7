"""AWS' errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeGuard

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.errors import BadInput

_MISSING = {"404", "NoSuchKey", "NoSuchBucket", "NotFound", "ResourceNotFoundException", "NoSuchEntity", "InvalidSubnetID.NotFound"}
_THROTTLED = {"ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}
_DENIED = {"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


def code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))


def is_missing(error: ClientError) -> bool:
    return code(error) in _MISSING


def is_denied(error: ClientError) -> bool:
    return code(error) in _DENIED


def is_closed(error: ClientError) -> bool:
    """To us, or laid away where it takes hours to come back from."""
    return is_denied(error) or code(error) == "InvalidObjectState"


def is_unsure(error: Exception) -> bool:
    """Whether what was asked for may have been done all the same."""
    return isinstance(error, ClientError) and error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500


def lacks_room(error: Exception) -> TypeGuard[ClientError]:
    """Refused for what the account has or does just now, be it capacity or changes under way: later, or for less, it may be granted."""
    words = message(error) if isinstance(error, ClientError) and code(error) == "LimitExceededException" else ""
    return "limit to be exceeded for the account" in words or "simultaneously" in words


def is_full(error: Exception) -> bool:
    """So many exports, imports or calls are more than AWS takes just now."""
    return isinstance(error, ClientError) and (code(error) == "LimitExceededException" or is_throttled(error))


def is_throttled(error: Exception) -> bool:
    return isinstance(error, ClientError) and code(error) in _THROTTLED


@contextmanager
def refused_as_bad_input(what: str, hint: str) -> Iterator[None]:
    """Where AWS says that a named thing is missing or forbidden, say which setting named it."""
    try:
        yield
    except ClientError as error:
        if not is_missing(error) and not is_denied(error):
            raise
        why = "is not there" if is_missing(error) else f"is not allowed to us ({code(error)})"
        raise BadInput(f"{what} {why}", hint) from error
