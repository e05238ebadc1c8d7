"""`dynamodb-emr keep`: marks a backup, so that retention never forgets it."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import datetime, timezone

from airflow_dynamodb_emr.aws import marking
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.verbs import account


def run(given: Namespace) -> int:
    folder = Folder(S3Uri.parse(given.uri, "URI"))
    store = Store(account.clients(Settings.from_environment().with_form({"base": given.uri})).s3)
    if given.undo:
        said = "its mark is taken away" if marking.unmark(store, folder) else "it was not marked"
    else:
        returned = marking.mark(store, folder, given.why, datetime.now(timezone.utc))
        said = "it was forgotten, and is a backup again, marked to be kept" if returned else "it is marked to be kept"
    print(json.dumps({"uri": str(folder.uri), "kept": not given.undo}) if given.json else f"{folder.uri}: {said}")
    return 0
