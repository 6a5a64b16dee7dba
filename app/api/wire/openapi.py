"""The OpenAPI document: FastAPI's, in a form that generators of clients take whole."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app.api.wire.operations import DESCRIPTIONS, TAGS
from app.api.wire.scopes import SCOPES
from app.api.wire.sparse_shapes import PAGE, REF, reduced
from app.query.schemas.lists import Problem
from app.settings import Settings

Operation = dict[str, Any]
_PROBLEMS = {
    "400": (
        "Unknown parameter, field, include or value; the detail names the nearest valid ones.",
        "invalid-request",
        "Invalid request",
        "impotance: this parameter does not exist; did you mean importance?",
    ),
    "401": (
        "No key, or an unknown one; `WWW-Authenticate` describes how to send a key.",
        "unauthorized",
        "Unauthorized",
        "A key is required; send Authorization: Bearer bb_….",
    ),
    "403": (
        "The key lacks the scope.",
        "forbidden",
        "Forbidden",
        "The key lacks the scope entities; its scopes are: read.",
    ),
    "404": (
        "The object does not exist.",
        "not-found",
        "Not found",
        "There is no briefing '2025-12-01'; the nearest are 2025-11-22 and 2025-12-23.",
    ),
    "409": (
        "The request contradicts the stored state; the detail says what to do first.",
        "conflict",
        "Conflict",
        "An undo cannot be undone; repeat the original action.",
    ),
    "410": (
        "The object was deleted; the detail says when and why.",
        "gone",
        "Gone",
        "The briefing '2025-12-23' is gone since 2026-01-05: Published by mistake.",
    ),
    "412": (
        "The entity has changed since the ETag in `If-Match`.",
        "precondition-failed",
        "Precondition failed",
        "The entity has changed since the ETag in If-Match; read the entity again.",
    ),
    "413": (
        "The body exceeds a limit; the detail names the limit.",
        "too-large",
        "Too large",
        "The body is too large; expected at most 65536 bytes.",
    ),
    "414": (
        "Path and query are too long.",
        "uri-too-long",
        "URI too long",
        "Path and query have 9001 bytes; expected at most 8192.",
    ),
    "415": (
        "The media type of the body is not supported.",
        "unsupported-media-type",
        "Unsupported media type",
        "The media type of the body is not supported; expected application/json.",
    ),
    "422": (
        "The body is not valid; the detail never repeats its values.",
        "invalid-body",
        "Invalid body",
        "body: contains a field that does not exist here",
    ),
    "429": (
        "Too many requests from one address; `Retry-After` gives the seconds to wait.",
        "too-many-requests",
        "Too many requests",
        "The limit of 20 requests in 1 seconds for one address is reached; try again in 1 seconds.",
    ),
    "503": (
        "Busy or unreachable; `Retry-After` gives the seconds to wait.",
        "unavailable",
        "Temporarily unavailable",
        "There are too many requests; try again shortly.",
    ),
}
"""Description, code, title and an example of the detail of each error, by status."""
_ERRORS = ("400", "404", "414", "429", "503")
_KEY_ERRORS = ("401", "403")
_WRITE_ERRORS = ("409", "413", "415", "422")
_DELETABLE = ("/v1/briefings/{", "/v1/items/{", "/v1/documents/{")
"""Beginnings of the addresses of what can be deleted."""
_LOGGED = ("/v1/changes", "/v1/changes/stream")
"""Addresses that take a position in the log, which may be gone."""
_CLOSED = ("{format}", "{kind}")
"""Ends of the addresses whose parameter is one of a few words."""
_SPARSE = " The answer then lacks all other fields: it has the sparse variant of the shape."
_OTHER_SHAPES = {"group_by"}
"""Parameters of lists that answer with another shape, which has an address of its own."""
_HEADER_EXAMPLES = {"if-match": 'W/"5d41402abc4b2a76"', "last-event-id": "4baa167b-157"}
_OF_ENTRIES = {"collapse", "include"}
"""Parameters that say nothing about buckets."""


def operation_id(route: APIRoute) -> str:
    """Return the id of an operation: `list_items` → `listItems`."""
    first, *others = route.name.split("_")
    return first + "".join(map(str.capitalize, others))


def _examples() -> ModuleType:
    """Return the examples; imported when the document is asked for: they take 30 MB."""
    from app.api.examples import answers  # noqa: PLC0415 - made on the first request

    return answers


def _bodies() -> ModuleType:
    """Return the examples of request bodies; imported late, like the others."""
    from app.api.examples import bodies  # noqa: PLC0415 - made on the first request

    return bodies


def _formats() -> ModuleType:
    """Return the examples of single operations; imported late, like the others."""
    from app.api.examples import formats  # noqa: PLC0415 - made on the first request

    return formats


def install(app: FastAPI, settings: Settings) -> None:
    """Make `app` serve this document."""
    server = server_address(settings)

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _document(app, server)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's docs do it


def server_address(settings: Settings) -> str:
    """Return the address of the service in the document: the public one, or its prefix."""
    return settings.home("/") if settings.public_url else settings.prefix or "/"


def _document(app: FastAPI, server: str) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        servers=[{"url": server}],
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    document["security"] = []
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=REF + "{model}")
    schemas.update(problem.pop("$defs", {}), Problem=problem)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, method, operation in _operations(document):
        operation["tags"] = operation["tags"][-1:]
        operation["description"] = DESCRIPTIONS[operation["operationId"]]
        if scopes := SCOPES.get(operation["operationId"]):
            operation["x-scopes"] = list(scopes)
        _hide_parameters(path, operation)
        _simplify_parameters(operation)
        _name_body(operation, schemas)
        _describe_errors(path, method, operation)
        if method == "get":
            _describe_redirects(path, operation)
        _describe_answer(operation)
    _describe_schemas(schemas)
    for _, _, operation in _operations(document):
        if _has_parameter(operation, "name", "fields"):
            _add_sparse_variant(operation, schemas)
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _hide_parameters(path: str, operation: Operation) -> None:
    """Remove the parameters that do not belong to the one shape of an operation."""
    hidden = _OF_ENTRIES if "/buckets" in path else _OTHER_SHAPES
    parameters = []
    for parameter in operation.get("parameters", ()):
        if parameter["name"] not in hidden:
            parameters.append(parameter)
    if parameters:
        operation["parameters"] = parameters


def _simplify_parameters(operation: Operation) -> None:
    """Give parameters plain types: a parameter that is not required is left out, never null."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        plain = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
        if len(plain) == 1:
            del schema["anyOf"]
            schema.update(plain[0])
        schema.pop("title", None)
        # The same text twice: generators take the parameter's.
        description = schema.pop("description", None)
        parameter.setdefault("description", description)
        if parameter["name"] == "fields":
            parameter["description"] += _SPARSE
        if parameter["name"] in _HEADER_EXAMPLES:
            schema["examples"] = [_HEADER_EXAMPLES[parameter["name"]]]


def _name_body(operation: Operation, schemas: dict[str, Any]) -> None:
    """Move the schemas of a body to the components, under their titles, and add an example."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        if "$ref" not in schema:
            schemas.update(schema.pop("$defs", {}))
            schemas[schema["title"]] = schema
            content["schema"] = {"$ref": REF + schema["title"]}
            content["example"] = _bodies().BODIES[schema["title"]]


def _describe_errors(path: str, method: str, operation: Operation) -> None:
    responses = operation["responses"]
    # FastAPI answers 422 to invalid parameters; here they are 400.
    responses.pop("422", None)
    statuses = [*_ERRORS]
    if "security" in operation:
        statuses.extend(_KEY_ERRORS)
    if method != "get":
        statuses.extend(_WRITE_ERRORS)
    if path.startswith(_DELETABLE) or path in _LOGGED:
        statuses.append("410")
    if _has_parameter(operation, "name", "if-match"):
        statuses.append("412")
    for status in statuses:
        if status not in responses:
            responses[status] = _problem(status)


def _problem(status: str) -> dict[str, Any]:
    """Return the response with an error, whose example is one of this status."""
    description, code, title, detail = _PROBLEMS[status]
    example = {
        "type": f"urn:briefbase:problem:{code}",
        "title": title,
        "status": int(status),
        "detail": detail,
        "errors": [],
        "request_id": _examples().BY_SCHEMA["Problem"]["request_id"],
    }
    if status == "400":
        example["errors"] = _examples().BY_SCHEMA["Problem"]["errors"]
    content = {"schema": {"$ref": REF + "Problem"}, "example": example}
    return {"description": description, "content": {"application/problem+json": content}}


def _describe_redirects(path: str, operation: Operation) -> None:
    responses = operation["responses"]
    if path.startswith(("/v1", "/feeds")):
        responses.setdefault("304", {"description": "The client's copy is current."})
    if _has_parameter(operation, "in", "path") and not path.endswith(_CLOSED):
        responses.setdefault(
            "308", {"description": "The canonical id differs; `Location` has its path."}
        )


def _has_parameter(operation: Operation, key: str, value: str) -> bool:
    return any(parameter[key] == value for parameter in operation.get("parameters", ()))


def _describe_answer(operation: Operation) -> None:
    responses = operation["responses"]
    success = responses["200"] if "200" in responses else responses["201"]
    success["description"] = operation["summary"] + "."
    of_operation = _formats().BY_OPERATION.get(operation["operationId"], {})
    for media, content in success["content"].items():
        usual = _examples().BY_MEDIA.get(media)
        if example := of_operation.get(media, usual):
            content.setdefault("example", example)
    for status, response in responses.items():
        _describe_json(operation["operationId"], status, response.get("content", {}))


def _describe_json(operation_id: str, status: str, content: dict[str, Any]) -> None:
    """Give the JSON of an answer its example, and its JSONP the same as a call."""
    whole = content.get("application/json", {})
    schema = whole.get("schema", {})
    # Titles such as "Response Listitems" would become names of types.
    schema.pop("title", None)
    # A reconciliation service answers all kinds of requests at one address.
    if schema.get("anyOf"):
        schema = schema["anyOf"][0]
    name = schema.get("$ref", "").rpartition("/")[2]
    usual = _examples().BY_SCHEMA.get(name)
    if example := _formats().BY_STATUS.get((operation_id, status), usual):
        whole["example"] = example
    if "text/javascript" in content:
        content["text/javascript"]["example"] = _formats().jsonp(whole["example"])


def _add_sparse_variant(operation: Operation, schemas: dict[str, Any]) -> None:
    """Let the JSON answer be the whole shape or, with `fields`, its sparse variant."""
    content = operation["responses"]["200"]["content"]["application/json"]
    whole = content["schema"]["$ref"].removeprefix(REF)
    variant = reduced(whole, schemas)
    for parameter in operation["parameters"]:
        if parameter["name"] == "fields":
            parameter["schema"]["examples"] = [_field(schemas[whole], schemas)]
    options = [{"$ref": REF + whole}, {"$ref": REF + variant}]
    content["schema"] = {"anyOf": options}


def _field(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Return a field of a shape, or of the entries of a list: the id where there is one."""
    properties = schema["properties"]
    if properties.keys() >= PAGE:
        entry = properties["data"]["items"]
        # Hits of a search have several shapes.
        entry = entry.get("anyOf", [entry])[0]
        properties = schemas[entry["$ref"].removeprefix(REF)]["properties"]
    return "id" if "id" in properties else str(next(iter(properties)))


def _describe_schemas(schemas: dict[str, Any]) -> None:
    for name, schema in schemas.items():
        if "description" not in schema:
            entry = name.removeprefix("Page_").strip("_")
            schema["description"] = f"Page of a list whose entries are {entry}."
        for field in schema.get("properties", {}).values():
            # Titles repeat the name of the property.
            field.pop("title", None)
            referred = field.get("$ref", "").removeprefix(REF)
            if referred and "description" not in field:
                field["description"] = schemas[referred].get("description", referred)
