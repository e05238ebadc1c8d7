"""Ids as EMR makes them."""

from __future__ import annotations

import secrets
import string


def new_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(13))
