"""What DynamoDB and S3 say when they do not do what they were asked for: what time may cure, what it will not, and what helps."""

from __future__ import annotations

import json
from typing import Any

from airflow_dynamodb_emr.errors import CopyFailed

THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "LimitExceededException"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException"}
NO_CREDENTIALS = "no credentials"
_PASSING = {*THROTTLED, *EXPIRED, "ReplicatedWriteConflictException"}
_PASSING_STATUS = {408, 429}
_ELSEWHERE = "this is not DynamoDB's answer: check endpoint, network and proxy"
_RENEW = "use credentials that renew themselves (a role), or newer ones"
_HINTS = {
    **dict.fromkeys(EXPIRED, _RENEW),
    NO_CREDENTIALS: "look at the role, profile or process that they come from",
    "ResourceNotFoundException": "the table was deleted, or is in another region or account",
    "AccessDeniedException": "allow the action to the credentials in use",
    "UnrecognizedClientException": "the credentials are unknown in this region: check them, and the endpoint",
    "InvalidSignatureException": "check the secret key, and the clock of this machine",
    "NoSuchBucket": "name a bucket that is there",
}


class Trouble(CopyFailed):
    """What time may cure."""

    def __init__(self, code: str, words: str, answered: bool) -> None:
        super().__init__(f"{code}: {words}")
        self.code, self.answered = code, answered


class Stopped(CopyFailed):
    """Another hand has failed: what this one does is no use any more."""

    def __init__(self) -> None:
        super().__init__("given up, because something else went wrong")


class Refused(CopyFailed):
    """DynamoDB will not do it, however often it is asked."""

    def __init__(self, operation: str, code: str, words: str) -> None:
        super().__init__(f"{operation} was refused: {code}: {words}", _HINTS.get(code, _ELSEWHERE if code.isdigit() else ""))
        self.code, self.words = code, words


def refusal(operation: str, status: int, answer: bytes) -> CopyFailed:
    """What an answer with another status than 200 means."""
    code, words = _error(answer)
    if status >= 500 or status in _PASSING_STATUS or code in _PASSING:
        return Trouble(code or str(status), words, answered=bool(code))
    return Refused(operation, code or str(status), words)


def given_up(operation: str, url: str, trouble: Trouble, seconds: float) -> CopyFailed:
    """The end of all patience with a *trouble*."""
    if trouble.code in EXPIRED:
        return Refused(operation, trouble.code, "the credentials have expired, and are not renewed")
    hint = "raise the table's throughput, or copy at a lower rate" if trouble.answered else "check region, endpoint, network and proxy"
    return CopyFailed(f"{operation} at {url}: not done in {seconds:.0f} s, the last time for {trouble}", _HINTS.get(trouble.code, hint))


def of_s3(facts: str, error: Exception, hint: str) -> CopyFailed:
    """*error* is botocore's; the *hint* is for what there is no better one for."""
    response: dict[str, Any] = getattr(error, "response", {})
    return CopyFailed(f"{facts}: {error}", _HINTS.get(response.get("Error", {}).get("Code", ""), hint))


def _error(answer: bytes) -> tuple[str, str]:
    """Code and message; no code where the answer is not DynamoDB's own."""
    try:
        said = json.loads(answer)
        return str(said.get("__type", "")).rpartition("#")[2], str(said.get("message") or said.get("Message") or "")
    except (ValueError, AttributeError):
        return "", answer[:200].decode(errors="replace")
