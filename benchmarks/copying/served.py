"""`python -m benchmarks.copying.served FOLDER`: GetObject for the files in it, whatever the bucket, in a process that does next to nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Files(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:
        with (self.folder / self.path.rpartition("/")[2]).open("rb") as file:
            self.send_response(200)
            self.send_header("ETag", '"file"')
            self.send_header("Content-Length", str(Path(file.name).stat().st_size))
            self.end_headers()
            self.wfile.flush()
            self.connection.sendfile(file)  # the kernel copies

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Its URL; it ends when it is left."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.copying.served", str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    _Files.folder = Path(sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), _Files) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
