"""What routes depend on, named as types."""

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_origin

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Header
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app.errors import BadRequest
from app.settings import Settings
from app.store.db import Database, WouldBlock

# At or below the pool, so that a request that has its turn has its connection.
READERS = 8


async def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


async def _database(request: Request) -> Database:
    return request.app.state.database  # type: ignore[no-any-return]


def _session(request: Request) -> Iterator[Session]:
    with request.app.state.database.read() as session:
        yield session


_readers = CapacityLimiter(READERS)


def read_endpoint(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """A route that takes `request` and `session`: answered in the event loop, where a thread would cost more than the answer.

    What takes longer than a few milliseconds there is broken off and done in a thread; on PostgreSQL all is, because the wait
    for the server is not the loop's.
    """
    signature = inspect.signature(endpoint)

    async def answer(request: Request, **given: Any) -> Any:
        database: Database = request.app.state.database
        if database.quick:
            try:
                with database.quick.read() as session:
                    return endpoint(request=request, session=session, **given)
            except WouldBlock:
                pass
            except OperationalError as error:
                if "interrupted" not in str(error.orig):
                    raise

        def patiently() -> Any:
            with database.read() as session:
                return endpoint(request=request, session=session, **given)

        return await to_thread.run_sync(patiently, limiter=_readers)

    answer.__name__, answer.__doc__, answer.__module__ = (
        endpoint.__name__,
        endpoint.__doc__,
        endpoint.__module__,
    )
    asked = [parameter for name, parameter in signature.parameters.items() if name != "session"]
    answer.__signature__ = signature.replace(parameters=asked)  # type: ignore[attr-defined]
    return answer


def query_parameters(request: Request) -> dict[str, bool]:
    """The query parameters of the route the request met, each with whether it may be repeated."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return {}
    fields = get_flat_params(route.dependant)
    asked = [
        f
        for f in fields
        if f.alias not in route.param_convertors and not isinstance(f.field_info, Header)
    ]
    return {f.alias: get_origin(f.field_info.annotation) is list for f in asked}


async def reject_repeated_parameters(request: Request) -> None:
    """A parameter of one value is given once: of two, either would be dropped in silence."""
    given = [name for name, _ in request.query_params.multi_items()]
    if len(given) > len(set(given)):
        repeatable = query_parameters(request)
        repeated = sorted(
            {name for name in given if given.count(name) > 1 and repeatable.get(name) is False}
        )
        if repeated:
            faults = [{"parameter": name, "message": "given more than once"} for name in repeated]
            raise BadRequest(
                f"{', '.join(repeated)}: given more than once; one value is taken", faults
            )


_LANGUAGES = {
    "zh-hant": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
}


async def _accepted_language(request: Request) -> str | None:
    """The first of our languages in the order the client prefers them."""
    for tag in preferred(request.headers.get("accept-language", "")):
        head = "-".join(tag.split("-")[:2])
        if found := _LANGUAGES.get(head) or {"zh": "zh-Hant", "en": "en"}.get(
            head.partition("-")[0]
        ):
            return found
    return None


def preferred(header: str) -> list[str]:
    """The values of an `Accept…` header in lower case, best first; those with a weight of 0 left out."""
    weighted = []
    for part in header.split(",")[:20]:
        value, *parameters = (piece.strip() for piece in part.lower().split(";"))
        weight = next(
            (given.removeprefix("q=") for given in parameters if given.startswith("q=")), "1"
        )
        try:
            quality = float(weight)
        except ValueError:
            quality = 1.0
        if value and quality > 0:
            weighted.append((quality, value))
    return [value for _, value in sorted(weighted, key=lambda pair: -pair[0])]


SettingsDep = Annotated[Settings, Depends(_settings)]
DatabaseDep = Annotated[Database, Depends(_database)]
SessionDep = Annotated[Session, Depends(_session, max_concurrency=READERS)]
AcceptLanguageDep = Annotated[str | None, Depends(_accepted_language)]
