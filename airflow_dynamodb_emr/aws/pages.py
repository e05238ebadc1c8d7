"""Answers that come in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def paged(ask: Callable[..., Any], field: str, **request: Any) -> list[Any]:
    """All of *field*, whatever number of pages it takes."""
    found, more = list[Any](), dict[str, Any]()
    while True:
        answer = ask(**request, **more)
        found += answer[field]
        if not answer.get("NextToken"):
            return found
        more = {"NextToken": answer["NextToken"]}
