"""The tables in benchmarks/README.md, from the figures of benchmarks/latest.json: the page never says what was not measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

README = Path(__file__).parent / "README.md"
_PLACE = re.compile(r"(?P<begin><!-- figures of (?P<benchmark>\w+)(?P<columns>, side by side)? -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
_Figure = Mapping[str, Any]  # as latest.json has it
_Row = Sequence[str]


def write(figures: Sequence[_Figure], page: Path = README) -> None:
    """Into each place of the page that is marked with the name of a benchmark."""
    page.write_text(_PLACE.sub(lambda place: _filled(place, figures), page.read_text()))


def _filled(place: re.Match[str], figures: Sequence[_Figure]) -> str:
    own = [figure for figure in figures if figure["name"].startswith(f"{place['benchmark']}.")]
    body = "\n".join([*_measured(own), *(_side_by_side(own) if place["columns"] else _listed(own))]) if own else "Not measured yet."
    return f"{place['begin']}{body}\n{place['end']}"


def _measured(figures: Sequence[_Figure]) -> list[str]:
    days = sorted({figure["measured"][:10] for figure in figures if "measured" in figure})
    return [f"Measured on {' and '.join(days)}.", ""] if days else []


def _listed(figures: Sequence[_Figure]) -> list[str]:
    return _table(["figure", "value", "unit", "goal"], [[_last(each, 1), _value(each), each["unit"], _goal(each)] for each in figures])


def _side_by_side(figures: Sequence[_Figure]) -> list[str]:
    """Figures that are called `<benchmark>.<column>.<row>`."""
    of = {(_last(each, 2), each["name"].split(".")[1]): each for each in figures}
    rows, columns = dict.fromkeys(row for row, _ in of), dict.fromkeys(column for _, column in of)
    cells = [[row, *(_cell(of.get((row, column))) for column in columns), _unit(of, row)] for row in rows]
    return _table(["figure", *columns, "unit"], cells)


def _cell(figure: _Figure | None) -> str:
    return " ".join([_value(figure), *([f"({_goal(figure)})"] if figure["goal"] != "-" else [])]) if figure else ""


def _unit(of: Mapping[tuple[str, str], _Figure], wanted: str) -> str:
    return next(str(figure["unit"]) for (row, _), figure in of.items() if row == wanted)


def _goal(figure: _Figure) -> str:
    return f"{figure['goal']}{'' if figure['met'] else ', MISSED'}"


def _value(figure: _Figure) -> str:
    return f"{figure['value']:,}".removesuffix(".0")


def _last(figure: _Figure, parts: int) -> str:
    """The name without so many first parts."""
    return f"`{figure['name'].split('.', parts)[-1]}`"


def _table(head: _Row, rows: Iterable[_Row]) -> list[str]:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(row)} |" for row in [head, rule, *rows]]
