"""Our answers against the shapes the Reconciliation Service API 0.2 asks for (`reconciliation`)."""

import json

import pytest
from fastapi.testclient import TestClient

from tests.api.reconciliation import valid


def ask(client: TestClient, **queries: object) -> dict:  # type: ignore[type-arg]
    valid("reconciliation-query-batch", queries)
    answer = client.post("/v1/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    valid("reconciliation-result-batch", answer.json())
    assert set(answer.json()) == set(queries)
    return {key: answer_of_key["result"] for key, answer_of_key in answer.json().items()}


def test_the_manifest(client: TestClient) -> None:
    answer = client.get("/v1/reconcile", headers={"Origin": "http://127.0.0.1:3333"})
    valid("manifest", answer.json())
    # What is not announced is not there: data extension and authentication.
    assert not {"extend", "authentication"} & set(answer.json())
    assert answer.headers["access-control-allow-origin"] == "*"
    for part, plural in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        address = answer.json()["suggest"][part]
        for prefix in ("m", "zzzz"):
            results = client.get(
                address["service_url"] + address["service_path"], params={"prefix": prefix}
            )
            valid(f"suggest-{plural}-response", results.json())
            assert bool(results.json()["result"]) == (prefix != "zzzz"), (part, prefix)


def test_names_meet_their_entities(client: TestClient) -> None:
    results = ask(
        client,
        q0={"query": "NVIDIA Corp."},
        q1={"query": "千问", "type": "model", "limit": 3},
        q2={"query": "Alibaba Qwen", "type": ["model", "product"], "type_strict": "any"},
        q3={"query": "nobody has this name"},
        q4={"query": "Qwen-Image-Layered"},
    )
    best = {
        key: (result[0]["name"], result[0]["match"]) for key, result in results.items() if result
    }
    assert best == {
        "q0": ("NVIDIA", True),
        "q1": ("Qwen", True),
        "q2": ("Qwen", True),
        "q4": ("Qwen-Image-Layered", True),
    }
    for result in results.values():
        assert [c["score"] for c in result] == sorted((c["score"] for c in result), reverse=True)
        assert sum(c["match"] for c in result) <= 1
    for candidate in results["q0"]:
        assert client.get(f"/v1/entities/{candidate['id']}").status_code == 200


def test_types_limits_and_properties_narrow(client: TestClient) -> None:
    results = ask(
        client,
        person={"query": "NVIDIA", "type": "person"},
        one={"query": "a", "limit": 1},
        agrees={
            "query": "Qwen",
            "properties": [
                {"pid": "maker", "v": {"id": "x", "name": "y"}},
                {"pid": "maker", "v": ["Alibaba"]},
            ],
        },
        right={
            "query": "Qwen",
            "properties": [{"pid": "maker", "v": "阿里巴巴"}, {"pid": "colour", "v": 3}],
        },
    )
    assert results["person"] == []
    assert len(results["one"]) == 1
    assert not results["agrees"][0]["match"]
    assert results["right"][0]["match"]
    assert {"id": "maker", "value": True} in results["right"][0]["features"]
    # What is null or of a later draft is passed over.
    loose = {"q": {"query": "Qwen", "type": None, "limit": None, "properties": None, "later": True}}
    assert client.post("/v1/reconcile", json=loose).json()["q"]["result"][0]["match"]


def test_every_kind_of_query_is_taken(client: TestClient) -> None:
    maker = {"pid": "maker", "v": "Alibaba"}
    kinds = [{"query": "Qwen"}, {"query": "Qwen", "limit": 2.0}, {"properties": [maker]}]
    kinds += [
        {"query": "Qwen", "type": kind}
        for kind in ("model", [], ["model", "nothing"], "https://example.org/Thing")
    ]
    kinds += [{"query": "Qwen", "type_strict": strict} for strict in ("any", "should", "all")]
    values = [
        "x",
        3,
        2.5,
        True,
        {"id": "x"},
        {"id": "x", "name": "y"},
        [],
        ["x", 3, True, {"id": "x"}],
    ]
    kinds += [
        {
            "query": "Qwen",
            "properties": [{"pid": "maker", "v": value}, {"pid": "colour", "v": value}],
        }
        for value in values
    ]
    for result in ask(client, **{f"q{index}": kind for index, kind in enumerate(kinds)}).values():
        assert all(
            client.get(f"/v1/entities/{candidate['id']}").status_code == 200 for candidate in result
        )


def test_a_part_of_a_name_is_no_match(client: TestClient) -> None:
    for result in ask(
        client, a={"query": "Qwe"}, b={"query": "NVIDA"}, c={"query": "Vibe Provin"}
    ).values():
        assert result
        assert not any(candidate["match"] for candidate in result)


def test_get_and_json_are_the_same(client: TestClient) -> None:
    queries = {"q0": {"query": "NVIDIA"}}
    by_form = client.post("/v1/reconcile", data={"queries": json.dumps(queries)}).json()
    assert client.get("/v1/reconcile", params={"queries": json.dumps(queries)}).json() == by_form
    assert client.post("/v1/reconcile", json=queries).json() == by_form
    assert client.post("/v1/reconcile", json={"queries": queries}).json() == by_form


def test_suggestions_go_on_after_the_cursor(client: TestClient) -> None:
    first, second = (
        client.get("/v1/reconcile/suggest/entity", params={"prefix": "a", "cursor": n}).json()[
            "result"
        ]
        for n in (0, 10)
    )
    assert len(first) == 10
    assert not {s["id"] for s in first} & {s["id"] for s in second}


def test_the_preview_is_a_page(client: TestClient) -> None:
    answer = client.get("/v1/reconcile/preview", params={"id": "Qwen"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Qwen</h1>" in answer.text
    assert client.get("/v1/reconcile/preview", params={"id": "<script>"}).status_code == 404


DEEP = '{"q": {"query": "a", "properties": [{"pid": "maker", "v": ' + "[" * 900 + "]" * 900 + "}]}}"


@pytest.mark.parametrize(
    ("status", "queries"),
    [
        (422, ""),
        (422, "{"),
        (422, "[]"),
        (422, '{"q": 1}'),
        (422, '{"q": {"query": 1}}'),
        (422, '{"q": {"query": "a", "limit": -1}}'),
        (422, '{"q": {"query": "a", "limit": 1e999}}'),
        (422, '{"q": {"query": "\\ud800"}}'),
        (422, "[" * 5_000),
        (200, DEEP),
        (200, "{}"),
        (200, '{"": {"query": ""}}'),
        (200, '{"q": {"query": "a\\u0000%_\' OR 1=1"}}'),
        (200, '{"q": {"query": "' + "長" * 4_000 + '"}}'),
        (413, json.dumps({str(n): {"query": "a"} for n in range(101)})),
        (413, '{"q": {"query": "' + "a" * 70_000 + '"}}'),
    ],
)
def test_every_batch_gets_an_answer(client: TestClient, status: int, queries: str) -> None:
    answer = client.post("/v1/reconcile", data={"queries": queries})
    assert answer.status_code == status, answer.text
    if len(queries) < 2_000:
        assert client.get("/v1/reconcile", params={"queries": queries}).status_code == (
            400 if status == 422 else status
        )


def test_other_bodies(client: TestClient) -> None:
    for status, kind, body in (
        (415, "text/plain", b"x"),
        (422, "application/json", b"x"),
        (422, "application/json", b"[]"),
        (422, "application/x-www-form-urlencoded", b""),
        (422, "application/x-www-form-urlencoded", b"queries={}&queries={}"),
        (422, "application/x-www-form-urlencoded", b"\xff\xff"),
        (422, "application/x-www-form-urlencoded", b"&a=" * 10_000),
        (413, "application/x-www-form-urlencoded", b"a" * 1_000_000),
    ):
        assert (
            client.post("/v1/reconcile", content=body, headers={"content-type": kind}).status_code
            == status
        ), body[:20]
    assert client.get("/v1/reconcile?querys={}").status_code == 400
