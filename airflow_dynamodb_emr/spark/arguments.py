"""What the program is told on its command line; `core/spark.py` writes it."""

from __future__ import annotations

from argparse import ArgumentParser


def parser() -> ArgumentParser:
    made = ArgumentParser(prog="main.py", allow_abbrev=False)
    verbs = made.add_subparsers(dest="verb", required=True)
    _dump(_common(verbs.add_parser("dump", allow_abbrev=False)))
    _load(_common(verbs.add_parser("load", allow_abbrev=False)))
    return made


def _common(verb: ArgumentParser) -> ArgumentParser:
    verb.add_argument("--region", required=True)
    verb.add_argument("--owner", default="", help="account that must own the bucket")
    verb.add_argument("--backups", default="", help="bucket that must be its own to be read, too")
    verb.add_argument("--acl", default="", help="that objects are put with")
    verb.add_argument("--kms-key", default="", help="ARN of the key that encrypts them")
    verb.add_argument("--table", required=True)
    verb.add_argument("--units", type=float, default=0.0, help="capacity units a second of all tasks together; 0: no limit")
    verb.add_argument("--executors", type=int, default=1, help="tasks at once")
    return verb


def _dump(verb: ArgumentParser) -> None:
    """What is not given is as the copy engine has it."""
    verb.add_argument("--into", required=True, help="a folder in S3")
    verb.add_argument("--segments", type=int, default=1)
    verb.add_argument("--page-items", type=int)
    verb.add_argument("--part-bytes", type=int)
    verb.add_argument("--share-bytes", type=int)
    verb.add_argument("--form")


def _load(verb: ArgumentParser) -> None:
    verb.add_argument("--from", dest="source", required=True, help="the folder of a dump in S3")
    verb.add_argument("--outcome", required=True, help="a folder in S3 to tell what came of it")
    verb.add_argument("--hands", type=int, default=4, help="calls under way at once, of each task")
