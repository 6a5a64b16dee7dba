"""A small OpenAPI document: the ten most useful operations, for agents that read it whole."""

from typing import Any

Document = dict[str, Any]
OPERATIONS = (
    "getHeadlines",
    "search",
    "listItems",
    "getItem",
    "getItemSource",
    "getEntity",
    "getEntityTimeline",
    "listTrends",
    "getDigest",
    "annotateText",
)
MAX_BYTES = 12 * 1024
_PARAMETERS = frozenset(
    (
        *("q", "from", "to", "date", "channel", "section", "importance", "entity"),
        *("entity_type", "publisher", "tag", "type", "rollup", "interval", "top"),
        *("window", "baseline", "until", "days", "budget", "sort", "fields", "include"),
        *("limit", "cursor", "item_id", "entity_id"),
    )
)
_SCHEMA_KEYS = ("type", "format", "enum", "minimum", "maximum", "default")
_REF = "#/components/parameters/"


def small(document: Document, home: str) -> Document:
    """Return the operations of `document` that are used most, without shapes of answers."""
    shared: dict[str, Document] = {}
    paths: dict[str, Document] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] in OPERATIONS:
                paths.setdefault(path, {})[method] = _operation(operation, shared)
    info = document["info"]
    return {
        "openapi": document["openapi"],
        "info": {
            "title": info["title"],
            "version": info["version"],
            "description": f"{info['description']} Ten operations; all are in {home}/openapi.json.",
        },
        "servers": [{"url": home}],
        "paths": paths,
        "components": {"parameters": dict(sorted(shared.items()))},
    }


def _operation(operation: Document, shared: dict[str, Document]) -> Document:
    parameters = []
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in _PARAMETERS:
            parameters.append({"$ref": _REF + _shared_name(_parameter(parameter), shared)})
    reduced: Document = {
        "operationId": operation["operationId"],
        "summary": operation["summary"],
    }
    if parameters:
        reduced["parameters"] = parameters
    if "requestBody" in operation:
        reduced["requestBody"] = _TEXT_BODY
    reduced["responses"] = {"200": {"description": "JSON."}}
    return reduced


_TEXT_BODY: Document = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"text": {"type": "string"}},
                "required": ["text"],
            }
        }
    },
}
"""Body of `annotateText`, the only operation here that has one."""


def _parameter(parameter: Document) -> Document:
    schema = parameter["schema"]
    plain: Document = {key: schema[key] for key in _SCHEMA_KEYS if key in schema}
    if plain.get("type") == "array":
        # One value in the grammar of clauses; repeating it is seldom needed.
        plain = {"type": "string"}
    text = parameter.get("description", "")
    reduced: Document = {
        "name": parameter["name"],
        "in": parameter["in"],
        "description": text.partition(". ")[0].rstrip("."),
        "schema": plain or {"type": "string"},
    }
    if parameter.get("required"):
        reduced["required"] = True
    return reduced


def _shared_name(parameter: Document, shared: dict[str, Document]) -> str:
    """Return the name under which a parameter is shared; variants of a name are numbered."""
    name = number = parameter["name"]
    count = 1
    while shared.setdefault(number, parameter) != parameter:
        count += 1
        number = f"{name}{count}"
    return str(number)
