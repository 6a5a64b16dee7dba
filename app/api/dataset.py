"""What the base holds, and whether it can be asked."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from app.api.wire.deps import DatabaseDep, SessionDep
from app.api.wire.responses import CHECKS, json_response
from app.query.request.params import NoQuery, PlainQuery
from app.query.schemas.dataset import Health, InfoOut, Readiness
from app.query.snapshot import dataset as query
from app.settings import VERSION
from app.store import migrations

router = APIRouter(tags=["service"])

_UNCACHED = {"Cache-Control": "no-store"}


@router.get(
    "/v1/info",
    response_model=InfoOut,
    summary="Version, coverage dates, counts, gaps",
    dependencies=CHECKS,
)
def get_info(
    request: Request,
    session: SessionDep,
    database: DatabaseDep,
    params: Annotated[PlainQuery, Query()],
) -> Any:
    return json_response(
        request,
        session,
        query.info(session, "Briefbase", VERSION, migrations.head()),
        params.names(),
    )


@router.get("/healthz", response_model=Health, summary="Whether the process runs")
async def get_health(params: Annotated[NoQuery, Query()]) -> Any:
    return Response(
        orjson.dumps({"status": "ok"}), media_type="application/json", headers=_UNCACHED
    )


@router.get(
    "/readyz",
    response_model=Readiness,
    summary="Whether requests can be answered",
    responses={503: {"model": Readiness}},
)
def get_readiness(database: DatabaseDep, params: Annotated[NoQuery, Query()]) -> Any:
    checks = {}
    try:
        at = migrations.current(database)
        checks["schema"] = (
            "ok" if at == migrations.head() else f"at revision {at}, {migrations.head()} is needed"
        )
        with database.read() as session:
            checks["content"] = "ok" if query.version(session).modified_at else "empty"
    except Exception as error:
        checks["database"] = type(error).__name__
    ready = checks.get("schema") == "ok" and "database" not in checks
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    headers = _UNCACHED if ready else _UNCACHED | {"Retry-After": "2"}
    return Response(
        orjson.dumps(body), 200 if ready else 503, media_type="application/json", headers=headers
    )
