"""From a look at AWS to a finding: what an error means."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.errors import code, is_denied, is_missing, is_throttled, is_unsure, message
from airflow_dynamodb_emr.core.findings import Finding
from airflow_dynamodb_emr.errors import BadInput

Seen = str | Finding  # a detail: it is as it should be


def look(name: str, see: Callable[[], Seen], allow: str, hint: str = "correct the setting", about: str = "") -> Finding:
    """*allow*: the permission that looking takes. *about*: what is looked for, where an answer that it is not there does not name it.

    Errors that say nothing of the thing itself are raised: AWS is not to be reached.
    """
    try:
        seen = see()
    except BadInput as error:
        return Finding(name=name, ok=False, detail=error.facts, hint=error.hint)
    except ClientError as error:
        return _of_error(name, error, allow, hint, about)
    return seen if isinstance(seen, Finding) else Finding(name=name, ok=True, detail=seen)


def _of_error(name: str, error: ClientError, allow: str, hint: str, about: str) -> Finding:
    if is_denied(error):
        return Finding(name=name, ok=None, detail=f"we may not look ({code(error)})", hint=f"allow {allow}")
    if is_throttled(error):
        return Finding(name=name, ok=None, detail=f"AWS is busy ({code(error)})", hint="check again in a minute")
    if is_unsure(error):
        return Finding(name=name, ok=None, detail=f"AWS has failed ({code(error)})", hint="check again in a minute")
    if is_missing(error):
        return Finding(name=name, ok=False, detail=f"{about} is not there".lstrip(), hint=hint)
    return Finding(name=name, ok=False, detail=f"{code(error)}: {message(error)}", hint=hint)
