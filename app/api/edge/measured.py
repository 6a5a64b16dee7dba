"""The layer behind the cache that measures, and traces, what the application answers."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.measurements import Measurements
from app.api.edge.tracing import Tracing

CANCELLED = 499
"""Status of a request whose client has gone before its response began, as nginx counts it."""


class Measured:
    """Observes each response by the template of its route, method and status."""

    def __init__(
        self, app: ASGIApp, measurements: Measurements, tracing: Tracing | None = None
    ) -> None:
        self.app = app
        self.measurements = measurements
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if self.tracing is None:
            return await self._answer(scope, receive, send)
        with self.tracing.span(scope) as span:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_response(message)
                await send(message)

            await self._answer(scope, receive, watch)
            span.set_route(template(scope))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        status = CANCELLED

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            seconds = time.perf_counter() - began
            self.measurements.observe(template(scope), scope["method"], status, seconds)


def template(scope: Scope) -> str | None:
    """Return the template of the path of a routed request: its cardinality is bounded."""
    route = scope.get("route")
    path: str | None = getattr(route, "path_format", None) or getattr(route, "path", None)
    return path
