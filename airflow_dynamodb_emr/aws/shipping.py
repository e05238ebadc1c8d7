"""Puts the Spark program into S3: the modules of this package that it needs, and nothing that a node does not have.

Its folder is named after its content. So it is there already for all runs but the first of a version, and one that is there is never changed.
"""

from __future__ import annotations

import ast
import io
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import airflow_dynamodb_emr
from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.errors import NotFound

_PACKAGE = airflow_dynamodb_emr.__name__
_ROOT = Path(airflow_dynamodb_emr.__file__).parents[1]
_MAIN = f"{_PACKAGE}.spark.main"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold: the same content shall make the same bytes
_READABLE = 0o644 << 16


def program(base: S3Uri, libraries: str = "") -> Program:
    """Where it will lie, under `<base>/artifacts/`; *libraries*: the archive of setting `spark_libraries`."""
    content = sha256(archive() + _main()).hexdigest()[:16]
    folder = base / "artifacts" / f"{__version__}-{content}"
    return Program(main=str(folder / "main.py"), modules=str(folder / f"{_PACKAGE}.zip"), libraries=libraries)


def check(store: Store, libraries: str) -> None:
    """Raises BadInput where they are named and not there."""
    hint = "make it as docs/spark.md says and upload it, or leave the setting empty"
    with refused_as_bad_input(f"spark_libraries: {libraries}", hint):
        if libraries and store.size(S3Uri.parse(libraries, "spark_libraries")) is None:
            raise NotFound(f"spark_libraries: {libraries} is not there", hint)


def ship(store: Store, where: Program) -> None:
    """That of a plan of another version was shipped with it."""
    for uri, data in ((where.modules, archive()), (where.main, _main())):
        if store.size(S3Uri.parse(uri)) is None:
            store.put_new(S3Uri.parse(uri), data)


def _main() -> bytes:
    return _file(_MAIN).read_bytes()


@lru_cache(maxsize=1)
def archive() -> bytes:
    """A zip of the modules, stored as they are: how small a packer makes them may differ from one machine to the next."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as made:
        for name in shipped():
            file = _file(name)
            entry = zipfile.ZipInfo(file.relative_to(_ROOT).as_posix(), _LONG_AGO)
            entry.create_system, entry.external_attr = 3, _READABLE
            made.writestr(entry, file.read_bytes())
    return packed.getvalue()


def shipped() -> list[str]:
    """Names of the modules that the program imports, those that they import, and so on; with the packages that they are in."""
    found, left = set[str](), {_MAIN}
    while left:
        name = left.pop()
        found.add(name)
        left |= {*_imports(name), *_packages(name)} - found
    return sorted(found)


def source(name: str) -> str:
    """Of a module."""
    return _file(name).read_text()


def _imports(name: str) -> set[str]:
    """Those of this package. What is imported for the type checker alone is not."""
    return {imported for node in _nodes(ast.parse(source(name))) for imported in _imported(node) if _is_ours(imported)}


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING"):
            yield from _nodes(child)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_ours(name: str) -> bool:
    """Is it a module, and not a name within one?"""
    return name.partition(".")[0] == _PACKAGE and _path(name) is not None


def _packages(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts))}


def _file(name: str) -> Path:
    path = _path(name)
    assert path, name
    return path


def _path(name: str) -> Path | None:
    folder = _ROOT.joinpath(*name.split("."))
    return next((path for path in (folder / "__init__.py", folder.with_suffix(".py")) if path.is_file()), None)
