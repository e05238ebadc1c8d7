"""Who asks, and by which clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError, NoCredentialsError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, message
from airflow_dynamodb_emr.core.findings import Finding

MOST_SECONDS = 60  # AWS refuses a signature that is five minutes off
_HINT = "look at the Airflow connection, or the environment variables, profile or role that AWS' own tools would use"


def check(clients: Clients) -> Iterator[Finding]:
    """Nothing else can be looked at where the first finding is bad."""
    try:
        answer: Any = clients.sts.get_caller_identity()
        yield Finding(name="credentials", ok=True, detail=f"{answer['Arn']}, tables in {clients.region}")
    except NoCredentialsError:
        yield Finding(name="credentials", ok=False, detail="there are none", hint=_HINT)
        return
    except ClientError as error:
        answer = error.response
        yield Finding(name="credentials", ok=False, detail=f"{code(error)}: {message(error)}", hint=_HINT)
    yield _clock(answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date", ""), datetime.now(timezone.utc))


def _clock(told: str, now: datetime) -> Finding:
    """An answer says when it was made, also one that refuses us for our clock."""
    if not told:
        return Finding(name="clock", ok=None, detail="AWS' answer has no date", hint="compare this machine's clock with another")
    seconds = (now - parsedate_to_datetime(told)).total_seconds()
    off = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} AWS"
    if abs(seconds) > MOST_SECONDS:
        return Finding(name="clock", ok=False, detail=off, hint="set the clock by NTP: AWS refuses what is signed five minutes off")
    return Finding(name="clock", ok=True, detail=off)
