"""The door of both platform APIs: faults, parsing, the endpoint, and the record of it all."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .config import Kind
from .fields import Fields, as_fields
from .records import Call, Exchange
from .refusal import Refusal
from .state import State


@dataclass(frozen=True)
class ApiRequest:
    """One call as an endpoint sees it; `body` is empty where there was no JSON object."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Fields
    raw: bytes


@dataclass(frozen=True)
class ApiAnswer:
    """`absorbed`: a repeat that the platform recognised; `raw` is sent instead of JSON."""

    body: Fields
    absorbed: bool = False
    note: str = ""
    raw: bytes | None = None


Endpoint = Callable[[State, ApiRequest], ApiAnswer]
Find = Callable[[State, ApiRequest], Endpoint]
SECRET_NAMES = ("corpsecret", "access_token", "appsecret", "key")


class Gateway:
    """Everything below the mount point of one platform. Async, in memory, never blocks a thread."""

    def __init__(self, state: State, kind: Kind, find: Find) -> None:
        self.state, self.kind, self.find = state, kind, find

    async def serve(self, request: Request) -> Response:
        started = time.perf_counter()
        raw = await request.body()
        path = "/" + str(request.path_params["path"])
        parsed = ApiRequest(request.method, path, dict(request.query_params), request.headers, _json(raw), raw)
        fault = self.state.faults.strike(path)
        if fault and not fault.after:
            await asyncio.sleep(fault.delay)
            if fault.answers:
                self._record(parsed, started, fault.status, fault.body or {}, "fault", "故障：未生效")
                return JSONResponse(fault.body or {}, fault.status)
        status, answer, verdict = self._answer(parsed)
        body: Fields = answer.body
        if fault and fault.after:
            await asyncio.sleep(fault.delay)
            if fault.answers:
                status, body, verdict = fault.status, fault.body or {}, "fault"
        self._record(parsed, started, status, body, verdict, answer.note)
        if answer.raw is not None:
            return Response(answer.raw, status, media_type="application/octet-stream")
        return JSONResponse(body, status)

    def _answer(self, request: ApiRequest) -> tuple[int, ApiAnswer, str]:
        state = self.state
        with state.lock:
            try:
                answer = self.find(state, request)(state, request)
            except Refusal as refusal:
                line = f"{request.method} {request.path}: {refusal.reason}"
                if refusal.violation:
                    state.violations.append(f"{line}: {json.dumps(request.body, ensure_ascii=False)[:400]}")
                else:
                    state.refusals.append(line)
                verdict = "violation" if refusal.violation else "refused"
                return refusal.status, ApiAnswer(refusal.body, note=refusal.reason), verdict
            call = Call(
                next(state.numbers), self.kind, request.method, request.path, request.query, request.body,
                state.clock.now(),
            )  # fmt: skip
            (state.absorbed if answer.absorbed else state.calls).append(call)
            state.lock.notify_all()
        return 200, answer, "absorbed" if answer.absorbed else "ok"

    def _record(self, request: ApiRequest, started: float, status: int, body: Fields, verdict: str, note: str) -> None:
        query = "&".join(f"{k}={'…' if k in SECRET_NAMES else v}" for k, v in request.query.items())
        self.state.record(
            Exchange(
                next(self.state.numbers),
                self.kind,
                "to_platform",
                request.method,
                request.path + (f"?{query}" if query else ""),
                status,
                round((time.perf_counter() - started) * 1000),
                _pretty(request),
                json.dumps(body, ensure_ascii=False, indent=2),
                self.state.clock.now(),
                verdict,
                note,
            )
        )


def _json(raw: bytes) -> Fields:
    try:
        return as_fields(json.loads(raw))
    except ValueError:
        return {}


def _pretty(request: ApiRequest) -> str:
    if not request.body:
        return f"<{len(request.raw)} bytes>" if request.raw else ""
    shown = {k: "…" if k.lower() in ("appsecret", "corpsecret", "apisecret") else v for k, v in request.body.items()}
    return json.dumps(shown, ensure_ascii=False, indent=2)
