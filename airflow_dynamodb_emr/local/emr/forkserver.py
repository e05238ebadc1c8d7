"""`python -m airflow_dynamodb_emr.local.emr.forkserver FD`: makes the processes of steps from one that has the connector imported already.

A Python of its own takes a third of a second of processor time before it has done anything; a copy of this one takes next to none. It has to be a
process beside the stand-in's, which has threads and must not be copied. `forks.py` speaks to it: over FD come, for each child, three descriptors: a
socket of its own, and its stdout and stderr. The child tells its process id on the socket, reads there what to do, and last tells its exit code.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import socket
import sys
import time
import traceback

import airflow_dynamodb_emr.local.connector.command  # noqa: F401 - so that no child has to


def main(channel: socket.socket) -> None:
    """Until the stand-in closes its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children: each tells its own end
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    "localhost".encode("idna")  # what every first connection imports
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, 1, 3)
        if not message:
            return
        if os.fork() == 0:
            channel.close()
            _be_child(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _be_child(own: int, stdout: int, stderr: int) -> None:
    """Never returns."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor, standard in ((stdout, 1), (stderr, 2)):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        line = socket.socket(fileno=own)
        line.sendall(f"{os.getpid()}\n".encode())
        with line.makefile() as lines:
            code = _run(**json.loads(lines.readline()))
        sys.stdout.flush()
        sys.stderr.flush()
        line.sendall(f"{code}\n".encode())
    finally:
        os._exit(code)


def _run(module: str, args: list[str], sleep_seconds: float | None) -> int:
    """As `python -m` would; *sleep_seconds* before that, None: for ever."""
    if sleep_seconds is None:
        signal.pause()
    time.sleep(sleep_seconds or 0)
    sys.argv = [module, *args]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return _code(end)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _code(end: SystemExit) -> int:
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
        return 1
    return end.code or 0


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
