"""Connections for HTTP; to AWS through the proxy that the environment names, if it names one."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from botocore.httpsession import get_cert_path

TIMEOUT_SECONDS = 60  # to connect, and between two bytes of an answer; DynamoDB answers in a second

_PORTS = {"http": 80, "https": 443}


def connect(url: str, verify: Any) -> HTTPConnection:
    """Opened by its first request, and again by the first after it was closed; *verify* as for botocore."""
    to = urlsplit(url)
    proxy = _proxy(to.netloc) if to.scheme == "https" else None
    if proxy is None:
        return _connection(to.scheme, to.hostname or "", to.port, verify)
    through = _connection(to.scheme, proxy.hostname or "", proxy.port or 8080, verify)
    through.set_tunnel(to.hostname or "", to.port or 443, _authorization(proxy))
    return through


def interrupt(connection: HTTPConnection) -> None:
    """From another thread: what waits for an answer is told that there will be none. Closing does not wake it."""
    with suppress(OSError, AttributeError):  # it is not open, or not any more
        connection.sock.shutdown(socket.SHUT_RDWR)


def host_of(url: str) -> str:
    """As in the header Host, and so in a signature: without a port where it is the scheme's own."""
    to = urlsplit(url)
    host = f"[{to.hostname}]" if ":" in (to.hostname or "") else to.hostname or ""
    return host if to.port in (None, _PORTS.get(to.scheme)) else f"{host}:{to.port}"


def _connection(scheme: str, host: str, port: int | None, verify: Any) -> HTTPConnection:
    if scheme != "https":
        return HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    return HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=_trust(verify))


def _trust(verify: Any) -> ssl.SSLContext:
    """What AWS' own clients trust: the bundle that is named, or botocore's; `False` asks for nothing."""
    if verify is False:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    return ssl.create_default_context(cafile=get_cert_path(True if verify is None else verify))


def _proxy(netloc: str) -> SplitResult | None:
    named = "" if proxy_bypass(netloc) else getproxies().get("https", "")
    return urlsplit(named if "//" in named else f"//{named}") if named else None


def _authorization(proxy: SplitResult) -> dict[str, str]:
    who = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(who.encode()).decode()}"} if proxy.username else {}
