"""Errors as answers: RFC 9457 for every one, never the input echoed, never a stack trace."""

import math
from collections.abc import Iterable
from typing import Any

import orjson
from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.wire.deps import query_parameters
from app.errors import AppError, BadRequest, NotFound, Unavailable
from app.query.request.suggestions import nearest
from app.telemetry import log

_TITLES = {
    404: "Not found",
    405: "Method not allowed",
    414: "URI too long",
    500: "Internal error",
    503: "Temporarily unavailable",
}
_RETRY_AFTER = 2


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Iterable[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document."""
    body = {
        "type": f"urn:briefbase:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        "request_id": correlation_id.get(),
    }
    extra = {"Retry-After": str(_RETRY_AFTER)} if status in (429, 503) else {}
    return Response(
        orjson.dumps(body),
        status,
        {"Cache-Control": "no-store", **extra, **(headers or {})},
        media_type="application/problem+json",
    )


def of(error: AppError) -> Response:
    """The answer an error of ours is."""
    detail = error.detail if error.detail.endswith((".", "?")) else error.detail + "."
    return problem(error.status, error.code, error.title, detail, error.errors, error.headers)


def install(app: FastAPI) -> None:
    """Have `app` answer its errors this way."""
    app.add_exception_handler(AppError, lambda request, error: of(error))
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(SQLAlchemyError, _database)  # type: ignore[arg-type]


def _http(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    title = _TITLES.get(error.status_code, "Error")
    if error.status_code == 404:
        path = request.scope["path"][:200]
        shorter = f" Perhaps {path.rstrip('/')} is meant." if path.endswith("/") else ""
        return problem(
            404,
            NotFound.code,
            title,
            f"There is nothing at {path}; the paths are listed in /openapi.json.{shorter}",
        )
    detail = title + "."
    if "Allow" in headers:
        # Every GET is a HEAD, too: the middleware sees to it, the router does not know.
        headers["Allow"] = (
            headers["Allow"].replace("GET", "GET, HEAD")
            if "HEAD" not in headers["Allow"]
            else headers["Allow"]
        )
        detail = f"{request.method[:20]} is not possible here; {headers['Allow']} are."
    return problem(
        error.status_code, title.lower().replace(" ", "-"), title, detail, headers=headers
    )


def _database(request: Request, error: SQLAlchemyError) -> Response:
    """A database that is busy or away is no error of the request's."""
    log.warning(
        "database_error",
        error=type(error).__name__,
        detail=str(getattr(error, "orig", error))[:300],
    )
    if "interrupted" in str(error) or "statement timeout" in str(error):
        return of(Unavailable("The query takes too long; narrow it by dates or filters."))
    if isinstance(error, (DBAPIError, PoolTimeout)):
        return of(Unavailable("The database is busy or away; try again shortly."))
    return problem(
        500,
        AppError.code,
        AppError.title,
        "Something went wrong here; the request id finds it in the log.",
    )


def _invalid(request: Request, error: RequestValidationError) -> Response:
    faults = [_fault(request, entry) for entry in error.errors()[:20]]
    detail = "; ".join(
        f"{fault['parameter']}: {fault['message']}" if fault["parameter"] else fault["message"]
        for fault in faults
    )
    return of(BadRequest(detail, faults))


def _fault(request: Request, entry: dict[str, Any]) -> dict[str, str]:
    place, name = (str(part) for part in (*entry["loc"], "", "")[:2])
    kind, context = entry["type"], entry.get("ctx", {})
    if kind == "extra_forbidden":
        return {
            "parameter": name[:80],
            "message": f"there is no such parameter; {nearest(name, query_parameters(request))}",
        }
    if kind == "value_error":
        return {"parameter": name, "message": str(context.get("error", "not a valid value"))}
    if kind == "literal_error":
        return {
            "parameter": name,
            "message": f"not a value of it; valid are {context.get('expected', '')}",
        }
    if kind.startswith("date"):
        return {"parameter": name, "message": "not a day; give YYYY-MM-DD"}
    if (
        kind.startswith("int")
        and isinstance(entry.get("input"), float)
        and not math.isfinite(entry["input"])
    ):
        return {"parameter": name, "message": "not a whole number"}
    message = str(entry.get("msg", "not valid"))
    return {
        "parameter": name if place in ("query", "path") else "",
        "message": message[:1].lower() + message[1:],
    }


class CatchAll:
    """The innermost middleware: whatever escapes a route becomes a 500 problem, the connection stays good, the log has the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            log.exception("unhandled_error", path=scope["path"][:200], error=type(error).__name__)
            if begun:
                raise
            answer = problem(
                500,
                AppError.code,
                AppError.title,
                "Something went wrong here; the request id finds it in the log.",
            )
            await answer(scope, receive, send)
