"""Every shape has an example, and the examples resemble real responses."""

from fastapi.testclient import TestClient

from app.api.examples.answers import BY_MEDIA, BY_SCHEMA
from app.api.examples.readers import READER_MEDIA
from tests.documents import NEWER


def test_every_media_type_has_one() -> None:
    text = {"text/plain", "text/markdown", "text/html", "text/javascript"}
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
