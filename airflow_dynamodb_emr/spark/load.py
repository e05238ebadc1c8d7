"""The driver of a load: it hands the parts of a dump out."""

from __future__ import annotations

import json
import logging
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.spark.cloud import Account, cloud
from airflow_dynamodb_emr.spark.crew import Crew
from airflow_dynamodb_emr.spark.shares import Shares
from airflow_dynamodb_emr.spark.tasks import LoadPart
from airflow_dynamodb_emr.transfer.raw import forms
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST, Source
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.wire import Wire
from airflow_dynamodb_emr.transfer.raw.write import Loaded

if TYPE_CHECKING:
    from pyspark import SparkContext

log = logging.getLogger(__name__)


def load(spark: SparkContext, host: str, asked: Namespace) -> dict[str, Any]:
    """Returns what was written. Raises BadInput before that, CopyFailed when not all items could be."""
    here = cloud(Account.of(asked))
    with closing(Wire(here.endpoint)) as wire:
        keys = Source.of(wire, asked.table).keys
    parts, total = _parts(here.place(asked.source)), Loaded()
    with closing(Shares(asked.units, asked.executors, host)) as shares:
        task = LoadPart(Account.of(asked), asked.source, asked.table, keys, asked.hands, shares.division)
        done: Iterator[Loaded] = Crew(spark, asked.executors).work(parts, task)
        for number, loaded in enumerate(done, 1):
            log.info("%s of %s parts are in the table; this one: %s items, %s write units", number, len(parts), loaded.items, loaded.write_units)
            total = total.plus(loaded)
    return {"engine": "spark", "table": asked.table, **total._asdict()}


def _parts(place: Place) -> list[Part]:
    """Raises BadInput where there is no dump, or none that can be read here."""
    manifest = place.read(MANIFEST)
    if manifest is None:
        raise BadInput(f"{place} holds no {MANIFEST}", "name the folder of a dump that was finished")
    said = json.loads(manifest)
    if said["format"] != 1 or said["form"] != forms.DYNAMODB_JSON:
        facts = f"{place} is in form {said['form']}, format {said['format']}; the engine `spark` loads {forms.DYNAMODB_JSON}, 1"
        raise BadInput(facts, "use the engine `worker`")
    return [Part(**{name: each[name] for name in Part._fields}) for each in said["parts"]]
