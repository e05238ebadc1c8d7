"""`python -m benchmarks [ONLY]`: one line a figure, `name value unit goal met`, and all of them in benchmarks/latest.json and README.md.

Exit status 1 when a goal is missed, 2 for a benchmark that is not there.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.signals import stoppable
from benchmarks import catalogue, demo, faults, formats, makespan, orchestration, prefixes, scale, tables, verify
from benchmarks.copying import measure as copying
from benchmarks.figures import Figure

BENCHMARKS: dict[str, Callable[[], Iterable[Figure]]] = {
    "makespan": makespan.measure,
    "copy": copying.measure,
    "verify": verify.measure,
    "formats": formats.measure,
    "scale": scale.measure,
    "orchestration": orchestration.measure,
    "prefixes": prefixes.measure,
    "demo": demo.measure,
    "faults": faults.measure,
    "catalogue": catalogue.measure,
}
LATEST = Path(__file__).parent / "latest.json"


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}\nHINT: name one of {', '.join(BENCHMARKS)}, or none for all", file=sys.stderr)
        return 2
    try:
        with stoppable():
            measured = [figure for name in arguments or BENCHMARKS for figure in _told(BENCHMARKS[name]())]
    except KeyboardInterrupt:
        return 130
    latest = msgspec.json.encode(_document(measured))
    LATEST.write_bytes(msgspec.json.format(latest, indent=2) + b"\n")
    tables.write(msgspec.json.decode(latest)["figures"])
    return 0 if all(figure.met for figure in measured) else 1


def _told(figures: Iterable[Figure]) -> Iterable[Figure]:
    for figure in figures:
        print(figure.line(), flush=True)
        yield figure


def _document(measured: list[Figure]) -> dict[str, Any]:
    """Figures of benchmarks that did not run keep their place, with the day they are of."""
    now, names = datetime.now(timezone.utc), {figure.name for figure in measured}
    figures = [{"name": f.name, "value": f.value, "unit": f.unit, "goal": f.goal, "met": f.met, "measured": now} for f in measured]
    known = msgspec.json.decode(LATEST.read_bytes())["figures"] if LATEST.exists() else []
    ran = {name.partition(".")[0] for name in names}
    others = [figure for figure in known if figure["name"].partition(".")[0] not in ran]
    versions = {"python": platform.python_version(), "apache-airflow": version("apache-airflow")}
    return {"cores": os.cpu_count(), "versions": versions, "figures": [*others, *figures]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
