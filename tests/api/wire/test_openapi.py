"""The OpenAPI document."""

from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import validator_for

from tests.documents import NEWER


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/openapi.json").json())


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert (document["info"]["title"], bool(document["info"]["description"])) == ("Briefbase", True)


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for path, operation in operations(document):
        assert operation["summary"], path
        assert operation["tags"], path
        # Invalid parameters are 400; 422 is for bodies only.
        assert ("422" in operation["responses"]) <= (
            operation
            not in [methods_of_path.get("get") for methods_of_path in document["paths"].values()]
        ), path
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (path, parameter["name"])
            if parameter["in"] == "path":
                assert parameter["schema"].get("examples") or parameter.get("examples"), (
                    path,
                    parameter["name"],
                )


def test_every_response_has_a_valid_example(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        content = operation["responses"]["200"]["content"]
        assert content, path
        for media, content_of_media in content.items():
            assert content_of_media["example"], (path, media)
            schema = content_of_media["schema"] | {"components": document["components"]}
            validator_for(schema).validate(content_of_media["example"])


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        for status in ("400", "404", "503"):
            content = operation["responses"][status]["content"]
            if path != "/readyz" or status != "503":
                assert list(content) == ["application/problem+json"], path
                jsonschema.validate(
                    content["application/problem+json"]["example"],
                    {"components": document["components"], "$ref": "#/components/schemas/Problem"},
                )


def test_every_reference_exists(document: dict[str, Any]) -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            refs = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return refs.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    used = {ref.removeprefix("#/components/schemas/") for ref in references(document)}
    assert used == set(document["components"]["schemas"])


@pytest.mark.parametrize(
    "path",
    [
        "/v1/briefings",
        f"/v1/briefings/{NEWER}",
        "/v1/headlines",
        "/v1/items?include=details,entities,sources,certainty,extra&limit=100",
        "/v1/entities?limit=100",
        "/v1/tags?limit=100",
        "/v1/sources?limit=100",
        "/v1/publishers",
        "/v1/info",
        f"/v1/briefings/{NEWER}/quality",
    ],
)
def test_responses_match_their_schema(
    client: TestClient, document: dict[str, Any], path: str
) -> None:
    bare = path.partition("?")[0].replace(NEWER, "{briefing_id}")
    schema = document["paths"][bare]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    validator_for(schema | {"components": document["components"]}).validate(client.get(path).json())
