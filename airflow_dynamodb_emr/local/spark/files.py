"""What a submission brings along, in the folder that its program runs in: as YARN does for a container."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import urldefrag

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.connector.clients import S3
from airflow_dynamodb_emr.local.connector.hadoop import JavaError
from airflow_dynamodb_emr.local.spark.submission import Submission, alias


class Brought:
    """*folder*: that of the program; anything that is not in S3 is a path on this machine."""

    def __init__(self, s3: S3, folder: Path) -> None:
        self._s3, self._folder = s3, folder

    def program(self, submission: Submission) -> Path:
        return self._fetched(submission.program)

    def modules(self, submission: Submission) -> list[Path]:
        return [self._fetched(uri) for uri in submission.listed("spark.submit.pyFiles")]

    def place(self, submission: Submission) -> None:
        """Files under their names, archives unpacked in folders of their names."""
        for uri in submission.listed("spark.files"):
            self._fetched(uri)
        for uri in submission.listed("spark.archives"):
            packed = self._fetched(urldefrag(uri).url, ".packed")
            shutil.unpack_archive(packed, self._folder / alias(uri), "zip" if packed.name.endswith((".jar", ".zip")) else None)

    def _fetched(self, uri: str, below: str = ".") -> Path:
        """Raises JavaError where there is none."""
        source, place = urldefrag(uri).url, self._folder / below / alias(uri)
        place.parent.mkdir(exist_ok=True)
        if not source.startswith("s3"):
            shutil.copyfile(source.removeprefix("file://"), place)
            return place
        answer = self._s3.get(S3Uri.parse(source))
        if answer is None:
            raise JavaError("java.io.FileNotFoundException", f"No such file or directory '{source}'")
        with place.open("wb") as file:
            shutil.copyfileobj(answer, file)
        return place
