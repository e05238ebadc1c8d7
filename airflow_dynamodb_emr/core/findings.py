"""What a check finds: whether one thing is as a run needs it, or cannot be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from airflow_dynamodb_emr.core.documents import Noun

_MARKS = {True: "ok", False: "NO", None: "?"}


class Finding(Noun, frozen=True, kw_only=True):
    """*ok* is None where it cannot be known, or is for a person to judge: that fails no check."""

    name: str
    ok: bool | None
    detail: str
    hint: str = ""

    @property
    def line(self) -> str:
        return f"{_MARKS[self.ok]:<3} {self.name}: {self.detail}"


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """One each, as they come; a hint that several share in a row is given once, after the first."""
    before = ""
    for finding in findings:
        yield finding.line
        if finding.hint and finding.hint != before:
            yield f"    HINT: {finding.hint}"
        before = finding.hint


def failed(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.ok is False]


def summary(findings: list[Finding]) -> str:
    bad, unknown = len(failed(findings)), sum(finding.ok is None for finding in findings)
    parts = [f"{len(findings) - bad - unknown} of {len(findings)} are as they should be"]
    parts += [f"{bad} {'is' if bad == 1 else 'are'} not"] if bad else []
    return ", ".join(parts + ([f"{unknown} cannot be known"] if unknown else []))
