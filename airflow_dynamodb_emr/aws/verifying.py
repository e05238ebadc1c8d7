"""Looks at a backup in S3 and says whether it is restorable.

One listing of its folder, a few documents a table, and with `deep` every byte of its data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.judges import Judge, judge_of
from airflow_dynamodb_emr.aws.listed import HINT
from airflow_dynamodb_emr.aws.looks import Reader
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exported import Stored
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.looking import Look
from airflow_dynamodb_emr.core.verification import TableVerification, Verification
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.transfer import checking
from airflow_dynamodb_emr.transfer.raw.refusals import of_s3

_LISTED_AT_MOST = 3
_NAMED = 8
LARGE_BYTES = 64_000_000  # a table of less is not worth more than one connection: many such are read at the same time
Told = Callable[[int, int, int], None]  # parts, bytes and items that were read since the last time
Done = Callable[[TableVerification], None]


def verify(
    clients: Clients,
    folder: Folder,
    now: datetime,
    *,
    tables: Sequence[str] = (),
    deep: bool = False,
    at_once: int = 1,
    told: Told = lambda *_: None,
    done: Done = lambda _: None,
) -> Verification:
    """*tables*: names or patterns; none: all. *at_once*: parts of a large table that are read side by side. *done* hears of each that is judged.

    Raises NotFound where no backup is, BadInput for a table that it has not, CopyFailed where S3 stops answering: then nothing is judged.
    """
    with _named(folder):
        judge = _judge(clients, folder, now)
        names = _chosen(folder, judge.names, tables)
        large = [name for name in names if deep and judge.stored_bytes(name) >= LARGE_BYTES]

        def one(name: str, at_once: int = 1) -> TableVerification:
            look = judge.look(name)
            seen = judge.table(_read(clients, folder, judge, look, at_once, told) if deep else look)
            done(seen)
            return seen

        judged = together.each(one, sorted({*names} - {*large}))
        judged += [one(name, at_once) for name in large]
        return judge.whole(sorted(judged, key=lambda each: each.name))


def _judge(clients: Clients, folder: Folder, now: datetime) -> Judge:
    """A verdict that is written just now speaks of what was not there when the folder was listed: then it is listed again."""
    for _ in range(_LISTED_AT_MOST):
        reader = Reader(Store(clients.s3), folder, _listed(clients, folder))
        judge = judge_of(reader, now)
        if not reader.is_overtaken:
            break
    return judge


def _read(clients: Clients, folder: Folder, judge: Judge, look: Look, at_once: int, told: Told) -> Look:
    keys = judge.parts(look)
    if keys is None:
        return look
    form, md5 = _form(look), any(part.md5 for part in look.manifest.parts) if look.manifest else False
    access, size = clients.access if at_once > 1 else None, judge.stored_bytes(look.name)
    check = partial(checking.check, at_once=at_once, access=access, stored_bytes=size, told=told)
    return structs.replace(look, found=check(clients.s3, folder.uri, keys, judge.keys(look), form=form, md5=md5, content=False))


def _form(look: Look) -> str:
    """Of its lines; empty: as each line has it."""
    if look.manifest is None:
        return ""
    return checking.INCREMENT if look.manifest.increment else look.manifest.form


def _listed(clients: Clients, folder: Folder) -> dict[str, Stored]:
    with refused_as_bad_input(f"backup: {folder.uri}", "name another, or allow s3:ListBucket there"):
        objects = Store(clients.s3).etags(folder.uri)
        return {folder.uri.relative(uri): Stored(bytes=size, etag=etag) for uri, size, etag in objects}


def _chosen(folder: Folder, names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    for pattern in wanted:
        if not any(fnmatchcase(name, pattern) for name in names):
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            raise BadInput(f"tables: none in {folder.uri} is called {pattern!r}", f"it holds {', '.join(names[:_NAMED]) or 'none'}{more}")
    return [name for name in names if not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)]


@contextmanager
def _named(folder: Folder) -> Iterator[None]:
    """An answer that does not come is no verdict."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise of_s3(f"{folder.uri} could not be read to its end", error, HINT) from error
