"""A figure: what was measured, in which unit, and whether it is as good as it should be."""

from __future__ import annotations

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """Its goal is a limit from above or from below; without one it is told and not judged."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def goal(self) -> str:
        most = [] if self.at_most is None else [f"<={self.at_most:g}"]
        least = [] if self.at_least is None else [f">={self.at_least:g}"]
        return ",".join(least + most) or "-"

    @property
    def met(self) -> bool:
        return (self.at_most is None or self.value <= self.at_most) and (self.at_least is None or self.value >= self.at_least)

    def line(self) -> str:
        """`name value unit goal met`, with no blanks within a column."""
        return f"{self.name} {self.value:g} {self.unit} {self.goal} {'yes' if self.met else 'NO'}"
