"""Our answers against the shapes the Reconciliation Service API 0.2 asks for (`reconciliation`)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.reconcile import BATCH_SIZE, MAX_QUERIES, SECONDS_PER_QUERY
from app.query.entities.extension import MIN_ID_CHARS
from app.store.db import Database, Session
from tests.api.reconciliation import valid
from tests.conftest import client_of, take_in
from tests.documents import document, item


def ask(client: TestClient, **queries: object) -> dict[str, Any]:
    valid("reconciliation-query-batch", queries)
    answer = client.post("/v1/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    valid("reconciliation-result-batch", answer.json())
    assert set(answer.json()) == set(queries)
    return {key: answer_of_key["result"] for key, answer_of_key in answer.json().items()}


def test_the_manifest(client: TestClient) -> None:
    answer = client.get("/v1/reconcile", headers={"Origin": "http://127.0.0.1:3333"})
    valid("manifest", answer.json())
    assert answer.json()["batchSize"] == BATCH_SIZE
    assert "authentication" not in answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    for part, plural in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        address = answer.json()["suggest"][part]
        for prefix in ("m", "zzzz"):
            results = client.get(
                address["service_url"] + address["service_path"], params={"prefix": prefix}
            )
            valid(f"suggest-{plural}-response", results.json())
            assert bool(results.json()["result"]) == (prefix != "zzzz"), (part, prefix)
            flyout = address["flyout_service_url"] + address["flyout_service_path"]
            for suggestion in results.json()["result"][:3]:
                card = client.get(flyout.replace("${id}", suggestion["id"])).json()
                assert card.keys() == {"id", "html"}
                assert card["id"] == suggestion["id"]
                assert f"<h1>{suggestion['name']}</h1>" in card["html"]


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


FLYOUT = "/v1/reconcile/flyout"


def test_flyouts_are_called_by_jsonp_and_in_the_language_asked_for(client: TestClient) -> None:
    plain = client.get(f"{FLYOUT}/entity?id=NVIDIA&lang=zh-Hant")
    called = client.get(f"{FLYOUT}/entity?id=NVIDIA&lang=zh-Hant&callback=jQuery3_1&_=17645")
    assert called.content == b"/**/jQuery3_1(" + plain.content + b");"
    assert "組織" in plain.json()["html"]
    for lang, word in (("en", "Organisation"), ("zh-Hans", "组织"), ("fr", "Organisation")):
        assert word in client.get(f"{FLYOUT}/entity?id=NVIDIA&lang={lang}").json()["html"]
    assert "<p>model</p>" in client.get(f"{FLYOUT}/type?id=model").json()["html"]
    assert "<h1>Maker</h1>" in client.get(f"{FLYOUT}/property?id=maker").json()["html"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("entity?id=nobody+at+all", 404),
        ("type?id=colour", 404),
        ("property?id=%3Cscript%3E", 404),
        ("entity", 400),
        ("entity?id=NVIDIA&callback=alert(1)", 400),
    ],
)
def test_a_flyout_of_nothing_is_a_problem(client: TestClient, path: str, status: int) -> None:
    answer = client.get(f"{FLYOUT}/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_preview_is_in_the_language_asked_for(client: TestClient) -> None:
    for lang, words in (("en", "Mentions: "), ("zh-Hant", "提及次數："), ("zh-Hans", "提及次数：")):
        card = client.get(f"/v1/reconcile/preview?id=NVIDIA&lang={lang}").text
        assert f'<html lang="{lang}">' in card
        assert words in card
    assert client.get("/v1/reconcile/preview?id=NVIDIA").text.count("Mentions: ") == 1


DEEP = '{"q": {"query": "a", "properties": [{"pid": "maker", "v": ' + "[" * 900 + "]" * 900 + "}]}}"


@pytest.mark.parametrize(
    ("status", "queries"),
    [
        (422, ""),
        (422, "{"),
        (422, "[]"),
        (200, '{"q": 1}'),
        (200, '{"q": {"query": 1}}'),
        (200, '{"q": {"query": "a", "limit": -1}}'),
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


SUGGEST = "/v1/reconcile/suggest/entity"


@pytest.mark.parametrize(
    "path",
    [
        # As OpenRefine's suggest widget sends them.
        f"{SUGGEST}?prefix=nvid&spell=always&exact=false&prefixed=true",
        f"{SUGGEST}?prefix=nvid&type=org&type_strict=any&cursor=0&limit=20&_=1764547200000",
        "/v1/reconcile/suggest/type?prefix=mod&spell=always&exact=false&prefixed=true",
        "/v1/reconcile/suggest/property?prefix=mak&spell=always&schema=model&exact=false",
        "/v1/reconcile/properties?type=model&limit=20&_=1764547200000",
        "/v1/reconcile?_=1764547200000",
        "/v1/reconcile/preview?id=NVIDIA&width=420&height=160",
        '/v1/reconcile?queries={"q0":{"query":"NVIDIA"}}&user_lang=zh',
    ],
)
def test_unknown_parameters_are_ignored(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    called = client.get(f"{path}&callback=jQuery360.f_1")
    if "preview" not in path:
        assert called.headers["content-type"] == "text/javascript; charset=utf-8"
        assert called.content == b"/**/jQuery360.f_1(" + answer.content + b");"


@pytest.mark.parametrize("callback", ["alert(1)", "a b", "1a", "a" * 101, "", "<script>"])
def test_a_callback_is_a_name(client: TestClient, callback: str) -> None:
    assert client.get("/v1/reconcile", params={"callback": callback}).status_code == 400


def test_an_id_is_a_prefix(client: TestClient) -> None:
    entity_id = client.get("/v1/entities?q=NVIDIA").json()["data"][0]["id"]
    for prefix in (entity_id, f" {entity_id} ", entity_id[:-3], entity_id[:9]):
        answer = client.get(SUGGEST, params={"prefix": prefix}).json()
        valid("suggest-entities-response", answer)
        assert entity_id in [suggestion["id"] for suggestion in answer["result"]], prefix
    for prefix in (entity_id[: MIN_ID_CHARS - 1], "e_%%%%", "e_____"):
        answer = client.get(SUGGEST, params={"prefix": prefix}).json()
        assert entity_id not in [suggestion["id"] for suggestion in answer["result"]]


@pytest.mark.parametrize(
    "bad",
    [
        1,
        None,
        [],
        "NVIDIA",
        {"query": {"a": 1}},
        {"query": "a", "limit": 0},
        {"query": "a", "limit": "many"},
        {"query": "a", "type_strict": "maybe"},
        {"query": "a", "properties": "maker"},
        {"query": "a" * 5_000},
    ],
)
def test_a_bad_query_fails_alone(client: TestClient, bad: object) -> None:
    batch = json.dumps({"bad": bad, "good": {"query": "NVIDIA"}})
    answer = client.post("/v1/reconcile", data={"queries": batch})
    assert answer.status_code == 200
    valid("reconciliation-result-batch", answer.json())
    assert list(answer.json()) == ["bad", "good"]
    assert answer.json()["bad"]["result"] == []
    assert answer.json()["bad"]["error"]
    assert answer.json()["good"]["result"][0]["match"]


@pytest.mark.parametrize(
    "properties",
    [
        [],
        [{"pid": "maker", "v": ""}],
        [{"pid": "maker", "v": "  "}],
        [{"pid": "maker", "v": None}],
        [{"pid": "maker", "v": []}],
        [{"pid": "maker", "v": ["", None]}],
        [{"pid": "maker", "v": {"id": "", "name": ""}}],
        [{"pid": "maker"}],
        [{"v": "Alibaba"}],
        [{"pid": "", "v": "Alibaba"}],
        [{"pid": None, "p": None, "v": "Alibaba"}],
        [{"p": "family", "v": ""}, {"pid": "maker", "v": "Alibaba"}],
    ],
)
def test_an_empty_property_is_no_condition(client: TestClient, properties: object) -> None:
    query = {"query": "Qwen", "type": [{"id": "model", "name": "Model"}], "properties": properties}
    answer = client.post("/v1/reconcile", json={"q": query}).json()["q"]["result"]
    assert answer[0]["match"], properties


def test_a_batch_takes_its_time(client: TestClient) -> None:
    batch = {f"q{n}": {"query": f"Qwen variant {n}"} for n in range(MAX_QUERIES)}
    answer = client.post("/v1/reconcile", data={"queries": json.dumps(batch)})
    assert answer.status_code == 200
    assert len(answer.json()) == MAX_QUERIES


@pytest.mark.parametrize("count", [1, 10, 50, MAX_QUERIES])
def test_the_limit_of_a_batch_grows_with_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    seconds: list[float] = []

    def record(session: Session, limit: float) -> None:
        seconds.append(limit)

    monkeypatch.setattr("app.api.reconcile.set_timeout", record)
    batch = {f"q{n}": {"query": f"Qwen {n}"} for n in range(count)}
    client.post("/v1/reconcile", data={"queries": json.dumps(batch)})
    extend = {"ids": [f"e_{n}" for n in range(count)], "properties": [{"id": "name"}]}
    client.post("/v1/reconcile", data={"extend": json.dumps(extend)})
    assert seconds == [30 + SECONDS_PER_QUERY * count] * 2


def extended(client: TestClient, **query: object) -> dict[str, Any]:
    valid("data-extension-query", query)
    answer = client.post("/v1/reconcile", data={"extend": json.dumps(query)})
    assert answer.status_code == 200, answer.text
    valid("data-extension-response", answer.json())
    assert client.get("/v1/reconcile", params={"extend": json.dumps(query)}).json() == answer.json()
    assert client.post("/v1/reconcile", json={"extend": query}).json() == answer.json()
    return dict(answer.json())


def test_data_extension(client: TestClient) -> None:
    names = client.get("/v1/reconcile/properties", params={"type": "model"}).json()
    valid("data-extension-property-proposal", names)
    ids = [entity["id"] for entity in client.get("/v1/entities?limit=20").json()["data"]]
    columns = [{"id": entry["id"]} for entry in names["properties"]]
    answer = extended(client, ids=ids, properties=columns)
    assert [column["id"] for column in answer["meta"]] == [column["id"] for column in columns]
    assert list(answer["rows"]) == ids
    for entity_id, cells in answer["rows"].items():
        entity = client.get(f"/v1/entities/{entity_id}").json()
        assert cells["name"] == [{"str": entity["name"]}]
        assert cells["type"] == [{"str": entity["type"]}]
        assert cells["counts.items"] == [{"int": entity["counts"]["items"]}]
        assert cells["first_seen"] == [{"date": f"{entity['first_seen']}T00:00:00Z"}]
        assert cells["last_seen"] == [{"date": f"{entity['last_seen']}T00:00:00Z"}]
        for lang, name in entity["names"].items():
            assert cells[f"names.{lang}"] == [{"str": name}]
        for relation in ("maker", "family"):
            ref = entity[relation]
            expected = [{"id": ref["id"], "name": ref["name"]}] if ref else []
            assert cells[relation] == expected
        wikidata = entity["external_ids"].get("wikidata")
        assert cells["external_ids.wikidata"] == ([{"str": wikidata}] if wikidata else [])


def test_data_extension_of_odd_tables(client: TestClient) -> None:
    nvidia = client.get("/v1/entities/NVIDIA", follow_redirects=True).json()["id"]
    answer = extended(
        client,
        ids=[nvidia, "e_nobodyhasit", ""],
        properties=[
            {"id": "aliases", "settings": {"limit": "1"}},
            {"id": "colour"},
            {"id": "external_ids.none", "settings": {}},
            {"id": "name", "settings": {"limit": "many"}},
        ],
    )
    assert [len(cells) for cells in answer["rows"].values()] == [4, 4, 4]
    assert len(answer["rows"][nvidia]["aliases"]) == 1
    assert answer["rows"][nvidia]["colour"] == []
    assert answer["rows"][nvidia]["name"] == [{"str": "NVIDIA"}]
    assert answer["rows"]["e_nobodyhasit"]["name"] == []
    assert extended(client, ids=[], properties=[]) == {"meta": [], "rows": {}}
    for status, query in ((422, "[]"), (422, "{"), (422, '{"ids": "a", "properties": []}')):
        assert client.post("/v1/reconcile", data={"extend": query}).status_code == status
    oversized = json.dumps({"ids": ["a"] * (MAX_QUERIES + 1), "properties": []})
    assert client.post("/v1/reconcile", data={"extend": oversized}).status_code == 413


def test_the_view_is_a_page(client: TestClient) -> None:
    manifest = client.get("/v1/reconcile").json()
    entity_id = client.get("/v1/entities?q=NVIDIA").json()["data"][0]["id"]
    page = client.get(manifest["view"]["url"].replace("{{id}}", entity_id))
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<h1 id="{entity_id}">NVIDIA</h1>' in page.text
    assert manifest["extend"]["propose_properties"]["service_path"] == "/properties"
    assert manifest["extend"]["property_settings"][0]["name"] == "limit"


def test_each_host_gets_its_own_addresses(client: TestClient) -> None:
    for host in ("other.example", "testserver", "third.example"):
        for _ in range(2):
            answer = client.get("/v1/reconcile", headers={"Host": host})
            assert answer.json()["view"]["url"].startswith(f"http://{host}/")
            assert answer.headers["cache-control"].startswith("private")
            assert "Host" in answer.headers["vary"]


def test_registered_names_meet_their_entities(fresh: TestClient, database: Database) -> None:
    take_in(
        database,
        document("2026-01-03", item("甲", summary="更新。", entities="Amazon, 小米, 騰訊, 百度")),
    )
    names = {
        "Amazon.com, Inc.": "Amazon",
        "小米科技有限責任公司": "小米",
        "深圳市腾讯计算机系统有限公司": "腾讯",
        "北京百度網訊科技有限公司": "百度",
    }
    batch = {name: {"query": name} for name in names}
    answer = fresh.post("/v1/reconcile", data={"queries": json.dumps(batch)}).json()
    for name, short in names.items():
        best = answer[name]["result"][0]
        assert best["match"], name
        assert 90 <= best["score"] < 100
        entity = fresh.get(f"/v1/entities/{best['id']}").json()
        assert short in [alias["name"] for alias in entity["aliases"]]


def test_a_public_url_is_every_hosts(seeds: Callable[[str], Database]) -> None:
    url = "https://kb.example/kb"
    with client_of(seeds("sqlite"), public_url=url) as public:
        answers = {
            public.get("/v1/reconcile", headers={"Host": h}).content
            for h in ("kb.example", "localhost")
        }
        assert len(answers) == 1
        public.headers["Host"] = "kb.example"
        manifest = public.get("/kb/v1/reconcile")
        assert manifest.json()["view"]["url"] == url + "/v1/entities/{{id}}?format=html"
        assert manifest.headers["cache-control"].startswith("public")
        assert public.get("/v1/items?limit=1").json()["links"]["self"].startswith("/kb/v1/items")
