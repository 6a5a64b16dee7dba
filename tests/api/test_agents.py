"""The addresses that agents look for."""

import re

from fastapi.testclient import TestClient

from app.api.wire.small_openapi import MAX_BYTES, OPERATIONS


def test_the_ten_operations_fit_and_are_those_of_the_service(client: TestClient) -> None:
    answer = client.get("/v1/tools.json")
    assert len(answer.content) <= MAX_BYTES
    document = answer.json()
    whole = client.get("/openapi.json").json()
    names = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            original = whole["paths"][path][method]
            names.append(operation["operationId"])
            known = {parameter["name"] for parameter in original.get("parameters", ())}
            for reference in operation.get("parameters", ()):
                name = reference["$ref"].rpartition("/")[2]
                assert document["components"]["parameters"][name]["name"] in known
    assert sorted(names) == sorted(OPERATIONS)


def test_the_small_document_names_required_parameters(client: TestClient) -> None:
    parameters = client.get("/v1/tools.json").json()["components"]["parameters"].values()
    required = {parameter["name"] for parameter in parameters if parameter.get("required")}
    assert required == {"q", "item_id", "entity_id"}


def test_each_address_of_the_map_answers(client: TestClient) -> None:
    text = client.get("/llms.txt").text
    assert text.startswith("# Briefbase\n\n> ")
    paths = re.findall(r"\]\(http://testserver([^)]+)\)", text)
    assert len(paths) == 12
    for path in paths:
        if path == "/mcp":
            assert client.get(path).status_code == 405
        else:
            assert client.get(path).status_code == 200, path
    assert "`http://testserver/v1/items/{id}`" in text


def test_both_are_cached_and_revalidated(client: TestClient) -> None:
    for path in ("/v1/tools.json", "/llms.txt"):
        etag = client.get(path).headers["etag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_constant_documents_are_sent_from_the_cache(client: TestClient) -> None:
    cache = client.app.response_cache  # type: ignore[attr-defined]
    for path in ("/v1/tools.json", "/llms.txt", "/openapi.json"):
        first = client.get(path)
        size = len(cache.entries)
        again = client.get(path)
        assert (again.content, len(cache.entries)) == (first.content, size)
        assert [key for key in cache.entries if key[0] == path.encode()], path
