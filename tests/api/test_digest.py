"""Digests over HTTP."""

import pytest
from fastapi.testclient import TestClient

from app.query.request.digest_params import FORMATS
from app.query.schemas.digest import DigestOut

PATH = "/v1/digest"
MEDIA = {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_question_has_the_same_bytes(client: TestClient, format_: str) -> None:
    path = f"{PATH}?days=40&budget=900&format={format_}"
    answer, again = client.get(path), client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA.get(format_, "text/plain; charset=utf-8")
    assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])
    etag = answer.headers["etag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_json_has_the_documented_shape(client: TestClient) -> None:
    answer = client.get(f"{PATH}?budget=3000")
    digest = DigestOut.model_validate_json(answer.content)
    assert len(answer.content) <= 3_000
    assert digest.stories
    assert client.get(digest.stories[0].link).status_code == 200


def test_accept_chooses_the_format(client: TestClient) -> None:
    answer = client.get(PATH, headers={"Accept": "text/markdown"})
    assert answer.headers["content-type"] == MEDIA["md"]


@pytest.mark.parametrize("query", ["budget=10", "days=0", "format=pdf", "bugdet=300"])
def test_a_wrong_parameter_is_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"{PATH}?{query}")
    assert (answer.status_code, query.partition("=")[0] in answer.json()["detail"]) == (400, True)
