"""The OpenAPI document: FastAPI's, with this API's errors and examples."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.examples.answers import BY_MEDIA, BY_SCHEMA
from app.query.schemas.lists import Problem
from app.settings import Settings

_ERRORS = {
    "400": "Unknown parameter, field, include or value; the detail names the nearest valid ones.",
    "404": "The object does not exist.",
    "414": "Path and query are too long.",
    "503": "Busy or unreachable; `Retry-After` gives the seconds to wait.",
}
_KEY_ERRORS = {
    "401": "No key, or an unknown one; `WWW-Authenticate` describes how to send a key.",
    "403": "The key lacks the scope.",
}
_WRITE_ERRORS = {
    "409": "The request contradicts the stored state; the detail says what to do first.",
    "413": "The body exceeds a limit; the detail names the limit.",
    "415": "The media type of the body is not supported.",
    "422": "The body is not valid; the detail never repeats its values.",
}
_PROBLEM_CONTENT = {
    "application/problem+json": {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "example": BY_SCHEMA["Problem"],
    }
}


def install(app: FastAPI, settings: Settings) -> None:
    """Make `app` serve this document."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}), Problem=problem)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _describe_errors(method, operation)
            if method == "get":
                _describe_redirects(path, operation)
            _add_examples(operation["responses"])
    return document


def _describe_errors(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    # FastAPI answers 422 to invalid parameters; here they are 400.
    responses.pop("422", None)
    errors = dict(_ERRORS)
    if "security" in operation:
        errors.update(_KEY_ERRORS)
    if method != "get":
        errors.update(_WRITE_ERRORS)
    for status, description in errors.items():
        if status not in responses:
            responses[status] = {"description": description, "content": _PROBLEM_CONTENT}
    if _has_parameter(operation, "name", "if-match"):
        responses["412"] = {
            "description": "The entity has changed since the ETag in `If-Match`.",
            "content": _PROBLEM_CONTENT,
        }


def _describe_redirects(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if path.startswith("/v1"):
        responses.setdefault("304", {"description": "The ETag in `If-None-Match` is current."})
    if _has_parameter(operation, "in", "path"):
        responses.setdefault(
            "308", {"description": "The canonical id differs; `Location` has its path."}
        )


def _has_parameter(operation: dict[str, Any], key: str, value: str) -> bool:
    return any(parameter[key] == value for parameter in operation.get("parameters", ()))


def _add_examples(responses: dict[str, Any]) -> None:
    for media, content in responses["200"]["content"].items():
        if media in BY_MEDIA:
            content["example"] = BY_MEDIA[media]
    for response in responses.values():
        content = response.get("content", {}).get("application/json", {})
        schema = content.get("schema", {})
        if schema.get("anyOf"):
            schema = schema["anyOf"][0]
        name = schema.get("$ref", "").rpartition("/")[2]
        if name in BY_SCHEMA:
            content["example"] = BY_SCHEMA[name]
