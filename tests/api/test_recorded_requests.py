"""Requests recorded from clients of the reconciliation service, byte for byte."""

import json
from typing import Any
from urllib.parse import parse_qs, quote_plus

import pytest
from fastapi.testclient import TestClient

from tests.api.reconciliation import PUBLISHED, valid

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# reconciler 0.2.2 over pandas 3: an empty cell is "", a missing one NaN, which is no JSON.
RECONCILER = (
    "queries=%7B%220%22%3A+%7B%22query%22%3A+%22NVIDIA%22%7D%2C+%221%22%3A+%7B%22query%22%3A+"
    "%22%22%7D%2C+%222%22%3A+%7B%22query%22%3A+%22Qwen%22%7D%7D",
    "queries=%7B%220%22%3A+%7B%22query%22%3A+%22Qwen%22%2C+%22type%22%3A+%22model%22%2C+"
    "%22properties%22%3A+%5B%7B%22pid%22%3A+%22maker%22%2C+%22v%22%3A+%22Alibaba%22%7D%5D%7D%2C+"
    "%221%22%3A+%7B%22query%22%3A+%22%5Cu5343%5Cu554f%22%2C+%22type%22%3A+%22model%22%2C+"
    "%22properties%22%3A+%5B%7B%22pid%22%3A+%22maker%22%2C+%22v%22%3A+%22%22%7D%5D%7D%2C+"
    "%222%22%3A+%7B%22query%22%3A+%22Qwen-Image-Layered%22%2C+%22type%22%3A+%22model%22%2C+"
    "%22properties%22%3A+%5B%7B%22pid%22%3A+%22maker%22%2C+%22v%22%3A+%22%22%7D%5D%7D%7D",
    "queries=%7B%220%22%3A+%7B%22query%22%3A+%22NVIDIA%22%2C+%22type%22%3A+%22org%22%2C+"
    "%22properties%22%3A+%5B%7B%22pid%22%3A+%22maker%22%2C+%22v%22%3A+%22NaN%22%7D%2C+%7B%22pid"
    "%22%3A+%22colour%22%2C+%22v%22%3A+%22%22%7D%5D%7D%2C+%221%22%3A+%7B%22query%22%3A+NaN%2C+"
    "%22type%22%3A+%22org%22%2C+%22properties%22%3A+%5B%7B%22pid%22%3A+%22maker%22%2C+%22v%22%3A+"
    "%22Series%28%5B%5D%2C+%29%22%7D%2C+%7B%22pid%22%3A+%22colour%22%2C+%22v%22%3A+"
    "%22Series%28%5B%5D%2C+%29%22%7D%5D%7D%7D",
)
BEST = (
    {"0": "NVIDIA", "1": None, "2": "Qwen"},
    {"0": "Qwen", "1": "Qwen", "2": "Qwen-Image-Layered"},
    {"0": "NVIDIA", "1": None},
)


def posted(client: TestClient, body: str) -> dict[str, str | None]:
    """Post a recorded form; return the name of the first candidate of each query."""
    answer = client.post("/v1/reconcile", content=body, headers=FORM)
    assert answer.status_code == 200, answer.text
    valid("reconciliation-result-batch", answer.json())
    best: dict[str, str | None] = {}
    for key, candidates in answer.json().items():
        names = [candidate["name"] for candidate in candidates["result"]]
        best[key] = names[0] if names else None
    return best


@pytest.mark.parametrize(("body", "best"), [*zip(RECONCILER, BEST, strict=True)])
def test_batches_of_reconciler(client: TestClient, body: str, best: dict[str, str | None]) -> None:
    assert posted(client, body) == best


def test_every_empty_cell_is_none(client: TestClient) -> None:
    """Empty cells in each place of a query, as NaN and as an empty text."""
    for cell in ("NaN", '""', '"  "', "null"):
        for query in (
            f'{{"query": "NVIDIA", "type": {cell}}}',
            f'{{"query": "NVIDIA", "properties": [{{"pid": "maker", "v": {cell}}}]}}',
            f'{{"query": "NVIDIA", "properties": [{{"pid": {cell}, "v": "x"}}]}}',
        ):
            body = "queries=" + quote_plus(f'{{"0": {query}}}')
            assert posted(client, body) == {"0": "NVIDIA"}, query


@pytest.mark.parametrize("value", ["NaN", "None", "<NA>", " NaN ", "NaN\n  NaN", "\nNaN", "NaT"])
def test_a_missing_cell_of_a_property_is_no_condition(client: TestClient, value: str) -> None:
    query = {"query": "Qwen", "properties": [{"pid": "maker", "v": value}]}
    body = "queries=" + quote_plus(json.dumps({"0": query}))
    answer = client.post("/v1/reconcile", content=body, headers=FORM).json()
    assert answer["0"]["result"][0]["match"]
    query["properties"] = [{"pid": "maker", "v": value + " Inc."}]
    body = "queries=" + quote_plus(json.dumps({"0": query}))
    answer = client.post("/v1/reconcile", content=body, headers=FORM).json()
    assert not answer["0"]["result"][0]["match"]


def test_nan_in_a_text_stays(client: TestClient) -> None:
    queries = '{"0": {"query": "NaN"}, "NaN \\" NaN": {"query": "NVIDIA", "limit": NaN}}'
    best = posted(client, "queries=" + quote_plus(queries))
    assert list(best) == ["0", 'NaN " NaN']
    assert best['NaN " NaN'] == "NVIDIA"


def test_other_words_are_no_json(client: TestClient) -> None:
    for queries in ('{"0": {"query": NaNa}}', '{"0": NaN', '{"0": undefined}', "NaN NaN"):
        body = "queries=" + quote_plus(queries)
        assert client.post("/v1/reconcile", content=body, headers=FORM).status_code == 422


# OpenRefine 3.9: the batch of a column with a type, another column and a limit.
OPENREFINE = (
    {"q0": {"query": "NVIDIA", "type": "org", "type_strict": "should"}},
    {
        "q0": {"query": "Qwen", "type": "model", "type_strict": "should", "properties": []},
        "q1": {
            "query": "千问",
            "type": "model",
            "type_strict": "should",
            "properties": [{"pid": "maker", "v": "Alibaba"}],
        },
    },
    {"q0": {"query": "SafeBench-Seq", "limit": 3}},
    {f"q{number}": {"query": "NVIDIA", "type_strict": "should"} for number in range(10)},
)


@pytest.mark.parametrize("batch", OPENREFINE)
def test_batches_of_openrefine(client: TestClient, batch: dict[str, dict[str, object]]) -> None:
    valid("reconciliation-query-batch", batch)
    best = posted(client, "queries=" + quote_plus(json.dumps(batch)))
    assert list(best) == list(batch)
    assert None not in best.values()


# The widget of OpenRefine 3.9 (suggest 4.3a): the text as `prefix`, then all search parameters that
# are not null. jQuery appends `callback` and, since the widget sets `cache: true`, no time.
WIDGET = "spell=always&exact=false&prefixed=true"
CALLBACK = "callback=jQuery36007741273690183041_1764547200000"
ID_FILTER = "filter=%28any+alias%7Bstart%7D%3A%22%2Fqwen%2Fqwen3%22+mid%3A%22%2Fqwen%2Fqwen3%22%29"


@pytest.mark.parametrize("callback", [CALLBACK, ""], ids=["jsonp", "json"])
@pytest.mark.parametrize(
    ("path", "schema", "expected"),
    [
        (f"entity?prefix=nvid&{WIDGET}", "suggest-entities-response", "NVIDIA"),
        (f"entity?prefix=nvid&cursor=0&{WIDGET}", "suggest-entities-response", "NVIDIA"),
        (f"entity?prefix=%E5%8D%83%E9%97%AE&{WIDGET}", "suggest-entities-response", "Qwen"),
        # `nvid lang:en` and `nvid type:org` typed into the box: one overrides, one filters.
        (f"entity?prefix=nvid&{WIDGET}&lang=en", "suggest-entities-response", "NVIDIA"),
        (
            f"entity?prefix=nvid&{WIDGET}&filter=%28all+type%3Aorg%29",
            "suggest-entities-response",
            "NVIDIA",
        ),
        (f"type?prefix=mod&{WIDGET}&lang=en", "suggest-types-response", "Model"),
        (f"property?prefix=mak&{WIDGET}&lang=en", "suggest-properties-response", "Maker"),
        (
            f"property?prefix=mak&schema=model&{WIDGET}&lang=en",
            "suggest-properties-response",
            "Maker",
        ),
    ],
)
def test_the_suggest_widget(
    client: TestClient, path: str, schema: str, expected: str, callback: str
) -> None:
    data = suggested(client, f"{path}&{callback}".rstrip("&"), schema)
    assert expected.lower() in [entry["name"].lower() for entry in data["result"]]


@pytest.mark.parametrize(
    "path",
    [
        # The box is empty, holds what looks like an id (`/qwen/qwen3`), or a sign alone.
        f"entity?prefix=&{WIDGET}",
        f"entity?prefix=&{WIDGET}&{ID_FILTER}",
        f"entity?prefix=%26&{WIDGET}",
        f"entity?prefix=nvid&{WIDGET}&cursor=20",
        f"type?prefix=&{WIDGET}",
        f"property?prefix=&{WIDGET}",
    ],
)
def test_the_widget_gets_an_answer_for_every_text(client: TestClient, path: str) -> None:
    kind = {"e": "entities", "t": "types", "p": "properties"}[path[0]]
    suggested(client, f"{path}&{CALLBACK}", f"suggest-{kind}-response")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        # The box asks for the card of the entry under the pointer; `${id}` is replaced.
        ("entity?id={nvidia}", "NVIDIA"),
        ("entity?id={nvidia}&lang=fr", "NVIDIA"),
        ("type?id=model", "Model"),
        ("property?id=counts.items", "Items"),
    ],
)
def test_the_widget_shows_flyouts(client: TestClient, path: str, name: str) -> None:
    nvidia = client.get("/v1/entities?q=NVIDIA").json()["data"][0]["id"]
    answer = client.get(f"/v1/reconcile/flyout/{path.format(nvidia=nvidia)}&{CALLBACK}")
    assert answer.headers["content-type"].startswith("text/javascript")
    card = json.loads(answer.text.partition("(")[2].removesuffix(");"))
    assert f"<h1>{name}</h1>" in card["html"]


@pytest.mark.parametrize("lang", ["fr", "zh", "zh-TW", "en-GB", ""])
def test_a_language_typed_into_the_box_is_no_error(client: TestClient, lang: str) -> None:
    path = f"entity?prefix=nvid&{WIDGET}&lang={lang}&{CALLBACK}"
    assert suggested(client, path, "suggest-entities-response")["result"]


def suggested(client: TestClient, path: str, schema: str) -> Any:
    """Ask for suggestions; return them, checked against the published schema."""
    answer = client.get(f"/v1/reconcile/suggest/{path}")
    assert answer.status_code == 200, answer.text
    text = answer.text
    if CALLBACK in path:
        assert answer.headers["content-type"].startswith("text/javascript")
        name, _, rest = text.removeprefix("/**/").partition("(")
        assert name == parse_qs(CALLBACK)["callback"][0]
        text = rest.removesuffix(");")
    data = json.loads(text)
    valid(schema, data)
    return data


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published schemas are not there")
def test_the_published_schemas_are_used() -> None:
    names = {path.stem for path in PUBLISHED.glob("*.json")}
    assert {"manifest", "data-extension-response", "reconciliation-result-batch"} <= names
    with pytest.raises(Exception, match="required"):
        valid("manifest", {"name": "x"})
