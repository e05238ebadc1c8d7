"""`yarn application` on the primary node of a cluster: what runs, and its end. A program of its own that needs nothing but Python.

    yarn application -list [-appTags TAG,...]
    yarn application -kill ID...

https://hadoop.apache.org/docs/stable/hadoop-yarn/hadoop-yarn-site/YarnCommands.html
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

CLUSTER = "LOCAL_EMR_CLUSTER"  # the variable that says on whose primary node this runs
_COLUMNS = "{:>30}\t{:>20}\t{:>20}\t{:>10}\t{:>10}\t{:>18}\t{:>18}\t{:>15}\t{:>35}"
_HEAD = ("Application-Id", "Application-Name", "Application-Type", "User", "Queue", "State", "Final-State", "Progress", "Tracking-URL")


def main() -> int:
    parser = argparse.ArgumentParser(prog="yarn", allow_abbrev=False)
    parser.add_argument("command", choices=["application", "app"])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("-list", action="store_true")
    what.add_argument("-kill", nargs="+", metavar="ID")
    parser.add_argument("-appTags", default="", metavar="TAG,...")
    given = parser.parse_args()
    if given.list:
        return _list([tag.lower() for tag in given.appTags.split(",") if tag])
    return max(_kill(application) for application in given.kill)


def _list(tags: list[str]) -> int:
    """With any of *tags*, where there are some."""
    own = [one for one in _ask("yarn") if one["cluster"] == os.environ[CLUSTER]]
    found = [one for one in own if not tags or set(tags) & set(one["tags"])]
    states = "[SUBMITTED, ACCEPTED, RUNNING]"
    print(f"Total number of applications (application-types: [], states: {states} and tags: [{', '.join(tags)}]):{len(found)}")
    print(_COLUMNS.format(*_HEAD))
    for one in found:
        print(_COLUMNS.format(one["id"], one["name"], one["kind"], "hadoop", "default", "RUNNING", "UNDEFINED", "5%", "N/A"))
    return 0


def _kill(application: str) -> int:
    try:
        killed = _ask("yarn/kill", {"cluster": os.environ[CLUSTER], "application": application})["killed"]
    except HTTPError as error:
        error.close()
        print(f"Application with id '{application}' doesn't exist in RM.", file=sys.stderr)
        return 255
    print(f"Killing application {application}\nKilled application {application}" if killed else f"Application {application} has already finished ")
    return 0


def _ask(what: str, body: dict[str, str] | None = None) -> Any:
    url = f"{os.environ['AWS_ENDPOINT_URL']}/local/{what}"
    with urlopen(Request(url, json.dumps(body).encode() if body else None), timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
