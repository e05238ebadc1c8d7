"""`python -m airflow_dynamodb_emr.local`: the stand-in for AWS, in the foreground."""

from __future__ import annotations

import argparse
import sys

from airflow_dynamodb_emr.local.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m airflow_dynamodb_emr.local", description="A stand-in for AWS on this machine.")
    parser.add_argument("--port", type=int, default=5005, help="0: any free port")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; anything but the default is open to the network")
    parser.add_argument("--fleet", type=int, default=0, metavar="N", help="fill it with N tables in prefixes PROD_, STAGE_ and DEV_")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does: once whoever holds its other end is gone")
    given = parser.parse_args()
    serve(given.port, given.fleet, given.host, sys.stdin.buffer.read if given.until_eof else None)


if __name__ == "__main__":
    main()
