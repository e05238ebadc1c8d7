"""The jars of AWS's software: fetched by Maven, once, into a cache outside the repository."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-dynamodb-emr"
JAVA_AT_LEAST = 17


class Missing(Exception):
    """What is needed is not on this machine and cannot be had."""


def libraries(profile: str) -> Path:
    """The folder with the jars of a profile of pom.xml; raises Missing without Java and Maven, or when Maven cannot fetch them."""
    if not shutil.which("mvn") or _java_version() < JAVA_AT_LEAST:
        raise Missing(f"a JDK {JAVA_AT_LEAST} or newer and Maven are needed")
    folder = CACHE / f"{profile}-{hashlib.sha256((HERE / 'pom.xml').read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        _fetch(profile, folder)
    return folder


def _java_version() -> int:
    """Of the compiler; 0 where there is none."""
    if not shutil.which("javac"):
        return 0
    said = subprocess.run(["javac", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r"javac (\d+)", said.stdout + said.stderr)
    return int(found[1]) if found else 0


def _fetch(profile: str, folder: Path) -> None:
    """Into a folder of its own, renamed when it is whole: others may fetch at the same time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        part = Path(scratch) / "jars"
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "-P", profile, "dependency:copy-dependencies", f"-DoutputDirectory={part}"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise Missing(f"Maven could not fetch it: {ran.stdout.strip()[:300]}")
        with suppress(OSError):  # another run was first
            part.rename(folder)
