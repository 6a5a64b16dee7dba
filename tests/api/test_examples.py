"""Every shape has an example, and the examples resemble real responses."""

import csv
import json

import pytest
from fastapi.testclient import TestClient

from app.api.examples.answers import BY_MEDIA, BY_SCHEMA
from app.api.examples.formats import BY_OPERATION, BY_STATUS, jsonp
from app.api.examples.readers import READER_MEDIA
from app.normalize.entities.user_catalogue import CatalogueRecord
from app.query.publishing.exports.tables import TABLES
from tests.documents import NEWER


def test_every_media_type_has_one() -> None:
    text = {"text/plain", "text/markdown", "text/html"}
    files = {"text/csv", "application/vnd.apache.parquet", "text/event-stream"}
    assert set(BY_MEDIA) == {*text, *files, *READER_MEDIA, "application/x-ndjson"}
    assert len(READER_MEDIA) == 8
    assert "SafeBench-Seq" in BY_MEDIA["text/plain"]


def test_examples_resemble_real_responses(client: TestClient) -> None:
    """The ids a reader tries first are there."""
    item = BY_SCHEMA["ItemOut"]
    real = client.get("/v1/items?source=arxiv:2512.17527&include=sources,entities").json()["data"][
        0
    ]
    assert (real["id"], real["title"], real["position"], real["lines"], real["briefing"]) == (
        item["id"],
        item["title"],
        item["position"],
        item["lines"],
        item["briefing"],
    )
    assert real["sources"] == item["sources"]
    assert real["entities"][0]["surface"] == item["entities"][0]["surface"]
    summary = client.get("/v1/briefings").json()["data"][0]
    assert summary["id"] == BY_SCHEMA["BriefingOut"]["id"] == NEWER
    assert summary["counts"] == BY_SCHEMA["BriefingOut"]["counts"]
    quality, example = client.get(f"/v1/briefings/{NEWER}/quality").json(), BY_SCHEMA["QualityOut"]
    assert all(
        quality[name] == example[name] for name in ("lines", "nonblank", "covered", "topics")
    )


@pytest.mark.parametrize("table", TABLES)
def test_examples_of_exports_have_the_columns_of_exports(client: TestClient, table: str) -> None:
    example = BY_OPERATION[f"export{table.capitalize()}"]
    real = client.get(f"/v1/exports/{table}.ndjson").text.partition("\n")[0]
    # The first line has a value in every column, so that readers see its type.
    assert set(json.loads(example["application/x-ndjson"])) == set(json.loads(real))
    header, row = csv.reader(example["text/csv"].splitlines())
    (expected,) = csv.reader([client.get(f"/v1/exports/{table}.csv").text.partition("\n")[0]])
    assert header == expected
    assert len(row) == len(header)


@pytest.mark.parametrize(
    ("operation", "media", "mark"),
    [
        ("listBriefings", "application/x-bibtex", "briefing-2025-12-23"),
        ("listItems", "text/plain", "SafeBench-Seq"),
        ("listEntities", "application/x-research-info-systems", "e_ylylas4vyi7o"),
        ("getEntity", "text/html", '<h1 id="e_ylylas4vyi7o">'),
        ("getSource", "application/ld+json", "ScholarlyArticle"),
        ("getLatestBriefing", "text/html", '<time datetime="2025-12-23">'),
        ("getBriefingSource", "text/markdown", "---\ntitle: "),
        ("getDigest", "text/markdown", "**摘要 2025-12-17"),
        ("previewEntity", "text/html", "<h1>SafeBench-Seq</h1>"),
    ],
)
def test_examples_are_of_what_the_operation_returns(operation: str, media: str, mark: str) -> None:
    example = BY_OPERATION[operation][media]
    assert mark in (example if isinstance(example, str) else json.dumps(example))


def test_a_correction_is_a_line_of_a_catalogue() -> None:
    line = BY_OPERATION["exportCorrections"]["application/x-ndjson"]
    assert CatalogueRecord.model_validate_json(line).slug == "nvidia"


def test_statuses_have_the_examples_of_their_cases(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    seen = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                whole = response.get("content", {}).get("application/json", {})
                seen[operation["operationId"], status] = whole.get("example")
    for case, example in BY_STATUS.items():
        assert seen.get(case) == example, case
    assert seen["addBriefing", "201"]["status"] == "added"
    assert seen["getReadiness", "503"]["status"] == "not ready"
    assert seen["getReadiness", "200"]["status"] == "ready"
    path = document["paths"]["/v1/reconcile/suggest/type"]["get"]
    content = path["responses"]["200"]["content"]
    called = jsonp(content["application/json"]["example"])
    assert content["text/javascript"]["example"] == called
