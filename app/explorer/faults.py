"""Errors outside of pages, as pages for readers; programs get the API's problem documents."""

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app.api.edge import problems
from app.api.edge.problems import RETRIED, RETRY_AFTER_SECONDS
from app.api.wire.deps import accepted_language, preferred
from app.errors import AppError, NotFound
from app.explorer.pages import error_page
from app.explorer.visit import Visit
from app.explorer.words import word
from app.store.db import Session, SQLAlchemyError

MAX_PATH_CHARS = 100
_OF_PROGRAMS = ("/v1", "/feeds", "/mcp", "/openapi")
"""Beginnings of paths whose errors are problem documents for everyone."""


def install(app: FastAPI) -> None:
    """Make `app` answer readers with pages where it would answer with problem documents."""
    # Starlette types handlers by Exception.
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(AppError, _app_error)  # type: ignore[arg-type]
    app.add_exception_handler(SQLAlchemyError, _database_error)  # type: ignore[arg-type]


async def _http(request: Request, error: HTTPException) -> Response:
    if error.status_code != NotFound.status or not _wants_page(request):
        return problems.of_http(request, error)
    language = await accepted_language(request)
    lang = Visit.language(request, language)
    path = str(request.scope["path"])[:MAX_PATH_CHARS]
    fault = NotFound(word("no_such_page", lang).format(path))
    return await to_thread.run_sync(
        _page,
        request,
        language,
        fault,
        lang,
    )


async def _database_error(request: Request, error: SQLAlchemyError) -> Response:
    return await _app_error(request, problems.of_database(request, error))


async def _app_error(request: Request, error: AppError) -> Response:
    if not _wants_page(request):
        return problems.of_application(request, error)
    language = await accepted_language(request)
    return await to_thread.run_sync(_page, request, language, error, "en")


def _page(request: Request, language: str | None, error: AppError, detail_lang: str) -> Response:
    # The page of an error asks the database nothing: it may be what fails.
    response = error_page(Visit(request, Session(), language), error, detail_lang)
    response.headers.update(error.headers)
    if error.status in RETRIED:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _wants_page(request: Request) -> bool:
    """Return whether a browser asks for a page: HTML comes before JSON in its `Accept`."""
    if str(request.scope["path"]).startswith(_OF_PROGRAMS):
        return False
    media = preferred(request.headers.get("accept", ""))
    if "text/html" not in media:
        return False
    json_place = media.index("application/json") if "application/json" in media else len(media)
    return media.index("text/html") < json_place
