"""`make ui`: a real Airflow with its web page on the stand-in for AWS, until Ctrl-C; nothing of it survives."""

from __future__ import annotations

import sys
import threading
import time
from argparse import ArgumentParser
from contextlib import suppress

from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError
from airflow_dynamodb_emr.local.airflow import RealAirflow, real_airflow
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.local.programs import free_port
from airflow_dynamodb_emr.local.signals import stoppable

TABLES = 26
_CONFIG = {"dynamodb_emr": {"prefixes": '["PROD_", "STAGE_", "DEV_"]', "poll_seconds": "2"}}


def main() -> int:
    """Exit status 0 when stopped, 1 when Airflow or the stand-in fails, 2 for a port that is taken."""
    try:
        with stoppable():
            _run(_arguments())
    except KeyboardInterrupt:
        with suppress(OSError):  # the terminal may be gone
            _say("Stopped; nothing is left.")
        return 0
    except DynamoDBBackupError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, BadInput) else 1
    return 0


def _arguments() -> int:
    parser = ArgumentParser(prog="python -m airflow_dynamodb_emr.local.ui", description=__doc__)
    parser.add_argument("--port", type=int, help="port of the web page (default: 8080, or any free one if that is taken)")
    wanted: int | None = parser.parse_args().port
    return _default_port() if wanted is None else wanted


def _default_port() -> int:
    try:
        return free_port(8080)
    except BadInput:
        return 0


def _run(port: int) -> None:
    started = time.monotonic()
    _say(f"Starting the stand-in for AWS with {TABLES} tables ...")
    with stand_in(fleet=TABLES) as aws:
        _say("Starting Airflow ...")
        with real_airflow(aws, port=port, config=_CONFIG) as airflow:
            _say(_welcome(airflow, aws, time.monotonic() - started))
            threading.Event().wait()


def _welcome(airflow: RealAirflow, aws: StandIn, seconds: float) -> str:
    exports = "\n".join(f"    export {name}={value}" for name, value in aws.env.items() if name.startswith("AWS_"))
    return f"""
Ready after {seconds:.0f} s.

  Airflow     {airflow.url}    no login; DAGs: {", ".join(airflow.dag_ids)}
  Try         {airflow.url}/dags/dynamodb_backup: Trigger, prefix PROD_
  AWS         {aws.url}    a stand-in on this machine, nothing here reaches AWS; to look into it with the aws command:
{exports}
  Stop        Ctrl-C: ends all of it and deletes {airflow.home}
"""


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
