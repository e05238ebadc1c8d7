"""`python -m benchmarks.recorded`: says its address, answers until its standard input ends."""

from __future__ import annotations

import socket
import sys
import threading

from benchmarks.recorded.answers import Recording
from benchmarks.recorded.server import serve

listening = socket.create_server(("127.0.0.1", 0), backlog=128)
threading.Thread(target=serve, args=(Recording(), listening), daemon=True).start()
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
sys.stdin.read()
