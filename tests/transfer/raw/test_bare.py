"""On the nodes of a cluster there is Python, its standard library and botocore: that is enough, and the items are the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.lines import json_of
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.write import load
from airflow_dynamodb_emr.transfer.scan import scan
from tests.transfer.raw.test_there_and_back import PECULIAR

# What is not there cannot be imported; botocore brings jmespath, dateutil, six and urllib3 along, and its data classes may look for awscrt.
_NODE = """
import importlib.abc, json, sys

ALLOWED = {"airflow_dynamodb_emr", "botocore", "jmespath", "dateutil", "six", "urllib3", "certifi", *sys.stdlib_module_names}

class Node(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Node())
from botocore.session import Session
from airflow_dynamodb_emr.transfer.raw import dump, pages, compression, reading, write
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

assert pages.msgspec is None and compression.fast is None
session = Session()
endpoint, place = Endpoint.of(session), Place(session.create_client("s3"), "local-backups", sys.argv[1])
cut = lambda source: Job(source.name, source.keys, 2, 11, 4000, form=sys.argv[4])
manifest = dump.dump(endpoint, place, sys.argv[2], cut)
if sys.argv[4] == "dynamodb-json":
    parts = ((part["key"], reading.items(place, Part(**part))) for part in manifest["parts"])
    write.load(endpoint, sys.argv[3], dump.Source.of(write.Wire(endpoint), sys.argv[3]).keys, parts)
strange = {name.partition(".")[0] for name in sys.modules} - ALLOWED - {"__main__", "__mp_main__"}
print(json.dumps([manifest["parts"], sorted(strange)]))
"""


@pytest.mark.parametrize("form", ["dynamodb-json", "connector"])
def test_with_the_standard_library_alone_the_same_lines_are_dumped_and_loaded(
    local: StandIn, make_table: Callable[..., str], place: Place, form: str
) -> None:
    table, target = make_table("S"), make_table("S")
    given = [{**item, "id": {"S": f"{n}"}} for n, item in enumerate(PECULIAR * 20)]
    load(local.endpoint, table, Keys("id"), [("", map(json_of, given))])
    here = dump(local.endpoint, place, table, lambda source: Job(table, source.keys, 2, 11, 4000, form=form))

    command = [sys.executable, "-W", "error", "-c", _NODE, f"{place.key}-bare", table, target, form]
    done = subprocess.run(command, env={**local.env, "PATH": ""}, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()
    parts, strange = json.loads(done.stdout)
    assert [content(part) for part in parts] == [content(part) for part in here["parts"]]
    assert not [name for name in strange if not name.startswith(("_", "sitecustomize", "usercustomize", "distutils"))]
    if form == "dynamodb-json":
        assert list(scan(local.endpoint, target)) == list(scan(local.endpoint, table))


def content(part: dict[str, Any]) -> Any:
    return part["key"], part["items"], part["content_sha256"], part["content_bytes"]
