"""The front door: every request passes here, is counted, may be hit by a fault, and goes to our services or to moto."""

from __future__ import annotations

import io
import time
import traceback
from collections.abc import Iterable
from typing import Any, Protocol

from airflow_dynamodb_emr.local.emr.rates import Rates
from airflow_dynamodb_emr.local.faults import Calls, Faults
from airflow_dynamodb_emr.local.http import mishaps, owners, rest
from airflow_dynamodb_emr.local.http.control import Control
from airflow_dynamodb_emr.local.http.protocol import Call, Refused, Service, call_of, decode, encode, headers
from airflow_dynamodb_emr.local.trouble import NONE, Hit

_STATUS = {
    200: "200 OK",
    400: "400 Bad Request",
    402: "402 Payment Required",
    403: "403 Forbidden",
    404: "404 Not Found",
    409: "409 Conflict",
    500: "500 Internal Server Error",
    503: "503 Slow Down",
}


class Services(Protocol):
    """Finds the service that a call is for; None: moto has it."""

    def of(self, call: Call) -> Service | None: ...


class Front:
    """A WSGI application."""

    def __init__(self, services: Services, faults: Faults, calls: Calls, rates: Rates, control: Control, moto: Any) -> None:
        self._services, self._faults, self._calls, self._rates, self._control, self._moto = services, faults, calls, rates, control, moto

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/local/"):
            return _send(start_response, *self._control(environ["REQUEST_METHOD"], environ["PATH_INFO"], _body(environ)))
        call = rest.named(call_of(environ, _form(environ)), environ)
        self._calls.add(str(call))
        if not self._rates.allow(call):
            self._calls.refuse(str(call))
            return _refuse(start_response, call, environ, mishaps.throttled(call))
        hit = mishaps.met(self._faults, call)
        refusal = mishaps.refusal(hit.kind, call) or owners.refusal(environ)
        return _refuse(start_response, call, environ, refusal) if refusal else self._do(hit, call, environ, start_response)

    def _do(self, hit: Hit, call: Call, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """It is carried out, whatever comes of its answer."""
        if hit == NONE:
            return self._answer(call, environ, start_response)
        time.sleep(hit.seconds)
        if hit.kind in ("lose_answer", "reset"):
            list(self._answer(call, environ, lambda *_: None))
            if hit.kind == "reset":
                raise mishaps.Dropped
            return _refuse(start_response, call, environ, mishaps.lost())
        forgetful = hit if hit.kind == "unprocessed" else None
        return [mishaps.damaged(hit, b"".join(self._answer(call, environ, start_response, forgetful)))]

    def _answer(self, call: Call, environ: dict[str, Any], start_response: Any, forgetful: Hit | None = None) -> Iterable[bytes]:
        service = self._services.of(call)
        if service is None:
            return self._moto(environ, start_response)  # type: ignore[no-any-return]
        return _send(start_response, *_ours(mishaps.Forgetful(service, forgetful) if forgetful else service, call, environ))


def _refuse(start_response: Any, call: Call, environ: dict[str, Any], refusal: Refused) -> list[bytes]:
    json = "HTTP_X_AMZ_TARGET" in environ or call.service in rest.SERVICES
    body = refusal.body() if json else refusal.xml(call.service)
    return _send(start_response, refusal.status, body)


def _ours(service: Service, call: Call, environ: dict[str, Any]) -> tuple[int, bytes]:
    body = _body(environ)
    try:
        return 200, encode(service.call(call.operation, _request(call, environ, body)))
    except Refused as refusal:
        return refusal.status, refusal.body()
    except Exception:  # a mistake of ours: status 400, so that clients do not hide it behind retries
        traceback.print_exc()
        return 400, Refused("StandInFailure", traceback.format_exc(limit=-3)).body()


def _request(call: Call, environ: dict[str, Any], body: bytes) -> Any:
    if _is_form(environ):
        return {"form": body.decode()}
    return rest.request(call, environ, body) if call.service in rest.SERVICES else decode(body)


def _send(start_response: Any, status: int, body: bytes) -> list[bytes]:
    start_response(_STATUS[status], headers(body))
    return [body]


def _body(environ: dict[str, Any]) -> bytes:
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))  # type: ignore[no-any-return]


def _form(environ: dict[str, Any]) -> bytes:
    """The body of a query-protocol request, left in place for moto to read again."""
    if not _is_form(environ):
        return b""
    body = _body(environ)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _is_form(environ: dict[str, Any]) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
