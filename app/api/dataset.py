"""Information about the dataset, health and readiness."""

from contextlib import suppress
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from app import __version__
from app.api.edge.problems import RETRY_AFTER_SECONDS
from app.api.wire import responses
from app.api.wire.deps import DatabaseDep, SessionDep
from app.api.wire.responses import CHECKS
from app.query.request.params import NoQuery, PlainQuery
from app.query.schemas.dataset import Health, InfoOut, Readiness
from app.query.snapshot import dataset as query
from app.store import migrations
from app.store.db import Database, SQLAlchemyError
from app.store.engines import faults
from app.store.schema import is_intact

router = APIRouter(tags=["service"])


@router.get(
    "/v1/info",
    response_model=InfoOut,
    summary="Version, first and last day, counts, and days without a briefing",
    dependencies=CHECKS,
)
def get_info(
    request: Request,
    session: SessionDep,
    database: DatabaseDep,
    params: Annotated[PlainQuery, Query()],
) -> Any:
    info = query.info(session, "Briefbase", __version__, migrations.head())
    return responses.json_response(request, session, info, params.names())


@router.get("/healthz", response_model=Health, summary="Whether the process is alive")
async def get_health(params: Annotated[NoQuery, Query()]) -> Any:
    return _uncached({"status": "ok"})


@router.get(
    "/readyz",
    response_model=Readiness,
    summary="Whether the service can answer requests",
    responses={503: {"model": Readiness}},
)
def get_readiness(database: DatabaseDep, params: Annotated[NoQuery, Query()]) -> Any:
    checks = _checks(database)
    is_ready = checks.get("schema") == "ok" and "database" not in checks
    if is_ready:
        # Reads go on: load balancers need not choose another server.
        status = "degraded" if "storage" in checks else "ready"
        return _uncached({"status": status, "checks": checks})
    response = _uncached({"status": "not ready", "checks": checks}, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _checks(database: Database) -> dict[str, str]:
    """Return the state of schema and content, and what is wrong.

    `database` has the error if it is unreachable, `storage` a fault of its file.
    """
    checks: dict[str, str] = {}
    _check_damage(database)
    if fault := database.file and database.file.fault():
        checks["storage"] = fault
    try:
        revision, head = migrations.current(database), migrations.head()
        checks["schema"] = "ok"
        if revision != head:
            checks["schema"] = f"at revision {revision}, {head} is needed"
        with database.read() as session:
            checks["content"] = "ok" if query.version(session).modified_at else "empty"
    except Exception as error:
        if database.file:
            database.file.note(error)
        checks["database"] = faults.reason(error) or type(error).__name__
    return checks


def _check_damage(database: Database) -> None:
    """Look whether a damaged file has been mended, as far as the time of a read suffices."""
    if database.file is None or not database.file.is_damaged:
        return
    with suppress(SQLAlchemyError), database.read() as session:
        database.file.is_damaged = not is_intact(session)


def _uncached(data: dict[str, Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(data), status, headers, media_type="application/json")
