"""The application: settings, start and shutdown, middleware, error handlers and routes."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app import __version__, startup, telemetry
from app.api import (
    agents,
    articles,
    briefings,
    buckets,
    changes,
    dataset,
    digest,
    docs,
    documents,
    entities,
    exports,
    feeds,
    intake,
    items,
    judgements,
    lookup,
    metrics,
    quality,
    reconcile,
    removal,
    search,
    taxonomy,
    threads,
    trends,
    watchlist,
    webhooks,
)
from app.api.edge import problems
from app.api.edge.admission import Admission, WaitingLine
from app.api.edge.fast_routes import FastRoutes
from app.api.edge.front import Front
from app.api.edge.listeners import Listeners
from app.api.edge.measurements import Measured, Measurements, Parts, of_parts
from app.api.edge.middleware import CatchAll, Edge, Preflight, with_defaults
from app.api.edge.request_ids import request_id
from app.api.edge.response_cache import Headers, ResponseCache
from app.api.edge.tracing import Tracing
from app.api.wire import openapi
from app.api.wire.deps import MAX_LOOP_READERS, MAX_READERS
from app.api.wire.writing import Writers
from app.explorer import faults
from app.explorer import routes as explorer
from app.file_cache import FileCache
from app.intake.documents import Intake
from app.intake.understanding import Understanding
from app.knowledge import knowledge
from app.mcp.http import PATH as AGENTS_PATH
from app.mcp.http import AgentApp, CachedAnswers
from app.normalize.text.word_edges import word_list
from app.query.columns import item_pages
from app.query.names import autocomplete
from app.query.snapshot import channel_titles
from app.query.snapshot.freshness import Freshness
from app.settings import Settings
from app.store.db import Database
from app.store.keys import KeyUses
from app.webhooks.delivery import Deliverer

_DESCRIPTION = """A queryable knowledge base of daily AI briefings, for apps that show a day, for
researchers who follow an entity over time, and for bots that fetch headlines. Documents are in
Traditional Chinese mixed with English and are stored verbatim."""
# `trends` comes before `briefings`: /v1/briefings/diff is not a briefing id.
_RESOURCES = (
    trends,
    briefings,
    digest,
    documents,
    items,
    articles,
    lookup,
    entities,
    search,
    watchlist,
    threads,
    taxonomy,
    buckets,
    changes,
    dataset,
    quality,
    exports,
    feeds,
    judgements,
    intake,
    removal,
    webhooks,
    reconcile,
    metrics,
    agents,
    docs,
)


SWITCH_SECONDS = 0.001
"""Seconds after which a thread that computes lets the event loop run; Python's default is 0.005."""


class Service(FastAPI):
    """The application behind its front: a cached answer never reaches FastAPI.

    The layers from the outside: front (`Host`, rate limits), response cache, admission, FastAPI.
    """

    response_cache: ResponseCache

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await super().__call__(scope, receive, send)
        await self.front(scope, receive, send)


# Beside the common types: citations, feeds, and what exports and errors are.
for _media in (
    *("application/x-ndjson", "text/csv", "application/ld+json", "application/problem+json"),
    *("application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml"),
    *("application/x-bibtex", "application/x-research-info-systems"),
    "application/vnd.citationstyles.csl+json",
):
    add_compress_type(_media)


def create_prepared_app() -> Service:
    """Return the service over a database that `briefbase serve` has prepared."""
    app = create_app()
    app.state.is_prepared = True
    return app


def create_app(settings: Settings | None = None) -> Service:
    """Return the service; without `settings`, they are read from the environment."""
    settings = settings or Settings()
    telemetry.configure(settings.log_level)
    database = Database(
        settings.database_url, read_timeout=settings.read_timeout, read_url=settings.read_url
    )
    channel_titles.configure(database, settings.titles)
    freshness = Freshness(database)
    app = Service(
        title="Briefbase",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # A redirect would use the Host header; the 404 names the path without the slash instead.
        redirect_slashes=False,
        generate_unique_id_function=openapi.operation_id,
        middleware=_middleware(settings),
    )
    max_bytes = settings.cache * 1024 * 1024
    reads = MAX_READERS if database.loop is None else MAX_LOOP_READERS
    line = WaitingLine(reads, settings.max_wait, settings.max_in_flight)
    admission = Admission(super(Service, app).__call__, line)
    measurements = Measurements()
    tracing = Tracing() if settings.traces else None
    measured = Measured(admission, measurements, tracing)
    app.response_cache = ResponseCache(measured, freshness, max_bytes)
    app.state.agents = AgentApp(settings, database, freshness)
    agents = CachedAnswers(app.response_cache, app.state.agents, _complete)
    path_apps = {AGENTS_PATH: agents}
    app.front = Front(app.response_cache, settings, app.response_cache, line, path_apps)
    app.state.settings = settings
    app.state.is_prepared = False
    app.state.database = database
    app.state.freshness = freshness
    app.state.listeners = Listeners(freshness, app.front, settings.listeners)
    app.state.intake = Intake(database, settings.channel)
    app.state.understanding = Understanding()
    app.state.deliverer = Deliverer(database, settings.networks, settings.channel)
    app.state.key_uses = KeyUses()
    app.state.key_writes = set()
    app.state.file_cache = FileCache(database.folder, settings.export_cache * 1024 * 1024)
    app.state.front = app.front
    app.state.line = line
    app.state.writers = Writers(database)
    parts = Parts(app.front, app.response_cache, app.state.writers, database)
    measurements.sources.append(of_parts(parts))
    app.state.measurements = measurements
    app.state.tracing = tracing
    app.state.measured = measured
    problems.install(app)
    faults.install(app)
    openapi.install(app, settings)
    _add_routes(app)
    return app


def _complete(stated: Headers, headers: Headers) -> Headers:
    """Return the headers of an answer that no middleware sees, with those of every response.

    `stated` are the headers of its request.
    """
    return [*with_defaults(headers), (b"x-request-id", request_id(dict(stated)))]


def _middleware(settings: Settings) -> list[Middleware]:
    return [
        Middleware(
            CorrelationIdMiddleware,
            header_name="X-Request-ID",
            validator=telemetry.is_request_id,
        ),
        Middleware(Preflight),
        Middleware(Edge),
        Middleware(CompressMiddleware, minimum_size=500),
        Middleware(CatchAll),
    ]


def _add_routes(app: Service) -> None:
    routers = [resource.router for resource in _RESOURCES]
    routers.append(entities.timelines_router)
    routers.extend(explorer.routers)
    routes: list[BaseRoute] = []
    for router in routers:
        routes.extend(router.routes)
    app.state.routes = routes
    app.router.routes.append(FastRoutes(routes))
    agents_route = Route(AGENTS_PATH, app.state.agents, methods=["POST"])
    app.router.routes.append(agents_route)
    routes.append(agents_route)
    for router in routers:
        app.include_router(router)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    if not app.state.is_prepared:
        await run_in_threadpool(startup.prepare, app.state.database, app.state.settings)
    sys.setswitchinterval(SWITCH_SECONDS)
    # A collection stops all threads, for 160 ms if it scans all that a start loads.
    gc.freeze()
    # Not awaited: requests are answered while the caches fill.
    warming = asyncio.create_task(run_in_threadpool(_warm_up, app.state.database))
    app.state.writers.start()
    stopping: list[asyncio.Task[None]] = []

    def stop() -> None:
        app.state.deliverer.end()
        stopping.append(asyncio.create_task(app.state.writers.stop()))

    app.state.deliverer.start()
    try:
        async with app.state.front.serving(stop) as state:
            yield state
    finally:
        if not stopping:
            stop()
        await asyncio.wait([warming, *stopping, *app.state.key_writes])
        await run_in_threadpool(app.state.deliverer.close)
        await app.state.agents.close()
        app.state.intake.close()
        app.state.understanding.close()
        app.state.freshness.close()
        app.state.file_cache.close()
        if app.state.tracing:
            app.state.tracing.close()
        app.state.database.close()


def _warm_up(database: Database) -> None:
    """Load columns and names into memory, so that the first request is as fast as any other."""
    word_list()
    _ = knowledge().scanner
    with database.read() as session:
        item_pages.warm_up(session)
    autocomplete.warm(database)
    # Without a collection before: it would delay every request and find nothing.
    gc.freeze()
