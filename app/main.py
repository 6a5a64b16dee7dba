"""Puts the rooms together: settings, start and end, middleware, errors, routes."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send
from starlette_compress import CompressMiddleware

from app import ingest, telemetry
from app.api import (
    briefings,
    dataset,
    docs,
    entities,
    exports,
    items,
    judgements,
    lookup,
    quality,
    reconcile,
    search,
    taxonomy,
    threads,
    trends,
    watchlist,
)
from app.api.edge import problems
from app.api.edge.fast_routes import FastRoutes
from app.api.edge.middleware import Edge, Preflight
from app.api.edge.response_cache import ResponseCache
from app.api.wire import openapi
from app.query.columns import item_pages
from app.query.names import autocomplete
from app.query.snapshot.freshness import Freshness
from app.settings import VERSION, Settings
from app.store.db import Database

_DESCRIPTION = """A queryable knowledge base of daily AI briefings: for apps that render a day, researchers who ask what was said of
an entity and when, and bots that pull headlines. Documents are in Traditional Chinese mixed with English, and are kept verbatim."""


class Service(FastAPI):
    """The application with the answers kept around it: what is known already is told before the framework hears of it."""

    kept: ResponseCache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.kept(scope, receive, send)


def create_app(settings: Settings | None = None) -> Service:
    """The service. With `settings` left out they are read from the environment."""
    settings = settings or Settings()
    telemetry.configure(settings.log_level)
    database = Database(
        settings.database_url, read_timeout=settings.read_timeout, read_url=settings.read_url
    )
    freshness = Freshness(database)
    app = Service(
        title="Briefbase",
        version=VERSION,
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # A redirect would be made of the Host header; the 404 names the path without the slash.
        redirect_slashes=False,
        middleware=[
            Middleware(
                CorrelationIdMiddleware,
                header_name="X-Request-ID",
                validator=telemetry.is_request_id,
            ),
            Middleware(Preflight, allow_origins=["*"], allow_methods=["GET"]),
            Middleware(Edge, max_in_flight=settings.max_in_flight),
            Middleware(CompressMiddleware, minimum_size=500),
            Middleware(problems.CatchAll),
        ],
    )
    app.kept = ResponseCache(super(Service, app).__call__, freshness, settings.cache * 1024 * 1024)
    app.state.settings = settings
    app.state.database = database
    app.state.freshness = freshness
    problems.install(app)
    openapi.install(app)
    # `trends` knows a path that `briefings` would take for a name.
    doors = (
        trends,
        briefings,
        items,
        lookup,
        entities,
        search,
        watchlist,
        threads,
        taxonomy,
        dataset,
        quality,
        exports,
        judgements,
        reconcile,
        docs,
    )
    routers = [*(door.router for door in doors), entities.side_by_side]
    app.router.routes.append(FastRoutes(route for router in routers for route in router.routes))
    for router in routers:
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_in_threadpool(ingest.prepare, app.state.database, app.state.settings)
    # Not waited for: all else can be answered meanwhile.
    warming = asyncio.create_task(run_in_threadpool(_warm_up, app.state.database))
    try:
        yield
    finally:
        await asyncio.wait([warming])
        app.state.freshness.close()
        app.state.database.close()


def _warm_up(database: Database) -> None:
    """Have in memory what answers are counted from, so that the first one takes no longer than any other."""
    with database.read() as session:
        item_pages.warm_up(session)
    autocomplete.warm(database)
    gc.collect()
    # What is there now stays: a collector that goes through it again and again costs more than many an answer.
    gc.freeze()
