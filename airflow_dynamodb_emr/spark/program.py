"""The Spark program: `dump` or `load` of one table.

What came of it is in `outcome.json`, in the dump's folder or the one given: where the driver runs on a worker, nobody sees its last words but who
looks for the container's log. Exit status: 0; 1 with a reason there; 2 for wrong use; 3 where the nodes' Python lacks botocore, without which
nothing can be told.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.spark.arguments import parser

log = logging.getLogger(__name__)

OUTCOME = "outcome.json"
_LACKING = 3


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("airflow_dynamodb_emr").setLevel(logging.INFO)
    if find_spec("botocore") is None:
        print("the Python of the nodes has no botocore\nHINT: put it into the archive of setting spark_libraries, see docs/spark.md", file=sys.stderr)
        return _LACKING
    log.info("airflow-dynamodb-emr %s: %s", __version__, " ".join(map(str, arguments or sys.argv[1:])))
    log.info("Python %s with %s", sys.version.split()[0], _libraries())
    return _done(asked)


def _done(asked: Namespace) -> int:
    began = time.monotonic()
    try:
        told = {"ok": True, **_run(asked)}
    except DynamoDBBackupError as error:
        print(error, file=sys.stderr, flush=True)
        told = {"ok": False, "facts": error.facts, "hint": error.hint}
    except Exception as error:  # of Spark or AWS: whatever it is, whoever waits shall read why
        traceback.print_exc()
        told = {"ok": False, "facts": f"{type(error).__name__}: {str(error).strip()[:1000]}", "hint": "look at the log of the driver"}
    _tell(asked, {"format": 1, "software": __version__, "verb": asked.verb, "table": asked.table, **told, "seconds": time.monotonic() - began})
    return 0 if told["ok"] else 1


def _run(asked: Namespace) -> dict[str, Any]:
    from pyspark import SparkContext

    from airflow_dynamodb_emr.spark import dump, load

    verbs: dict[str, Callable[..., dict[str, Any]]] = {"dump": dump.dump, "load": load.load}
    with SparkContext() as spark:
        return verbs[asked.verb](spark, spark.getConf().get("spark.driver.host") or "", asked)


def _tell(asked: Namespace, outcome: dict[str, Any]) -> None:
    """Not beside a dump that was there before: who was refused for that must leave it as it is."""
    from airflow_dynamodb_emr.spark.cloud import Account, cloud
    from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST

    place = cloud(Account.of(asked)).place(asked.into if asked.verb == "dump" else asked.outcome)
    if outcome["ok"] or place.read(MANIFEST) is None:
        place.put(OUTCOME, json.dumps(outcome, indent=2).encode() + b"\n")
    log.info("%s", outcome)


def _libraries() -> str:
    found = [name for name in ("msgspec", "isal") if find_spec(name)]
    return " and ".join(found) or "nothing but its standard library and botocore"
