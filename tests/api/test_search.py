"""Search over HTTP: hits, their matches, and hostile queries."""

import time
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from app import ingest, startup
from app.main import create_app
from app.store.copying import copy
from app.store.db import Database
from tests.conftest import CHANNEL, ENGINES, new_url, settings_for
from tests.eval.search import PROBES, scan
from tests.hostile import HOSTILE

HORIZON = Path(__file__).parents[3] / "shared" / "corpora" / "horizon-tw"


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_hits_have_their_matches(either_client: TestClient) -> None:
    answer = get(either_client, "/v1/search?q=昇腾")
    assert answer["counts"] == {"items": 1, "entities": 1, "sources": 0, "briefings": 1}
    assert [hit["type"] for hit in answer["data"]] == ["entity", "item", "briefing"]
    assert [
        (entry["term"], entry["entity"]["name"], entry["spellings"]) for entry in answer["expanded"]
    ] == [("昇腾", "Ascend", ["Ascend"])]
    for hit in answer["data"]:
        data = get(either_client, hit["links"]["self"])
        assert data.get("title", data.get("name")) == hit["title"]
        for highlight in hit["match"]["highlights"]:
            text = at(data, highlight["field"])
            for span in highlight["spans"]:
                assert text[span["start"] : span["end"]] in ("昇騰", "昇腾", "Ascend")
                assert (
                    f"<mark>{text[span['start'] : span['end']]}</mark>" in highlight["marked"]
                    or "…" in highlight["marked"]
                )
    reasons = {(why["term"], why["spelling"]): why for why in answer["data"][1]["match"]["why"]}
    assert reasons["昇腾", None]["folded"] == ["script"]
    assert "title" in reasons["昇腾", None]["fields"]
    assert reasons["昇腾", "Ascend"]["entity"]["slug"] == "ascend"


def at(text: Any, field: str) -> str:
    """The text a field's name leads to."""
    for part in field.replace("]", "").replace("[", ".").split("."):
        text = text[int(part)] if part.isdigit() else text[part]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("q", [*PROBES, "arxiv", "2025", "GPU", "-昇騰"])
def test_every_match_has_its_exact_place(either_client: TestClient, q: str) -> None:
    for hit in get(either_client, f"/v1/search?q={quote(q)}&limit=30")["data"]:
        data = get(either_client, hit["links"]["self"])
        for highlight in hit["match"]["highlights"]:
            if hit["type"] == "source" and highlight["field"] in ("label", "publisher.name"):
                continue
            text = at(data, highlight["field"])
            assert all(0 <= span["start"] < span["end"] <= len(text) for span in highlight["spans"])


def test_an_alias_is_expanded_unless_refused(either_client: TestClient) -> None:
    assert get(either_client, "/v1/items?q=輝達")["meta"]["total"] == 1
    assert get(either_client, "/v1/items?q=輝達&expand=false")["meta"]["total"] == 0
    why = get(either_client, "/v1/items?q=輝達")["data"][0]["match"]["why"]
    assert [(entry["spelling"], entry["entity"]["slug"]) for entry in why] == [("NVIDIA", "nvidia")]
    assert get(either_client, "/v1/search?q=輝達&expand=false")["expanded"] == []


def test_types(either_client: TestClient) -> None:
    whole = get(either_client, "/v1/search?q=生成&limit=100")
    assert whole["meta"]["total"] == sum(whole["counts"].values()) == len(whole["data"])
    for counts, types in (
        ("items", {"item"}),
        ("items|entities", {"item", "entity"}),
        ("!items", {"entity", "briefing"}),
    ):
        some = get(either_client, f"/v1/search?q=生成&limit=100&type={counts}")
        assert {hit["type"] for hit in some["data"]} == types
        assert some["counts"] == whole["counts"]
        assert [hit for hit in whole["data"] if hit["type"] in types] == some["data"]


def test_filters(either_client: TestClient) -> None:
    narrow = get(either_client, "/v1/search?q=生成&section=research")
    assert (
        narrow["counts"]["items"]
        == narrow["meta"]["total"]
        == get(either_client, "/v1/items?q=生成&section=research")["meta"]["total"]
        > 0
    )
    assert narrow["counts"]["entities"] == 0
    assert narrow["meta"]["warnings"] == [
        "section: filters of items only; entities, sources and briefings are left out."
    ]
    for day in ("2025-11-22", "2025-12-23"):
        counts = get(either_client, f"/v1/search?q=生成&from={day}&to={day}")["counts"]
        assert counts["briefings"] == 1
        for name in ("items", "entities", "sources", "briefings"):
            assert (
                counts[name]
                == get(either_client, f"/v1/{name}?q=生成&from={day}&to={day}")["meta"]["total"]
            ), name
    assert get(either_client, "/v1/search?q=生成&channel=none")["meta"]["total"] == 0


@pytest.mark.parametrize(
    ("name", "q"),
    [("items", "生成"), ("entities", "生成"), ("sources", "arxiv"), ("briefings", "生成")],
)
def test_lists(either_client: TestClient, name: str, q: str) -> None:
    results = [
        hit["id"] for hit in get(either_client, f"/v1/search?q={q}&type={name}&limit=100")["data"]
    ]
    assert len(results) > 1
    ranked = get(either_client, f"/v1/{name}?q={q}&sort=relevance&limit=100")
    assert [entry["id"] for entry in ranked["data"]] == results
    assert sorted(
        entry["id"] for entry in get(either_client, f"/v1/{name}?q={q}&limit=100")["data"]
    ) == sorted(results)
    walked: list[str] = []
    url = f"/v1/{name}?q={q}&sort=relevance&limit=1"
    while url:
        answer = get(either_client, url)
        walked += [entry["id"] for entry in answer["data"]]
        url = answer["links"]["next"]
    assert walked == results
    for query in ("sort=relevance", "q=ai&sort=-relevance", "q=ai&sort=relevance,title"):
        assert either_client.get(f"/v1/{name}?{query}").status_code == 400


def test_items_of_an_entity(either_client: TestClient) -> None:
    entity = get(either_client, "/v1/entities?q=SGLang&limit=1&sort=relevance")["data"][0]["id"]
    answer = get(either_client, f"/v1/entities/{entity}/items?q=昇騰&sort=relevance")
    assert [item["match"]["score"] > 0 for item in answer["data"]] == [True]
    assert get(either_client, f"/v1/entities/{entity}/items?q=蛋白")["meta"]["total"] == 0


def test_items_have_matches_only_with_a_query(either_client: TestClient) -> None:
    assert "match" not in get(either_client, "/v1/items?limit=1")["data"][0]
    text = get(either_client, "/v1/items?q=生成&limit=1&fields=title,match.highlights.marked")[
        "data"
    ][0]
    assert "<mark>生成</mark>" in text["match"]["highlights"][0]["marked"]


def test_what_is_refused(client: TestClient) -> None:
    for query, message in (
        ("", "q"),
        ("q=", "nothing to search for"),
        ("q=a*", "at least two"),
        ("q=" + "x" * 257, "at most 256"),
        ("q=%00", "NUL"),
        ("q=a&type=item", "items"),
        ("q=a&cursor=x", "cursor"),
    ):
        answer = client.get(f"/v1/search?{query}")
        assert (answer.status_code, message in answer.text) == (400, True), query


@pytest.mark.parametrize(
    "path", ["/v1/search", "/v1/items", "/v1/entities", "/v1/sources", "/v1/briefings"]
)
def test_hostile_strings(either_client: TestClient, path: str) -> None:
    assert len(HOSTILE) >= 60
    for q in HOSTILE:
        # Overlong URLs are refused first.
        statuses = (200, 400) if len(q) < 8_000 else (414,)
        # A second attempt, in case the machine was busy.
        assert any(seconds_of(either_client, path, q, statuses) < 1 for _ in range(2)), q[:40]


def seconds_of(client: TestClient, path: str, q: str, statuses: tuple[int, ...]) -> float:
    """Return the seconds of a request."""
    began = time.perf_counter()
    assert client.get(path, params={"q": q}).status_code in statuses, q[:40]
    return time.perf_counter() - began


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client on each engine over the long corpus if it is installed, else over the seeds.

    The corpus is ingested once and copied: ingest takes longest.
    """
    folder = tmp_path_factory.mktemp("both")
    bases = [
        Database(new_url(engine, folder, migrated=True), read_timeout=30) for engine in ENGINES
    ]
    files = ingest.documents([HORIZON if HORIZON.exists() else startup.SEEDS])
    deque(ingest.ingest_files(bases[0], files, channel=CHANNEL, default_channel=CHANNEL), maxlen=0)
    for base in bases[1:]:
        deque(copy(bases[0], base), maxlen=0)
    clients = [
        (TestClient(create_app(settings_for(base)), raise_server_exceptions=False), base)
        for base in bases
    ]
    yield clients
    for client, database in clients:
        client.app.state.database.close()  # type: ignore[attr-defined]  # any ASGI application
        database.close()


@pytest.mark.parametrize(
    "q", [*PROBES, "模型 推理", "模型 OR 推理 -開源", "ai", "-ai", "「推理 引擎」", "的"]
)
def test_both_engines_answer_alike(both: Any, q: str) -> None:
    answers = []
    for client, _ in both:
        answer = get(client, f"/v1/search?q={quote(q)}&limit=100")
        answers.append(
            {name: answer[name] for name in ("data", "counts", "expanded")}
            | {"total": answer["meta"]["total"]}
        )
    assert answers[0] == answers[1]


@pytest.mark.parametrize("q", PROBES)
def test_search_finds_every_match_of_a_long_corpus(both: Any, q: str) -> None:
    if not HORIZON.exists():
        pytest.skip("the corpus is not here")
    client, database = both[0]
    with database.read() as session:
        expected = scan(session, q)
    results, url = set(), f"/v1/search?q={quote(q)}&limit=100&expand=false"
    while url:
        answer = get(client, url)
        results |= {f"{hit['type']}/{hit['id']}" for hit in answer["data"]}
        url = answer["links"]["next"]
    assert results == expected
