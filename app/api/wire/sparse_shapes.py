"""Sparse variants of schemas: the shapes of answers that `fields` reduces."""

from typing import Any

Schema = dict[str, Any]
REF = "#/components/schemas/"
_PREFIX = "Sparse"
PAGE = {"data", "meta", "links"}
"""Properties of a list; `fields` reduces its entries only."""


def reduced(name: str, schemas: dict[str, Schema]) -> str:
    """Return the name of the sparse variant of a schema, which is added to `schemas`.

    In a variant no property is required, at any depth. A list keeps its own properties.
    """
    variant = _PREFIX + name
    if variant in schemas:
        return variant
    schema = schemas[name]
    properties: dict[str, Any] = schema.get("properties", {})
    if not properties:
        return name
    # Before its properties are copied: a shape may contain itself.
    copy = schemas[variant] = dict(schema)
    is_page = properties.keys() >= PAGE
    if not is_page:
        copy.pop("required", None)
    copy["properties"] = {}
    for key, field in properties.items():
        is_reduced = key == "data" or not is_page
        copy["properties"][key] = _copied(field, schemas) if is_reduced else field
    text = schema.get("description", name)
    copy["description"] = f"{text} Reduced by `fields`."
    copy["title"] = variant
    return variant


def _copied(value: Any, schemas: dict[str, Schema]) -> Any:
    """Return a part of a schema whose references lead to sparse variants."""
    if isinstance(value, list):
        return [_copied(entry, schemas) for entry in value]
    if not isinstance(value, dict):
        return value
    copy: Schema = {}
    for key, inner in value.items():
        if key == "$ref":
            copy[key] = REF + reduced(inner.removeprefix(REF), schemas)
        else:
            copy[key] = _copied(inner, schemas)
    return copy
