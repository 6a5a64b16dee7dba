"""The OpenAPI document: what FastAPI writes, with our errors in place of its own."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.query.schemas.lists import Problem

_ERRORS = {
    "400": "A parameter, field, include or value that does not exist; the nearest valid ones are named.",
    "404": "There is no such thing.",
    "503": "Busy or away; `Retry-After` says when to ask again.",
}
_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def install(app: FastAPI) -> None:
    """Have `app` serve this document."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = schema["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in schema["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            # Faults of the query string are 400 here, each with its own words.
            responses.pop("422", None)
            for status, description in _ERRORS.items():
                if status not in responses:
                    responses[status] = {"description": description, "content": _CONTENT}
            if operation["operationId"] and "304" not in responses:
                responses["304"] = {"description": "What `If-None-Match` names is current."}
    return schema
