"""Logging and stage times: one JSON line an event on standard error, with its request's id."""

import logging
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

stage_seconds: defaultdict[str, float] = defaultdict(float)
"""Seconds by stage of ingest, including the seconds of reader processes."""
event_counts: Counter[str] = Counter(info=0, warning=0, error=0)
"""Log events by level since the start, those below the level that is logged not included."""
MAX_REQUEST_ID_CHARS = 64
# A URL may end anywhere; its secret ends at the last @ before a slash or a space.
_SECRET = re.compile(r"(://[^\s/:@]*):[^\s/]*@")
_KEY = re.compile(r"\bbb_[A-Za-z0-9_-]{8}[A-Za-z0-9_-]{8,}")


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Add the time of the block to `stage_seconds`."""
    start = time.perf_counter()
    try:
        yield
    finally:
        stage_seconds[name] += time.perf_counter() - start


class _Events:
    """Writes events through structlog, which is loaded for the first one.

    Loading takes 50 ms, and most commands log nothing.
    """

    def __init__(self) -> None:
        self._level: int | None = None
        self._formatter: logging.Formatter | None = None

    def configure(self, level: int) -> None:
        """Write events of `level` and above from now on."""
        self._level = level
        self._formatter = None

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of an event of a library."""
        self._load()
        assert self._formatter
        return self._formatter.format(record)

    def __getattr__(self, name: str) -> Any:
        """Return the method of structlog's logger of this name, such as `info`."""
        import structlog  # noqa: PLC0415 - loaded for the first event

        self._load()
        return getattr(structlog.get_logger("briefbase"), name)

    def _load(self) -> None:
        if self._formatter is None and self._level is not None:
            self._formatter = _configure_structlog(self._level)


_events = _Events()
log: Any = _events


class _StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to the standard error of the moment, which tests and servers replace."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)

    def format(self, record: logging.LogRecord) -> str:
        return _events.format(record)


_handler = _StderrHandler()


def configure(level: str) -> None:
    """Log events of `level` and above, from this project and from its libraries.

    Standard error gets coloured text if it is a terminal, and JSON lines otherwise.
    """
    # The pool repeats that a server is away; the request that needs a connection reports it.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    number = logging.getLevelNamesMapping()[level.upper()]
    _events.configure(number)
    _handler.setLevel(number)
    # The root logger covers every library that logs through the standard library, uvicorn too.
    logging.getLogger().addHandler(_handler)


def _configure_structlog(level: int) -> logging.Formatter:
    """Configure structlog and return the formatter for events of libraries."""
    import structlog  # noqa: PLC0415 - loaded for the first event

    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        _count,
    ]
    rendering = _rendering(is_terminal=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Standard error of the moment of the event, not of this call.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
    )


def _rendering(*, is_terminal: bool) -> list[Any]:
    import structlog  # noqa: PLC0415 - loaded for the first event

    if is_terminal:
        return [structlog.dev.ConsoleRenderer(), _mask_line]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
        _mask_line,
    ]


def _add_request_id(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    from asgi_correlation_id import correlation_id  # noqa: PLC0415 - loaded for the first event

    if request_id := correlation_id.get():
        event["request_id"] = request_id
    return event


def _count(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event_counts[str(event.get("level", method))] += 1
    return event


def _mask_line(logger: Any, method: str, line: str) -> str:
    return masked(line)


def masked(text: str) -> str:
    """Return a text without passwords in URLs and without keys."""
    return _KEY.sub("bb_***", _SECRET.sub(r"\1:***@", text))


def is_request_id(value: str) -> bool:
    """Whether a client's request id is safe in headers and logs."""
    if not 0 < len(value) <= MAX_REQUEST_ID_CHARS or not value.isascii():
        return False
    return all(char.isalnum() or char in "-_." for char in value)
