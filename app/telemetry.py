"""Logging: one JSON line an event, on standard error, each with the id of its request; and how long each stage of taking documents in took."""

import logging
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from asgi_correlation_id import correlation_id

log: Any = structlog.get_logger("briefbase")
spent: defaultdict[str, float] = defaultdict(float)
"""Seconds this process has spent in each stage so far, those of processes that read documents ahead for it included."""


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the time of what is done within."""
    began = time.perf_counter()
    try:
        yield
    finally:
        spent[name] += time.perf_counter() - began


def _request_id(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if request_id := correlation_id.get():
        event["request_id"] = request_id
    return event


def configure(level: str) -> None:
    """Log events of `level` and above."""
    # It says so again and again that a server is away; whoever asks for a connection is told why.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _request_id,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        # Standard error as it is when an event is logged, not when logging was set up.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def is_request_id(value: str) -> bool:
    """Whether what a client calls its request may stand in headers and logs."""
    return (
        0 < len(value) <= 64 and value.isascii() and all(c.isalnum() or c in "-_." for c in value)
    )
