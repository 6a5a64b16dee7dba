"""Sparse variants of schemas."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import validator_for

from app.api.wire.sparse_shapes import REF, reduced
from tests.documents import NEWER


def thing() -> dict[str, Any]:
    """Two schemas: a list, and an entry that may contain entries."""
    entry = {
        "description": "Entry.",
        "required": ["id", "parts"],
        "properties": {
            "id": {"type": "string"},
            "parts": {"type": "array", "items": {"$ref": REF + "Entry"}},
        },
    }
    page = {
        "required": ["data", "meta", "links"],
        "properties": {
            "data": {"type": "array", "items": {"$ref": REF + "Entry"}},
            "meta": {"$ref": REF + "Meta"},
            "links": {"type": "object"},
        },
    }
    return {"Entry": entry, "Page": page, "Meta": {"required": ["n"], "properties": {"n": {}}}}


def test_nothing_is_required_at_any_depth() -> None:
    schemas = thing()
    assert reduced("Entry", schemas) == "SparseEntry"
    variant = schemas["SparseEntry"]
    assert "required" not in variant
    assert variant["properties"]["parts"]["items"] == {"$ref": REF + "SparseEntry"}
    assert schemas["Entry"] == thing()["Entry"]
    assert reduced("Entry", schemas) == "SparseEntry"
    assert len(schemas) == 4


def test_a_list_keeps_its_own_properties() -> None:
    schemas = thing()
    variant = schemas[reduced("Page", schemas)]
    assert variant["required"] == ["data", "meta", "links"]
    assert variant["properties"]["data"]["items"] == {"$ref": REF + "SparseEntry"}
    assert variant["properties"]["meta"] == {"$ref": REF + "Meta"}
    assert "SparseMeta" not in schemas


def test_a_shape_without_properties_is_its_own_variant() -> None:
    schemas = {"Level": {"enum": ["high", "low"]}}
    assert reduced("Level", schemas) == "Level"
    assert list(schemas) == ["Level"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/items", "fields=id,title&limit=3"),
        ("/v1/items", "fields=importance.level,section.kind"),
        ("/v1/buckets/items", "group_by=section&fields=label,count"),
        ("/v1/briefings/{briefing_id}", "fields=sections.items.title"),
        ("/v1/briefings", "fields=counts"),
        ("/v1/entities", "fields=name,counts.items"),
        ("/v1/search", "q=NVIDIA&fields=type"),
        ("/v1/timelines", "entities=NVIDIA,SGLang&fields=series.entity.name"),
        ("/v1/headlines", "fields=title"),
        ("/v1/info", "fields=version"),
    ],
)
def test_reduced_answers_match_the_sparse_variant_only(
    client: TestClient, path: str, query: str
) -> None:
    document = client.get("/openapi.json").json()
    answer = client.get(f"{path.replace('{briefing_id}', NEWER)}?{query}")
    assert answer.status_code == 200
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    whole, variant = content["application/json"]["schema"]["anyOf"]
    components = {"components": document["components"]}
    assert not validator_for(whole | components).is_valid(answer.json())
    validator_for(variant | components).validate(answer.json())
