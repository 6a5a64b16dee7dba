"""Dependencies of routes, named as types, and the decorator of fast read endpoints."""

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_origin

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Header
from fastapi.routing import APIRoute

from app.errors import BadRequest
from app.settings import Settings
from app.store.db import Database, OperationalError, Session, WouldBlock

MAX_READERS = 8
"""Reads at once; fewer than pooled connections (`POOL_SIZE`), so that no read waits for one."""
MAX_LOOP_READERS = 4
"""Reads at once on SQLite: each takes processor time, and threads hold the event loop up."""
MAX_HEADER_VALUES = 20


async def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]  # state is untyped


async def _database(request: Request) -> Database:
    return request.app.state.database  # type: ignore[no-any-return]  # state is untyped


def _session(request: Request) -> Iterator[Session]:
    with request.app.state.database.read() as session:
        yield session


_readers = CapacityLimiter(MAX_READERS)


def read_endpoint(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate an endpoint that takes `request` and `session`: answer in the event loop if fast.

    A thread hop costs more than most answers. A query over the loop's time budget is interrupted
    and repeated in a thread. PostgreSQL always uses a thread: waiting for the server would block
    the loop.
    """
    signature = inspect.signature(endpoint)

    async def answer(request: Request, **arguments: Any) -> Any:
        database: Database = request.app.state.database
        if database.loop:
            try:
                with database.loop.read() as session:
                    return endpoint(request=request, session=session, **arguments)
            except WouldBlock:
                pass
            except OperationalError as error:
                if "interrupted" not in str(error.orig):
                    raise

        def answer_in_thread() -> Any:
            with database.read() as session:
                return endpoint(request=request, session=session, **arguments)

        return await to_thread.run_sync(answer_in_thread, limiter=_readers)

    answer.__name__ = endpoint.__name__
    answer.__doc__ = endpoint.__doc__
    answer.__module__ = endpoint.__module__
    parameters = dict(signature.parameters)
    # FastAPI must not try to provide the session.
    del parameters["session"]
    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]  # FastAPI reads it
        parameters=list(parameters.values())
    )
    return answer


def query_parameters(request: Request) -> dict[str, bool]:
    """Return the query parameters of the request's route, each with whether it may be repeated."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return {}
    repeatable: dict[str, bool] = {}
    for field in get_flat_params(route.dependant):
        is_path = field.alias in route.param_convertors
        if not is_path and not isinstance(field.field_info, Header):
            repeatable[field.alias] = get_origin(field.field_info.annotation) is list
    return repeatable


async def reject_repeated_parameters(request: Request) -> None:
    """Raise BadRequest if a single-valued parameter is repeated: one would be lost in silence."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) == len(set(names)):
        return
    repeatable = query_parameters(request)
    faults = []
    for name in sorted(set(names)):
        if names.count(name) > 1 and repeatable.get(name) is False:
            faults.append(
                {"parameter": name, "message": "given more than once; expected one value"}
            )
    if faults:
        repeated = ", ".join(fault["parameter"] for fault in faults)
        raise BadRequest(f"{repeated}: given more than once; expected one value", faults)


_LANGUAGES = {
    "zh-hant": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
}
"""Languages by script or region."""
_DEFAULT_SCRIPTS = {"zh": "zh-Hant", "en": "en"}


async def accepted_language(request: Request) -> str | None:
    """Return the client's most preferred language that names exist in, None if there is none."""
    for tag in preferred(request.headers.get("accept-language", "")):
        subtags = tag.split("-")
        language = _LANGUAGES.get("-".join(subtags[:2])) or _DEFAULT_SCRIPTS.get(subtags[0])
        if language:
            return language
    return None


def preferred(header: str) -> list[str]:
    """Return the values of an `Accept…` header in lower case, best first, without weight 0."""
    weighted: list[tuple[float, str]] = []
    for part in header.lower().split(",")[:MAX_HEADER_VALUES]:
        value, *parameters = (piece.strip() for piece in part.split(";"))
        weight = _weight(parameters)
        if value and weight > 0:
            weighted.append((weight, value))
    weighted.sort(key=lambda pair: -pair[0])
    return [value for _, value in weighted]


def _weight(parameters: list[str]) -> float:
    """Return the `q` of an `Accept…` value; 1 if it is missing or not a number."""
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter.removeprefix("q="))
            except ValueError:
                return 1.0
    return 1.0


SettingsDep = Annotated[Settings, Depends(_settings)]
DatabaseDep = Annotated[Database, Depends(_database)]
# The session ends before the response is sent: a slow client holds no connection.
SessionDep = Annotated[Session, Depends(_session, max_concurrency=MAX_READERS, scope="function")]
AcceptLanguageDep = Annotated[str | None, Depends(accepted_language)]
