"""The straight way to a route: by a table instead of trying one route after the other, its parameters read by their model at once.

The framework's own way costs as much as many an answer. What is told to it of routes and parameters is what this goes by, and
whatever is not as it should be is left to it: it says what is wrong.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import Request, params
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app.api.wire.deps import reject_repeated_parameters

_PLACE = 3
"""Where in a path its parameter stands, if it has one: `/v1/items/{item_id}/source`."""
Check = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """What an endpoint takes: by its name there."""

    route: APIRoute
    request: str | None
    path: tuple[str, Check] | None
    query: tuple[str, type[BaseModel], dict[str, bool]] | None
    """The model and its parameters, each with whether it may be repeated."""
    depends: dict[str, Callable[[Request], Awaitable[Any]]]

    def read(self, path: str, query: bytes) -> dict[str, Any] | None:
        """The arguments that path and query are; None where they are not plainly right."""
        given: dict[str, Any] = {}
        try:
            if self.path:
                name, check = self.path
                given[name] = check(path.split("/")[_PLACE])
            if self.query:
                name, model, known = self.query
                values: dict[str, Any] = {}
                for key, value in (
                    parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else ()
                ):
                    if known[key]:
                        values.setdefault(key, []).append(value)
                    elif key in values:
                        return None
                    else:
                        values[key] = value
                given[name] = model.model_validate(values)
            elif query:
                return None
        except (KeyError, ValidationError):
            return None
        return given


class FastRoutes(BaseRoute):
    """The first of all routes: whatever is asked plainly of one of `routes` is answered here."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        # Paths as they are, and those with a parameter. None: one that the framework finds the way to.
        self.plain: dict[str, _Endpoint | None] = {}
        self.shaped: dict[str, _Endpoint | None] = {}
        for route in routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                path = route.path_format
                if "{" in path:
                    self.shaped.setdefault(_shape(path), _way(route))
                else:
                    self.plain.setdefault(path, _way(route))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] != "GET":
            return Match.NONE, {}
        path = scope["path"]
        way = self.plain[path] if path in self.plain else self.shaped.get(_shape(path))
        if way is None or (given := way.read(path, scope["query_string"])) is None:
            return Match.NONE, {}
        return Match.FULL, {"route": way.route, "straight": (way, given)}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        way, given = scope["straight"]
        request = Request(scope, receive, send)
        if way.request:
            given[way.request] = request
        for name, depends in way.depends.items():
            given[name] = await depends(request)
        response = await way.route.endpoint(**given)
        await response(scope, receive, send)


def _shape(path: str) -> str:
    """A path without its parameter; as it is where that would stand for nothing."""
    parts = path.split("/")
    if len(parts) > _PLACE and parts[_PLACE]:
        parts[_PLACE] = "{}"
        return "/".join(parts)
    return path


def _way(route: APIRoute) -> _Endpoint | None:
    """How an endpoint is to be called; None where only the framework knows: other methods, other dependencies, bodies, headers."""
    if (
        route.methods != {"GET"}
        or any(each.dependency is not reject_repeated_parameters for each in route.dependencies)
        or not _is_async(route.endpoint)
    ):
        return None
    request, path, query = None, None, None
    depends: dict[str, Callable[[Request], Awaitable[Any]]] = {}
    for name, parameter in inspect.signature(route.endpoint, eval_str=True).parameters.items():
        annotation, told = _unwrap_annotated(parameter.annotation)
        if annotation is Request:
            request = name
        elif isinstance(told, params.Path) and _shape(
            route.path_format
        ) == route.path_format.replace(f"{{{name}}}", "{}"):
            path = name, TypeAdapter(parameter.annotation).validate_python
        elif isinstance(told, params.Query) and issubclass(annotation, BaseModel):
            fields = {
                field.alias or key: get_origin(field.annotation) is list
                for key, field in annotation.model_fields.items()
            }
            query = name, annotation, fields
        elif (
            isinstance(told, params.Depends)
            and _is_async(told.dependency)
            and _takes_request(told.dependency)
        ):
            depends[name] = told.dependency  # type: ignore[assignment]
        else:
            return None
    if ("{" in route.path_format) != bool(path):
        return None
    return _Endpoint(route, request, path, query, depends)


def _unwrap_annotated(annotation: Any) -> tuple[Any, Any]:
    """A type, and what is told of it to the framework."""
    if get_origin(annotation) is not Annotated:
        return annotation, None
    plain, *told = get_args(annotation)
    return plain, told[-1]


def _is_async(call: Any) -> bool:
    return inspect.iscoroutinefunction(call)


def _takes_request(call: Any) -> bool:
    return [
        parameter.annotation
        for parameter in inspect.signature(call, eval_str=True).parameters.values()
    ] == [Request]
