"""The OpenAPI document: what FastAPI writes, with our errors in place of its own."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.examples.answers import BY_MEDIA, BY_SCHEMA
from app.query.schemas.lists import Problem

_ERRORS = {
    "400": "A parameter, field, include or value that does not exist; the nearest valid ones are named.",
    "404": "There is no such thing.",
    "414": "Path and query are longer than is taken.",
    "503": "Busy or away; `Retry-After` says when to ask again.",
}
_KEYED = {
    "401": "No key, or none of ours; `WWW-Authenticate` says how to send one.",
    "403": "The key lacks the scope.",
}
_WRITTEN = {
    "409": "It contradicts what is there; the detail says what to do first.",
    "413": "Over a limit; the detail names it.",
    "415": "The body is of a kind that is not taken.",
    "422": "The body does not say what it must; never echoed.",
}
_CONTENT = {
    "application/problem+json": {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "example": BY_SCHEMA["Problem"],
    }
}


def install(app: FastAPI) -> None:
    """Have `app` serve this document."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = schema["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            # Faults of the query string are 400 here, each with its own words.
            responses.pop("422", None)
            for status, description in (
                _ERRORS
                | (_KEYED if "security" in operation else {})
                | (_WRITTEN if method != "get" else {})
            ).items():
                if status not in responses:
                    responses[status] = {"description": description, "content": _CONTENT}
            if any(
                parameter["name"] == "if-match" for parameter in operation.get("parameters", ())
            ):
                responses["412"] = {
                    "description": "The entity is not what `If-Match` says any more.",
                    "content": _CONTENT,
                }
            if path.startswith("/v1") and method == "get":
                responses.setdefault(
                    "304", {"description": "What `If-None-Match` names is current."}
                )
            if method == "get" and any(
                parameter["in"] == "path" for parameter in operation.get("parameters", ())
            ):
                responses.setdefault(
                    "308", {"description": "It goes by another id; `Location` says which."}
                )
            for media, content in responses["200"]["content"].items():
                if media in BY_MEDIA:
                    content["example"] = BY_MEDIA[media]
            for response in responses.values():
                shown = response.get("content", {}).get("application/json", {})
                one, *_ = shown.get("schema", {}).get("anyOf") or [shown.get("schema", {})]
                if example := BY_SCHEMA.get(one.get("$ref", "").rpartition("/")[2]):
                    shown["example"] = example
    return schema
