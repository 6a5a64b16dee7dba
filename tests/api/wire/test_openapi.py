"""The OpenAPI document."""

import json
import re
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import validator_for

from app.api.wire import openapi
from app.main import create_app
from app.settings import Settings
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


OPERATION_IDS = {
    "listItems": "get /v1/items",
    "listItemBuckets": "get /v1/buckets/items",
    "listEntityItemBuckets": "get /v1/entities/{entity_id}/buckets",
    "getItem": "get /v1/items/{item_id}",
    "listEntityItems": "get /v1/entities/{entity_id}/items",
    "getLatestBriefing": "get /v1/briefings/latest",
    "search": "get /v1/search",
    "annotateText": "post /v1/annotate",
    "reconcileNames": "post /v1/reconcile",
    "addAlias": "post /v1/entities/{entity_id}/aliases",
    "deleteAlias": "delete /v1/entities/{entity_id}/aliases/{alias_id}",
    "mergeEntity": "post /v1/entities/{entity_id}/merge",
    "splitEntity": "post /v1/entities/{entity_id}/split",
    "undoJudgement": "post /v1/judgements/{judgement_id}/undo",
    "settleLink": "post /v1/review/{judgement_id}",
}


def test_operation_ids_are_short_and_stable(document: dict[str, Any]) -> None:
    ids = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            ids[operation["operationId"]] = f"{method} {path}"
    assert ids | OPERATION_IDS == ids
    for name in ids:
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+){0,3}", name), name


def test_everything_has_a_description(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        assert len(operation["description"]) > len("Returns a tag."), path
        for response in operation["responses"].values():
            assert response["description"] not in ("", "Successful Response"), path
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        for key, field in schema.get("properties", {}).items():
            assert field.get("description"), f"{name}.{key}"


def test_tags_are_in_order_without_repeats(document: dict[str, Any]) -> None:
    names = [tag["name"] for tag in document["tags"]]
    assert len(set(names)) == len(names)
    # What is read comes first, writes after it, the state of the service last.
    assert names[:3] == ["briefings", "items", "entities"]
    assert names[-5:] == ["webhooks", "intake", "curation", "reconciliation", "service"]
    assert all(tag["description"] for tag in document["tags"])
    used = [operation["tags"] for _, operation in operations(document)]
    assert {len(tags) for tags in used} == {1}
    assert {tags[0] for tags in used} == set(names)


def test_parameters_are_plain(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert "null" not in json.dumps(parameter["schema"]), (path, parameter["name"])
            if parameter["in"] == "header":
                assert parameter["schema"]["type"] == "string"


def test_closed_vocabularies_are_enums(document: dict[str, Any]) -> None:
    parameters = {p["name"]: p for p in document["paths"]["/v1/items"]["get"]["parameters"]}
    for name, value in (
        *(("section", "research"), ("importance", "medium_high"), ("kind", "stub")),
        *(("entity_type", "org"), ("source_status", "arxiv"), ("certainty", "guessed")),
        ("has", "summary"),
    ):
        alternatives = parameters[name]["schema"]["items"]["anyOf"]
        assert value in alternatives[0]["enum"]
        validator = validator_for(parameters[name]["schema"])
        assert validator.is_valid([value])
        assert validator.is_valid([f"{value}|{value}", f"!{value}"])
        assert not validator.is_valid(["nonsense"])
    schemas = document["components"]["schemas"]
    assert "translation" in schemas["AliasOut"]["properties"]["kind"]["enum"]
    assert "merged" in schemas["ChangeOut"]["properties"]["action"]["enum"]
    assert "thread" in schemas["ChangeOut"]["properties"]["object"]["enum"]
    assert "org" in schemas["EntityRef"]["properties"]["type"]["enum"]
    assert "former-name" in schemas["AliasIn"]["properties"]["kind"]["enum"]


def test_bodies_are_components(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert list(content["schema"]) == ["$ref"], path


def test_the_server_is_the_public_one() -> None:
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "/"),
        ({"root_path": "/kb/"}, "/kb"),
        ({"public_url": "https://kb.example"}, "https://kb.example"),
        ({"public_url": "https://a.example/kb/"}, "https://a.example/kb"),
        ({"public_url": "https://a.example", "root_path": "/kb"}, "https://a.example/kb"),
        ({"public_url": "https://a.example/kb", "root_path": "/kb"}, "https://a.example/kb"),
    )
    for changes, url in cases:
        settings = Settings(database_url="sqlite://", **changes)
        assert openapi.server_address(settings) == url
    # The last case stands for all: each document takes a second.
    assert create_app(settings).openapi()["servers"] == [{"url": url}]


def test_each_error_has_an_example_of_its_status(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get("application/problem+json")
            if content:
                assert content["example"]["status"] == int(status), path


def test_reduced_answers_are_described(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "fields":
                assert "lacks all other fields" in parameter["description"]
                content = operation["responses"]["200"]["content"]["application/json"]
                whole, variant = content["schema"]["anyOf"]
                name = whole["$ref"].rpartition("/")[2]
                assert variant["$ref"].endswith(f"/Sparse{name}")


def test_other_answers_have_one_shape(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        names = [parameter["name"] for parameter in operation.get("parameters", [])]
        content = operation["responses"]["200"]["content"].get("application/json")
        # The specification of reconciliation puts several requests at one address.
        if content and "fields" not in names and path != "/v1/reconcile":
            assert list(content["schema"]) == ["$ref"], path


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


class Validators:
    """A validator for each schema: compiling one anew for each example took six seconds."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._components = {"components": document["components"]}
        self._compiled: dict[str, Any] = {}

    def check(self, schema: dict[str, Any], example: Any) -> None:
        """Raise an error if an example does not match its schema."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._compiled:
            self._compiled[key] = validator_for(schema | self._components)
        self._compiled[key].validate(example)


@pytest.fixture(scope="module")
def validators(document: dict[str, Any]) -> Validators:
    return Validators(document)


def test_every_status_has_valid_examples(document: dict[str, Any], validators: Validators) -> None:
    statuses = set()
    for path, operation in operations(document):
        assert operation["responses"]["200"]["content"], path
        for status, response in operation["responses"].items():
            statuses.add(status)
            # A redirect and an answer to a condition have no body.
            assert ("content" in response) == (status not in ("304", "308")), (path, status)
            for media, content in response.get("content", {}).items():
                assert content["example"], (path, status, media)
                validators.check(content["schema"], content["example"])
    assert statuses >= {"200", "201", "304", "308", "400", "401", "403", "404", "409", "410"}
    assert statuses >= {"412", "413", "414", "415", "422", "429", "503"}


def test_every_body_and_parameter_has_valid_examples(
    document: dict[str, Any], validators: Validators
) -> None:
    for path, operation in operations(document):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            assert content["example"], (path, media)
            validators.check(content["schema"], content["example"])
        for parameter in operation.get("parameters", []):
            examples = parameter["schema"].get("examples", [])
            assert examples or not parameter["required"], (path, parameter["name"])
            for example in examples:
                validators.check(parameter["schema"], example)


def test_the_example_of_fields_is_a_field_of_the_answer(
    document: dict[str, Any], client: TestClient
) -> None:
    # `id` was the example everywhere, which 11 operations answered 400.
    count = 0
    for path, methods in document["paths"].items():
        operation = methods.get("get", {})
        examples: list[str] = []
        required: dict[str, str] = {}
        for parameter in operation.get("parameters", []):
            values = parameter["schema"].get("examples", [""])
            if parameter["name"] == "fields":
                examples = values
            elif parameter.get("required"):
                required[parameter["name"]] = values[0]
        if examples and "{" not in path and "security" not in operation:
            answer = client.get(path, params=required | {"fields": examples[0]})
            assert answer.status_code == 200, (path, answer.text)
            count += 1
    assert count > 15


def test_every_list_takes_every_value_of_has(document: dict[str, Any], client: TestClient) -> None:
    # `has=thread` was a condition on a table that the digest joins: 500.
    count = 0
    for path, methods in document["paths"].items():
        values: list[str] = []
        required: dict[str, str] = {}
        for parameter in methods.get("get", {}).get("parameters", []):
            schema = parameter["schema"]
            if parameter["name"] == "has":
                values = schema["items"]["anyOf"][0]["enum"]
            elif parameter.get("required"):
                required[parameter["name"]] = schema["examples"][0]
        for value in values:
            address = path.format(**required)
            answer = client.get(address, params=required | {"has": value, "limit": "1"})
            # The examples of ids are not those of the seeds.
            assert answer.status_code in (200, 308, 400, 404), (address, value)
            count += answer.status_code == 200
    assert count > 100


def test_inner_properties_have_descriptions(document: dict[str, Any]) -> None:
    def undescribed(schema: Any, place: str) -> list[str]:
        if isinstance(schema, list):
            return [name for entry in schema for name in undescribed(entry, place)]
        if not isinstance(schema, dict):
            return []
        fields = schema.get("properties", {}) if schema.get("type") == "object" else {}
        names = [f"{place}.{key}" for key, field in fields.items() if not field.get("description")]
        for key, inner in schema.items():
            if key not in ("example", "examples"):
                names += undescribed(inner, f"{place}.{key}")
        return names

    assert undescribed(document["paths"], "paths") == []
    assert undescribed(document["components"], "components") == []


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
