"""Deep verification of a gigabyte of dumps: megabytes a CPU-second beside what one would do without it, and memory."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from airflow_dynamodb_emr.transfer.raw.compression import compressor
from airflow_dynamodb_emr.transfer.raw.forms import CONNECTOR, DYNAMODB_JSON, LINES
from benchmarks.copying.bench import Runs, middle, ratio
from benchmarks.copying.jobs import Job, Taken, run
from benchmarks.copying.served import served
from benchmarks.figures import Figure
from benchmarks.recorded.items import recorded

ROUNDS = 3
PARTS, FEW = 8, 1  # of 125 MB of lines; rounds are with few of them
ITEMS = 114_000  # of a part
_MADE = 20_000  # the same again and again, but for their keys
_ID = slice(len('{"id":{"S":"'), len('{"id":{"S":"000000000000'))
CONTENDERS = ("verify", "gunzip_wc", "json_loads")


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        all_parts, few, connector = (Path(scratch) / name for name in ("all", "few", "connector"))
        make(all_parts, DYNAMODB_JSON, PARTS)
        make(few, DYNAMODB_JSON, FEW)
        make(connector, CONNECTOR, FEW)
        yield from _beside_others(few, connector)
        yield from _memory(all_parts)
        yield from _processes(all_parts)


def _beside_others(few: Path, connector: Path) -> Iterator[Figure]:
    runs: Runs = defaultdict(list)
    for _ in range(ROUNDS):
        for name in CONTENDERS:
            runs[name].append(_run(name, few, FEW))
        runs["connector_form"].append(_run("verify", connector, FEW, CONNECTOR))
        runs["connector_form_json_loads"].append(_run("json_loads", connector, FEW))
    yield from (Figure(f"verify.{name.replace('verify', 'deep')}", round(middle(taken), 1), "MB/CPU-s") for name, taken in runs.items())
    yield Figure("verify.to_json_loads", round(ratio(runs, "verify", "json_loads"), 2), "times", at_least=1.5)
    yield Figure("verify.to_gunzip_wc", round(ratio(runs, "verify", "gunzip_wc"), 2), "of_it", at_least=0.6)
    yield Figure("verify.connector_form_to_json_loads", round(ratio(runs, "connector_form", "connector_form_json_loads"), 2), "times", at_least=1.5)


def _memory(folder: Path) -> Iterator[Figure]:
    taken = _run("verify", folder, PARTS)
    yield Figure("verify.memory.before", round(taken.memory_before / 1e6), "MB")
    yield Figure("verify.memory.gigabyte", round(taken.memory / 1e6), "MB", at_most=200)
    yield Figure("verify.gigabyte", round(taken.megabytes_per_cpu_second, 1), "MB/CPU-s")
    yield Figure("verify.gigabyte_cpu_seconds", round(taken.cpu_seconds, 2), "CPU-s")


def _processes(folder: Path) -> Iterator[Figure]:
    with served(folder) as url:
        for processes in (1, 2):
            job = Job(contender="verify_by_several", table=DYNAMODB_JSON, folder=str(folder), hands=processes)
            taken = _counted(run(job, {"AWS_ENDPOINT_URL_S3": url}), PARTS)
            yield Figure(f"verify.processes.{processes}_seconds", round(taken.seconds, 2), "s")
            yield Figure(f"verify.processes.{processes}_cpu_seconds", round(taken.cpu_seconds, 2), "CPU-s")


def _run(contender: str, folder: Path, parts: int, form: str = DYNAMODB_JSON) -> Taken:
    return _counted(run(Job(contender=contender, table=form, folder=str(folder)), {}), parts)


def _counted(taken: Taken, parts: int) -> Taken:
    if taken.items != parts * ITEMS:
        raise RuntimeError(f"{taken.items} items were read of {parts * ITEMS}")
    return taken


def make(folder: Path, form: str, parts: int) -> None:
    """As the copy engine writes them."""
    folder.mkdir()
    made = recorded(_MADE)
    for number in range(parts):
        ids = range(number * ITEMS, (number + 1) * ITEMS)
        _write(folder / f"part-{number:04}.json.gz", LINES[form], [_with_id(made[each % _MADE], each) for each in ids])


def _with_id(item: bytes, number: int) -> bytes:
    return b"%s%012d%s" % (item[: _ID.start], number, item[_ID.stop :])


def _write(path: Path, lines: Callable[[Sequence[Any]], Iterator[bytes]], items: Sequence[bytes]) -> None:
    compress = compressor()
    with path.open("wb") as file:
        file.writelines(compress.compress(block) for block in lines(items))
        file.write(compress.flush())
