"""What of a node a Spark program meets: Spark itself, and a Python with the standard library and botocore, as EMR's nodes have it.

Whatever else is installed here, the program does not see: what it needs beside these has to come along with it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

_LIBRARIES = ("botocore", "dateutil", "jmespath", "six", "urllib3")  # botocore, and what it imports
_PYTHON = '#!/bin/sh\nexec "{python}" -S "$@"\n'  # -S: without its site-packages
_SPARK = ("bin", "jars", "python", "sbin")
_LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n
"""


class Lacking(Exception):
    """This machine has no Spark, or nothing to run it."""


class Node:
    """Made in a *folder*, which Spark writes to as well. Raises Lacking."""

    def __init__(self, folder: Path) -> None:
        spark = find_spec("pyspark")
        if spark is None or not spark.submodule_search_locations:
            raise Lacking("PySpark is not installed\nHINT: install what the stand-in needs for it: pip install 'airflow-dynamodb-emr[spark]'")
        if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
            raise Lacking("Spark needs Java, and there is none\nHINT: install a Java runtime, version 17 or 11, or set JAVA_HOME")
        self._folder = folder
        self._link("spark", Path(spark.submodule_search_locations[0]), _SPARK)
        self._write("spark/conf/log4j2.properties", _LOGGING)
        self._link_libraries()
        self._write("bin/python3", _PYTHON.format(python=sys.executable)).chmod(0o755)

    @property
    def submit(self) -> Path:
        """Spark's own program."""
        return self._folder / "spark/bin/spark-submit"

    def environment(self, outer: Mapping[str, str]) -> dict[str, str]:
        """Of driver and executors; Spark listens on this machine alone."""
        python = str(self._folder / "bin/python3")
        return {
            **outer,
            "PYSPARK_DRIVER_PYTHON": python,
            "PYSPARK_PYTHON": python,
            "PYTHONPATH": str(self._folder / "site"),
            "SPARK_HOME": str(self._folder / "spark"),
            "SPARK_CONF_DIR": str(self._folder / "spark/conf"),
            "SPARK_LOCAL_DIRS": str(self._folder / "scratch"),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }

    def _link_libraries(self) -> None:
        for name in _LIBRARIES:
            found = find_spec(name)
            assert found and found.origin
            origin = Path(found.origin)
            self._link("site", *((origin.parent.parent, (name,)) if origin.name == "__init__.py" else (origin.parent, (origin.name,))))

    def _link(self, below: str, source: Path, names: tuple[str, ...]) -> None:
        (self._folder / below).mkdir(parents=True, exist_ok=True)
        for name in names:
            (self._folder / below / name).symlink_to(source / name)

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path
