"""Ids as EMR Serverless makes them."""

from __future__ import annotations

import secrets
import string


def new_id() -> str:
    return "00" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(14))
