"""The shapes of the Reconciliation Service API 0.2: every constraint of its published schemas.

The schemas are at https://reconciliation-api.github.io/specs/0.2/schemas/NAME.json.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT7

BASE = "https://reconciliation-api.github.io/specs/0.2/schemas/"
Schema = Mapping[str, Any]

TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
# Stricter than the published schema: a template must be a URL.
TEMPLATE = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
URI = {"type": "string", "pattern": "^https?://"}


def record(*required: str, **fields: Schema) -> Schema:
    """An object with these fields, of which some must be there."""
    return {"type": "object", "required": list(required), "properties": fields}


def many(schema: Schema, **more: Any) -> Schema:
    """A list of these."""
    return {"type": "array", "items": schema, **more}


def either(*schemas: Schema) -> Schema:
    """Exactly one of these."""
    return {"oneOf": list(schemas)}


NAMED = record("id", "name", id=TEXT, name=TEXT, description=TEXT)
TYPE = {**NAMED, "properties": {**NAMED["properties"], "broader": many(NAMED)}}
TYPE_OR_ID = either(record("id", id=TEXT, name=TEXT), TEXT)
SERVICE = record(
    service_url=TEXT,
    service_path=TEXT,
    flyout_service_url=TEXT,
    flyout_service_path={**TEXT, "pattern": r"\$\{id\}"},
)
FEATURE = record(id=TEXT, value=either(FLAG, NUMBER))
CANDIDATE = record(
    *("id", "name", "score"),
    id=TEXT,
    name=TEXT,
    description=TEXT,
    score=NUMBER,
    features=many(FEATURE),
    match=FLAG,
    type=many(TYPE_OR_ID),
)
VALUE = either(TEXT, NUMBER, FLAG, record("id", id=TEXT, name=TEXT))
PROPERTY = record("pid", "v", pid=TEXT, v=either(VALUE, many(VALUE)))
QUERY = {
    **record(
        query=TEXT,
        limit=NUMBER,
        type=either(TEXT, many(TEXT)),
        properties=many(PROPERTY),
        type_strict={"enum": ["any", "should", "all"]},
    ),
    "additionalProperties": False,
    "anyOf": [
        {"required": ["query"]},
        {"required": ["properties"], "properties": {"properties": {"minItems": 1}}},
    ],
}
CELL = either(
    {"type": "object", "additionalProperties": False},
    {**record("id", "name", id=TEXT, name=TEXT), "additionalProperties": False},
    {**record("str", str=TEXT), "additionalProperties": False},
    {**record("int", int={"type": "integer"}), "additionalProperties": False},
    {**record("date", date=DATE), "additionalProperties": False},
)
CELLS = {"type": "object", "additionalProperties": many(CELL)}
SCHEMAS: Mapping[str, Schema] = {
    "manifest": record(
        *("versions", "name", "identifierSpace", "schemaSpace"),
        versions=many(TEXT, contains={"const": "0.2"}),
        name=TEXT,
        identifierSpace=URI,
        schemaSpace=URI,
        documentation=URI,
        serviceVersion=TEXT,
        logo=URI,
        view=record("url", url=TEMPLATE),
        feature_view=record("url", url=TEMPLATE),
        defaultTypes=many(TYPE, uniqueItems=True),
        suggest=record(entity=SERVICE, property=SERVICE, type=SERVICE),
        preview=record(
            "url",
            "width",
            "height",
            url=TEMPLATE,
            width={"type": "integer"},
            height={"type": "integer"},
        ),
        batchSize={"type": "integer", "minimum": 1},
        extend=record(
            propose_properties=record(service_url=URI, service_path=TEXT),
            property_settings=many(
                record(
                    *("type", "label", "name"),
                    type={"enum": ["number"]},
                    default=NUMBER,
                    label=TEXT,
                    name=TEXT,
                    help_text=TEXT,
                )
            ),
        ),
    ),
    "data-extension-property-proposal": record(
        "properties", properties=many(record("id", "name", id=TEXT, name=TEXT)), type=TEXT
    ),
    "data-extension-query": record(
        "ids", "properties", ids=many(TEXT), properties=many(record("id", id=TEXT))
    ),
    "data-extension-response": record(
        *("rows", "meta"),
        rows={"type": "object", "additionalProperties": CELLS},
        meta=many(
            record(*("id", "name"), id=TEXT, name=TEXT, type=record("id", id=TEXT), service=URI)
        ),
    ),
    "reconciliation-query-batch": {"type": "object", "additionalProperties": QUERY},
    "reconciliation-result-batch": {
        "type": "object",
        "additionalProperties": record("result", result=many(CANDIDATE)),
    },
    "suggest-entities-response": record(
        "result",
        result=many({**NAMED, "properties": {**NAMED["properties"], "notable": many(TYPE_OR_ID)}}),
    ),
    "suggest-types-response": record("result", result=many(TYPE)),
    "suggest-properties-response": record("result", result=many(NAMED)),
}


_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "reconciliation-0.2"
PUBLISHED = Path(os.environ.get("RECONCILIATION_SCHEMAS", _BESIDE))
"""Folder of the published schemas, where a machine has them."""


def valid(name: str, data: Any) -> None:
    """Validate `data` against the schema `name`, and the published one if it is there."""
    jsonschema.validate(data, SCHEMAS[name], jsonschema.Draft7Validator)
    published = PUBLISHED / f"{name}.json"
    if published.exists():
        jsonschema.Draft7Validator(
            json.loads(published.read_text()), registry=_registry()
        ).validate(data)


@cache
def _registry() -> Any:
    """Return the schemas that published ones refer to; those of Swagger are not needed."""
    registry = Registry()
    for path in PUBLISHED.glob("*.json"):
        schema = json.loads(path.read_text())
        uri = schema.get("$id") or f"{BASE}{path.name}"
        resource = DRAFT7.create_resource(schema)
        registry = registry.with_resource(uri, resource)
        registry = registry.with_resource(f"{BASE}{path.name}", resource)
    return registry
