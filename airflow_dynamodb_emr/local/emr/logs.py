"""Ships a step's logs as EMR does: gzip files under `<LogUri>/<cluster>/steps/<step>/`."""

from __future__ import annotations

import gzip
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local import moto_side


class Logs:
    """The log folder of one cluster; *uri* may be missing, then nothing is shipped."""

    def __init__(self, uri: str, cluster: str) -> None:
        self._folder: S3Uri | None = None
        with suppress(BadInput):
            self._folder = S3Uri.parse(uri.replace("s3n://", "s3://")) / cluster / "steps"

    def of(self, step: str) -> str | None:
        return f"{self._folder / step}/stderr.gz" if self._folder else None

    def ship(self, step: str, files: Mapping[str, bytes], delay_seconds: float) -> None:
        if not self._folder:
            return
        if delay_seconds:
            late = threading.Timer(delay_seconds, self._put, (self._folder / step, files))
            late.daemon = True
            late.start()
        else:
            self._put(self._folder / step, files)

    def _put(self, folder: S3Uri, files: Mapping[str, bytes]) -> None:
        if not moto_side.has_bucket(folder.bucket):  # nor does EMR fail a step for its logs
            print(f"logs of {folder} are lost: no such bucket", file=sys.stderr)
            return
        for name, content in files.items():
            moto_side.put_object(folder / f"{name}.gz", gzip.compress(content, 1))
