"""Tables of figures, written into a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import tables


def figure(name: str, value: float, goal: str = "-", met: bool = True) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "s", "goal": goal, "met": met, "measured": "2026-11-24T10:43:27Z"}


def filled(tmp_path: Path, mark: str, *figures: dict[str, Any]) -> list[str]:
    page = tmp_path / "page.md"
    page.write_text(f"before\n<!-- figures of {mark} -->\nof last time\n<!-- end -->\nafter\n")

    tables.write(figures, page)

    lines = page.read_text().splitlines()
    assert [*lines[:2], *lines[-2:]] == ["before", f"<!-- figures of {mark} -->", "<!-- end -->", "after"]
    return lines[2:-2]


def test_a_place_takes_the_figures_of_its_benchmark_and_no_others(tmp_path: Path) -> None:
    figures = [figure("demo.seconds", 33.0, "<=30", met=False), figure("demo.calls.emr.ListSteps", 2000), figure("demonstration.seconds", 1)]

    assert filled(tmp_path, "demo", *figures) == [
        "Measured on 2026-11-24.",
        "",
        "| figure | value | unit | goal |",
        "| --- | ---: | ---: | ---: |",
        "| `seconds` | 33 | s | <=30, MISSED |",
        "| `calls.emr.ListSteps` | 2,000 | s | - |",
    ]


def test_figures_of_several_fleets_stand_side_by_side(tmp_path: Path) -> None:
    figures = [figure("fleet.20.seconds", 5, "<=9"), figure("fleet.plain_20.seconds", 7.25), figure("fleet.plain_20.calls.x", 3)]

    assert filled(tmp_path, "fleet, side by side", *figures)[2:] == [
        "| figure | 20 | plain_20 | unit |",
        "| --- | ---: | ---: | ---: |",
        "| `seconds` | 5 (<=9) | 7.25 | s |",
        "| `calls.x` |  | 3 | s |",
    ]


@pytest.mark.parametrize("mark", ["demo", "demo, side by side"])
def test_what_was_not_measured_says_so(tmp_path: Path, mark: str) -> None:
    assert filled(tmp_path, mark) == ["Not measured yet."]


def test_the_page_has_a_place_for_every_benchmark() -> None:
    from benchmarks.__main__ import BENCHMARKS

    assert {place["benchmark"] for place in tables._PLACE.finditer(tables.README.read_text())} == set(BENCHMARKS)
