"""The one HTTP client of all platform calls: timeouts, bounded retry, and no secret in an error or a log."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.channels.base import PlatformError
from bot.channels.errors import TABLES
from bot.inbound import Platform

CONNECT_SECONDS, READ_SECONDS = 3.0, 8.0
TRIES = 3
PAUSE_SECONDS = 0.2
FETCH_SECONDS = 60.0  # of one file

ErrorHook = Callable[[str, str], None]


@dataclass(frozen=True)
class Request:
    """One call. `url`, `params`, `headers` and `body` hold secrets and stay out of its text."""

    platform: Platform
    method: str
    url: str = field(repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """A JSON object and the status that it came with (below 500)."""

    status: int
    json: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Fetched:
    """The bytes of a file, and what the answer's headers say about it."""

    data: bytes = field(repr=False)
    content_type: str
    disposition: str


class Http:
    """Shared by all channels and threads: the pool is thread safe, cookies and .netrc are never used."""

    def __init__(
        self,
        *,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        on_error: ErrorHook | None = None,
    ) -> None:
        self._timeout, self._on_error = timeout, on_error
        self._session = requests.Session()
        self._session.auth = _unchanged  # else requests looks into ~/.netrc
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=16, pool_maxsize=16, max_retries=0))

    def send(self, request: Request) -> Answer:
        """Raises `PlatformError` for whatever is not a JSON object with a status below 500.

        Only a connection that was never made is tried again (`TRIES` in all); the rest is decided by the error table.
        """
        response = self._connect(request)
        status, value = response.status_code, _json_object(response)
        if status >= 500:
            code = _code(value)
            known = TABLES[request.platform].find(code)
            raise self.error(request.platform, code if known else f"http_{status}", uncertain=True)
        if value is None:
            raise self.error(request.platform, _not_json(status), uncertain=status < 300)
        return Answer(status, value)

    def fetch(self, request: Request, *, most: int) -> "Fetched":
        """The bytes behind a URL, at most so many, else `too_large`; one try, in `FETCH_SECONDS` altogether."""
        headers = {"Accept-Encoding": "identity", **request.headers}
        failed = ""
        try:
            with self._session.get(
                request.url, params=dict(request.params), headers=headers, timeout=self._timeout, stream=True,
                allow_redirects=False,
            ) as response:  # fmt: skip
                data = _bounded(response, most)
                named = str(response.headers.get("Content-Disposition") or "")
                if data is None:
                    failed = "too_large"
                elif response.status_code == 200:
                    return Fetched(data, str(response.headers.get("Content-Type") or ""), named)
                else:
                    failed = f"http_{response.status_code}"
        except requests.RequestException as error:
            failed = "timeout" if isinstance(error, requests.Timeout) else "cut"
        raise self.error(request.platform, failed)

    def error(
        self, platform: Platform, code: str, message: str = "", *, uncertain: bool = False, detail: str = ""
    ) -> PlatformError:
        """The table's error for `code`, counted."""
        self.count(platform, code)
        return TABLES[platform].error(code, message, uncertain=uncertain, detail=detail)

    def is_known(self, platform: Platform, code: str) -> bool:
        """Whether a row of the table names the code."""
        return TABLES[platform].find(code) is not None

    def count(self, platform: Platform, code: str) -> None:
        """Tells the metrics hook of one failed call."""
        if self._on_error is not None:
            self._on_error(platform, TABLES[platform].label(code))

    def _connect(self, request: Request) -> requests.Response:
        for attempt in range(TRIES):
            outcome = self._once(request)
            if isinstance(outcome, requests.Response):
                return outcome
            if outcome != "unreachable" or attempt == TRIES - 1:
                # Raised outside of any except block: the original error's text holds the URL.
                raise self.error(request.platform, outcome, uncertain=outcome in ("timeout", "cut", "tls"))
            time.sleep(PAUSE_SECONDS * (attempt + 1))
        raise AssertionError("unreachable")

    def _once(self, request: Request) -> requests.Response | str:
        """The response, or the transport code of what went wrong."""
        body = None if request.body is None else orjson.dumps(request.body)
        headers = {"Accept": "application/json", **request.headers}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            return self._session.request(
                request.method, request.url, params=dict(request.params), headers=headers, data=body,
                timeout=self._timeout, allow_redirects=False,
            )  # fmt: skip
        except requests.ConnectTimeout:
            return "unreachable"
        except requests.Timeout:
            return "timeout"
        except requests.exceptions.SSLError:
            return "tls"
        except requests.ConnectionError as error:
            return "unreachable" if _never_connected(error) else "cut"
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
            return "bad_url"
        except requests.RequestException:
            return "cut"


def _bounded(response: requests.Response, most: int) -> bytes | None:
    """The body, or None where it is larger or comes too slowly."""
    parts, size, end = [], 0, time.monotonic() + FETCH_SECONDS
    for piece in response.iter_content(1 << 16):
        size += len(piece)
        if size > most:
            return None
        if time.monotonic() > end:
            raise requests.Timeout
        parts.append(piece)
    return b"".join(parts)


def named_in(disposition: str) -> str:
    """The file name of a Content-Disposition; "" where it has none."""
    message = Message()
    message["Content-Disposition"] = disposition
    return str(message.get_filename() or "")


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _never_connected(error: requests.ConnectionError) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def _json_object(response: requests.Response) -> dict[str, Any] | None:
    try:
        value = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _code(value: Mapping[str, Any] | None) -> str:
    code = (value or {}).get("code") or (value or {}).get("errcode")
    return str(code) if isinstance(code, str | int) else ""


def _not_json(status: int) -> str:
    return "not_json" if status < 300 or status in (403, 429) else f"http_{status}"


class _NoRequestLines(logging.Filter):
    """urllib3 writes each request's path, query and all, at level DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


logging.getLogger("urllib3.connectionpool").addFilter(_NoRequestLines())
