"""Structured logs: one JSON line an event where a machine reads them, coloured text on a terminal.

Every line of a request carries its id; the error that a person sees shows the same one. Bodies, phones and secrets are
never logged: events name ids, and of a crash the kind and the place are told, not the words of the exception.
"""

import logging
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.types import Processor


def configure() -> None:
    """For every process, before anything logs. Libraries speak up from WARNING on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _crash,
    ]
    last: Processor = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    tidy = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[tidy, last], foreign_pre_chain=shared))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def request_number() -> str:
    """The id of the request that is being worked on, as shown to a person: `3FA9C1D2`."""
    given = str(structlog.contextvars.get_contextvars().get("request") or "")
    return (given[:8] or secrets.token_hex(4)).upper()


def _crash(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Kind and place of an exception and of what caused it. Its words may hold what a person typed."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    places = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        places.append({"kind": type(error).__name__, "at": [f"{f.filename}:{f.lineno} {f.name}" for f in frames]})
        error = error.__cause__
    if places:
        event["crash"] = places
    return event
