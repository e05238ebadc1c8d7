"""`python -m airflow_dynamodb_emr.transfer.checking.child`: one process of a `Crew`. It ends with its standard input."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from typing import Any, BinaryIO

import botocore.session

from airflow_dynamodb_emr.errors import CopyFailed, DynamoDBBackupError
from airflow_dynamodb_emr.transfer.checking.crew import Start
from airflow_dynamodb_emr.transfer.raw.guarded import guarded


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: whoever started it decides
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anybody prints is no answer
    gc.set_threshold(100_000)  # of millions of lists, none has a cycle
    serve(sys.stdin.buffer, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Pickles in and out: of a process to the one that started it."""
    session = botocore.session.get_session()
    start: Start = pickle.load(requests)
    worker: Any = None
    while request := _next(requests):
        do, credentials, *arguments = request
        _use(credentials, session, known=worker is not None)
        worker = worker or start.task.worker(_s3(session, start), start.name, lambda *heard: _say(answers, "heard", heard))
        _say(answers, *_done(worker, do, arguments))


def _next(requests: BinaryIO) -> Any:
    try:
        return pickle.load(requests)
    except EOFError:
        return None


def _done(worker: Any, do: str, arguments: list[Any]) -> tuple[str, Any]:
    try:
        return "done", getattr(worker, do)(*arguments)
    except DynamoDBBackupError as error:
        return "raised", error
    except Exception as error:  # whatever it is: not every error can be sent
        return "raised", CopyFailed(f"a part could not be read: {type(error).__name__}: {error}")


def _use(credentials: Any, session: Any, known: bool) -> None:
    """From now on; a client that is *known* keeps the object that has them."""
    if credentials and known:
        used = session.get_credentials()
        used.access_key, used.secret_key, used.token = credentials[:3]
    elif credentials:
        session.set_credentials(*credentials)


def _s3(session: Any, start: Start) -> Any:
    made = session.create_client("s3", region_name=start.region, endpoint_url=start.endpoint, config=start.config, verify=start.verify)
    kept = start.custody
    return guarded(made, lambda: kept.owner, kept.bucket, kept.acl, kept.key)


def _say(answers: BinaryIO, what: str, answer: Any) -> None:
    pickle.dump((what, answer), answers)
    answers.flush()


if __name__ == "__main__":
    main()
