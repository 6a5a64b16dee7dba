"""Fast path for plain GET requests.

Routes are looked up in a dict and the query model is validated directly, bypassing Starlette's
matching and FastAPI's dependency solving, which cost as much as many an answer. Routes are read
from their FastAPI declarations. Anything unusual falls through to FastAPI, which also reports
the errors.
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

PATH_PARAMETER_INDEX = 3
"""Position of a path's parameter among its parts: `/v1/items/{item_id}/source`."""
Validate = Callable[[Any], Any]
Dependency = Callable[[Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class QueryModel:
    """The query parameters of an endpoint; `repeatable` has an entry for each known parameter."""

    name: str
    model: type[BaseModel]
    repeatable: dict[str, bool]

    def read(self, query: bytes) -> BaseModel | None:
        """Return the validated query, None if a parameter is repeated against its declaration.

        Raises KeyError for an unknown parameter and ValidationError for an invalid value.
        """
        values: dict[str, Any] = {}
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []
        for key, value in pairs:
            if self.repeatable[key]:
                values.setdefault(key, []).append(value)
            elif key in values:
                return None
            else:
                values[key] = value
        return self.model.model_validate(values)


@dataclass(slots=True)
class Endpoint:
    """A route with the names of its arguments and how to obtain each."""

    route: APIRoute
    request_name: str | None = None
    path: tuple[str, Validate] | None = None
    query: QueryModel | None = None
    dependencies: dict[str, Dependency] | None = None

    def read(self, path: str, query: bytes) -> dict[str, Any] | None:
        """Return the arguments in path and query, None if FastAPI must handle the request."""
        arguments: dict[str, Any] = {}
        try:
            if self.path:
                name, validate = self.path
                arguments[name] = validate(path.split("/")[PATH_PARAMETER_INDEX])
            if self.query:
                model = self.query.read(query)
                if model is None:
                    return None
                arguments[self.query.name] = model
            elif query:
                return None
        except (KeyError, ValidationError):
            return None
        return arguments

    async def call(self, request: Request, arguments: dict[str, Any]) -> Any:
        """Call the endpoint with `arguments`, the request and its dependencies."""
        if self.request_name:
            arguments[self.request_name] = request
        for name, dependency in (self.dependencies or {}).items():
            arguments[name] = await dependency(request)
        return await self.route.endpoint(**arguments)


class FastRoutes(BaseRoute):
    """The first route of the application: answers plain GET requests for any of `routes`."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        # An entry is None if only FastAPI can call the endpoint.
        self.exact: dict[str, Endpoint | None] = {}
        self.patterns: dict[str, Endpoint | None] = {}
        for route in routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                path = route.path_format
                if "{" in path:
                    self.patterns.setdefault(_pattern(path), _endpoint(route))
                else:
                    self.exact.setdefault(path, _endpoint(route))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] != "GET":
            return Match.NONE, {}
        path = scope["path"]
        endpoint = self.exact[path] if path in self.exact else self.patterns.get(_pattern(path))
        if endpoint is None:
            return Match.NONE, {}
        arguments = endpoint.read(path, scope["query_string"])
        if arguments is None:
            return Match.NONE, {}
        return Match.FULL, {"route": endpoint.route, "fast_route": (endpoint, arguments)}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Left in the scope, the arguments hold the request, and that holds the scope: garbage
        # collections of a busy server took 80 ms every 1.5 s.
        endpoint, arguments = scope.pop("fast_route")
        response = await endpoint.call(Request(scope, receive, send), arguments)
        await response(scope, receive, send)


def _pattern(path: str) -> str:
    """Return a path with `{}` for its parameter; unchanged if the parameter is empty."""
    parts = path.split("/")
    if len(parts) > PATH_PARAMETER_INDEX and parts[PATH_PARAMETER_INDEX]:
        parts[PATH_PARAMETER_INDEX] = "{}"
        return "/".join(parts)
    return path


def _endpoint(route: APIRoute) -> Endpoint | None:
    """Return how to call a route, None if only FastAPI can: other methods, bodies, headers."""
    if route.methods != {"GET"} or not inspect.iscoroutinefunction(route.endpoint):
        return None
    for dependency in route.dependencies:
        # The fast path rejects repeated parameters itself.
        if dependency.dependency is not reject_repeated_parameters:
            return None
    endpoint = Endpoint(route, dependencies={})
    for name, parameter in inspect.signature(route.endpoint, eval_str=True).parameters.items():
        if not _add_argument(endpoint, name, parameter.annotation):
            return None
    if ("{" in route.path_format) != bool(endpoint.path):
        return None
    return endpoint


def _add_argument(endpoint: Endpoint, name: str, annotation: Any) -> bool:
    """Add an argument to `endpoint`; False if only FastAPI can provide the argument."""
    plain, declaration = unwrap_annotated(annotation)
    path = endpoint.route.path_format
    if plain is Request:
        endpoint.request_name = name
    elif isinstance(declaration, params.Path):
        if _pattern(path) != path.replace(f"{{{name}}}", "{}"):
            return False
        endpoint.path = name, TypeAdapter(annotation).validate_python
    elif isinstance(declaration, params.Query) and issubclass(plain, BaseModel):
        endpoint.query = _query_model(name, plain)
    elif isinstance(declaration, params.Depends) and _is_simple(declaration.dependency):
        assert endpoint.dependencies is not None
        # FastAPI's own type is optional.
        endpoint.dependencies[name] = declaration.dependency  # type: ignore[assignment]
    else:
        return False
    return True


def _query_model(name: str, model: type[BaseModel]) -> QueryModel:
    repeatable: dict[str, bool] = {}
    for key, field in model.model_fields.items():
        repeatable[field.alias or key] = get_origin(field.annotation) is list
    return QueryModel(name, model, repeatable)


def unwrap_annotated(annotation: Any) -> tuple[Any, Any]:
    """Return a type and its FastAPI declaration: `Annotated[str, Path()]` → `str, Path()`."""
    if get_origin(annotation) is not Annotated:
        return annotation, None
    plain, *declarations = get_args(annotation)
    return plain, declarations[-1]


def _is_simple(dependency: Any) -> bool:
    """Whether a dependency is a coroutine function that takes the request and nothing else."""
    if not inspect.iscoroutinefunction(dependency):
        return False
    parameters = inspect.signature(dependency, eval_str=True).parameters.values()
    return [parameter.annotation for parameter in parameters] == [Request]
