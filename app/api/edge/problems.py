"""Errors as responses: RFC 9457 problem documents, without stack traces and with short values."""

import re
from collections.abc import Iterable
from typing import Any

import orjson
from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route

from app.api.wire.deps import query_parameters
from app.errors import AppError, BadRequest, NotFound, Unavailable, expectation
from app.query.request.suggestions import nearest
from app.store.db import (
    Database,
    DataError,
    DBAPIError,
    PoolTimeout,
    ProgrammingError,
    SQLAlchemyError,
)
from app.store.engines import faults
from app.telemetry import log

_TITLES = {
    404: "Not found",
    405: "Method not allowed",
    414: "URI too long",
    500: "Internal error",
    503: "Temporarily unavailable",
}
RETRY_AFTER_SECONDS = 2
RETRIED = (429, 503)
"""Statuses after which the same request may succeed."""
MAX_FAULTS = 20
MAX_NAME_CHARS = 80
MAX_VALUE_CHARS = 40
MAX_PATH_CHARS = 200
_PARAMETER = re.compile(r"\{[^}]*\}")
DEFECT = AppError("The request failed unexpectedly; its request id identifies the log entry.")


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Iterable[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a problem document as a response."""
    body = {
        "type": f"urn:briefbase:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        "request_id": correlation_id.get(),
    }
    fixed = {"Cache-Control": "no-store"}
    if status in RETRIED:
        fixed["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return Response(
        orjson.dumps(body), status, fixed | (headers or {}), media_type="application/problem+json"
    )


def of(error: AppError) -> Response:
    """Return the problem document of an error; its detail ends with a full stop."""
    detail = error.detail if error.detail.endswith((".", "?")) else error.detail + "."
    return problem(
        error.status,
        error.code,
        error.title,
        detail,
        error.errors,
        error.headers,
    )


def install(app: FastAPI) -> None:
    """Make `app` answer its errors with problem documents."""
    # Starlette types handlers by Exception.
    app.add_exception_handler(AppError, of_application)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, of_http)  # type: ignore[arg-type]
    app.add_exception_handler(SQLAlchemyError, _database)  # type: ignore[arg-type]


def of_application(request: Request, error: AppError) -> Response:
    """Return the problem document of an error, or that of a method that a path does not take."""
    # The GET of an entity takes names with slashes, so it also takes /v1/entities/x/merge.
    if error.status == 404 and request.method not in _allowed(request).split(", "):
        return of_http(request, HTTPException(405))
    return of(error)


def of_http(request: Request, error: HTTPException) -> Response:
    """Return the problem document of an error of the router: no such path, or another method."""
    headers = dict(error.headers or {})
    title = _TITLES.get(error.status_code, "Error")
    detail = title + "."
    if error.status_code == 404:
        return of(NotFound(_unknown_path(request.scope["path"][:MAX_PATH_CHARS])))
    if error.status_code == 405:
        headers["Allow"] = _allowed(request)
        method = request.method[:20]
        detail = f"The method {method} is not allowed here; expected one of: {headers['Allow']}."
    code = title.lower().replace(" ", "-")
    return problem(
        error.status_code,
        code,
        title,
        detail,
        headers=headers,
    )


def _allowed(request: Request) -> str:
    """Return the methods of the path of a request, as an `Allow` header.

    Only the routes with the longest literal text count: the first route that matches
    /v1/entities/x/merge is the GET of an entity, whose name may contain slashes.
    """
    methods: set[str] = set()
    longest = 0
    for route in request.app.state.routes:
        if not isinstance(route, Route) or not route.path_regex.match(request.scope["path"]):
            continue
        literal = len(_PARAMETER.sub("", route.path_format))
        if literal > longest:
            longest, methods = literal, set()
        if literal == longest:
            methods.update(route.methods or ())
    if not methods or "GET" in methods:
        # Every GET also answers HEAD: the response cache does, the router does not know.
        methods.update(("GET", "HEAD"))
    return ", ".join(sorted(methods))


def _unknown_path(path: str) -> str:
    hint = f" Did you mean {path.rstrip('/')}?" if path.endswith("/") else ""
    return f"There is no resource at {path}; /openapi.json lists all paths.{hint}"


def of_database(request: Request, error: SQLAlchemyError) -> AppError:
    """Return 503 for a database that is busy or unreachable, 500 for any other database error."""
    log.warning(
        "database_error",
        error=type(error).__name__,
        detail=str(getattr(error, "orig", error))[:300],
    )
    if "interrupted" in str(error) or "statement timeout" in str(error):
        return Unavailable("The query takes too long; narrow it by dates or filters.")
    if fault := faults.reason(error):
        database: Database = request.app.state.database
        if database.file:
            database.file.note(error)
        return Unavailable(fault)
    # A value or a statement that an engine refuses would be refused again.
    is_passing = not isinstance(error, (DataError, ProgrammingError))
    if is_passing and isinstance(error, (DBAPIError, PoolTimeout)):
        return Unavailable("The database is busy or unreachable; try again shortly.")
    return DEFECT


def _database(request: Request, error: SQLAlchemyError) -> Response:
    return of(of_database(request, error))


def _invalid(request: Request, error: RequestValidationError) -> Response:
    faults = [_fault(request, entry) for entry in error.errors()[:MAX_FAULTS]]
    sentences = []
    for fault in faults:
        name, message = fault["parameter"], fault["message"]
        sentences.append(f"{name}: {message}" if name else message)
    return of(BadRequest("; ".join(sentences), faults))


def _fault(request: Request, entry: dict[str, Any]) -> dict[str, str]:
    place, name, *_ = [*map(str, entry["loc"]), "", ""]
    if entry["type"] == "extra_forbidden":
        hint = nearest(name, query_parameters(request))
        message = f"this parameter does not exist; {hint}"
    elif entry["type"] == "value_error":
        message = expectation(entry)
    elif entry["type"] == "missing":
        message = "a value is required"
    else:
        value = str(entry.get("input"))[:MAX_VALUE_CHARS]
        message = f"{value!r} is not valid; {expectation(entry)}"
    is_parameter = place in ("query", "path")
    return {"parameter": name[:MAX_NAME_CHARS] if is_parameter else "", "message": message}
