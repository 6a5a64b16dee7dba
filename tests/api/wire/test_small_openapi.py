"""The small document on a document of two operations."""

from app.api.wire.small_openapi import small


def parameter(name: str, description: str) -> dict[str, object]:
    """Return a parameter of a query."""
    schema = {"type": "string", "examples": ["x"]}
    return {"name": name, "in": "query", "schema": schema, "description": description}


def test_parameters_are_shared_and_variants_are_numbered() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1", "description": "D."},
        "paths": {
            "/v1/items": {
                "get": {
                    "operationId": "listItems",
                    "summary": "Items",
                    "parameters": [parameter("q", "Words. More."), parameter("lang", "L")],
                }
            },
            "/v1/search": {
                "get": {
                    "operationId": "search",
                    "summary": "Search",
                    "parameters": [parameter("q", "Words. Other."), parameter("to", "Day")],
                }
            },
            "/v1/tags": {"get": {"operationId": "listTags", "summary": "Tags"}},
        },
    }
    reduced = small(document, "https://kb.example")
    assert list(reduced["paths"]) == ["/v1/items", "/v1/search"]
    assert list(reduced["components"]["parameters"]) == ["q", "to"]
    q = reduced["components"]["parameters"]["q"]
    assert q == {"name": "q", "in": "query", "description": "Words", "schema": {"type": "string"}}
