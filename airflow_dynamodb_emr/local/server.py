"""The stand-in's process: one port, our services and moto behind one door."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from airflow_dynamodb_emr.local.emr.rates import Rates
from airflow_dynamodb_emr.local.faults import Calls, Faults
from airflow_dynamodb_emr.local.fleet.seed import BASE, CONNECTOR_JAR, SERVERLESS_ROLE, seed
from airflow_dynamodb_emr.local.http.control import Control
from airflow_dynamodb_emr.local.http.front import Front
from airflow_dynamodb_emr.local.http.handler import Handler
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord
from airflow_dynamodb_emr.local.regions import Regions
from airflow_dynamodb_emr.local.signals import stoppable

REGION = "us-east-1"
NO_LIMIT = "1000"  # of calls to EMR, which the stand-in answers as fast as it can unless a knob says otherwise


def serve(port: int = 5005, fleet: int = 0, host: str = "127.0.0.1", wait: Callable[[], object] | None = None) -> None:
    """Run the stand-in until SIGINT or SIGTERM, or until *wait* returns; port 0: any free one.

    Prints what to set, then `ready` and its address. The fleet takes seconds to make: calls that come before it is there are answered when it is.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    faults, calls, knobs = Faults(), Calls(), Knobs.from_environment()
    record = CapacityRecord(knobs.now)
    children: dict[str, str] = {}
    regions = Regions(children, faults, knobs, record)
    control = Control(faults, calls, knobs, record, regions.clusters)
    front = Front(regions, faults, calls, Rates(knobs), control, DomainDispatcherApplication(create_backend_app))
    server = make_server(host, port, front, threaded=True, request_handler=Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    children.update(client_environment(url))
    with stoppable(), suppress(KeyboardInterrupt, BrokenPipeError):  # the latter: whoever started us has gone already
        try:
            _announce(url, fleet)
            seed(regions[REGION], fleet)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            (wait or threading.Event().wait)()
        finally:
            regions.abandon()


def client_environment(url: str) -> dict[str, str]:
    """What any AWS client needs to be set to talk to the stand-in and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def environment(url: str) -> dict[str, str]:
    """The same for Airflow with this package."""
    settings = {
        "BASE": BASE,
        "CONNECTOR_JAR": CONNECTOR_JAR,
        "SERVERLESS_ROLE": f"arn:aws:iam::{ACCOUNT}:role/{SERVERLESS_ROLE}",
        "REGION": REGION,
        "EMR_RATE": NO_LIMIT,
    }
    return {**client_environment(url), **{f"AIRFLOW__DYNAMODB_EMR__{name}": value for name, value in settings.items()}}


def _announce(url: str, fleet: int) -> None:
    print("# This is a stand-in for AWS on this machine. Nothing here reaches AWS, and everything is gone when it stops.")
    print(f"# It holds {fleet} tables." if fleet else "# It holds no tables.")
    for name, value in environment(url).items():
        print(f"export {name}={value}")
    print(f"ready {url}", flush=True)
