"""Traces of requests by OpenTelemetry, an extra: `pip install briefbase[otel]`.

The exporter reads OpenTelemetry's own variables, such as `OTEL_EXPORTER_OTLP_ENDPOINT`:
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.types import Message, Scope

from app import __version__

_MISSING = (
    "BRIEFBASE_TRACES needs packages that are not installed; install briefbase[otel], "
    "or unset the variable."
)


class Tracing:
    """Makes a span of each request that the cache does not answer."""

    def __init__(self, exporter: Any = None) -> None:
        """Send spans to `exporter`; without one, to the collector that the environment names.

        Raises ValueError if the extra is not installed.
        """
        # Imported here: only a service that traces needs their time and memory.
        try:
            from opentelemetry import propagate, trace  # noqa: PLC0415 - an extra
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an extra

            # An extra.
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        except ImportError:
            raise ValueError(_MISSING) from None
        attributes = {"service.name": "briefbase", "service.version": __version__}
        self._provider = TracerProvider(resource=Resource.create(attributes))
        self._provider.add_span_processor(BatchSpanProcessor(exporter or _exporter()))
        self._tracer = self._provider.get_tracer("briefbase", __version__)
        self._extract = propagate.extract
        self._kind = trace.SpanKind.SERVER

    @contextmanager
    def span(self, scope: Scope) -> Iterator["RequestSpan"]:
        """Open the span of a request, below that of the caller if it names one."""
        carrier: dict[str, str] = {}
        for name, value in scope["headers"]:
            if name in (b"traceparent", b"tracestate"):
                carrier[name.decode()] = value.decode("latin-1")
        method = scope["method"]
        attributes = {"http.request.method": method, "url.path": scope["path"][:200]}
        with self._tracer.start_as_current_span(
            method, self._extract(carrier), kind=self._kind, attributes=attributes
        ) as span:
            yield RequestSpan(span, method)

    def close(self) -> None:
        """Send the spans that are not sent yet."""
        self._provider.shutdown()


class RequestSpan:
    """The span of a request."""

    def __init__(self, span: Any, method: str) -> None:
        self._span = span
        self._method = method

    def set_response(self, message: Message) -> None:
        """Set status and request id from the start of a response."""
        self._span.set_attribute("http.response.status_code", message["status"])
        identity = dict(message["headers"]).get(b"x-request-id", b"")
        self._span.set_attribute("briefbase.request_id", identity.decode("latin-1"))

    def set_route(self, route: str | None) -> None:
        """Name the span by its route."""
        if route:
            self._span.update_name(f"{self._method} {route}")
            self._span.set_attribute("http.route", route)


def _exporter() -> Any:
    try:
        # An extra.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
    except ImportError:
        raise ValueError(_MISSING) from None
    return OTLPSpanExporter()
