"""Names looked up over HTTP."""

import string
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def get(client: TestClient, typed: str, **params: object) -> dict[str, Any]:
    answer = client.get(
        "/v1/autocomplete",
        params={"q": typed, **{name: str(value) for name, value in params.items()}},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_over_http_with_hints(client: TestClient) -> None:
    first, second = get(client, "qwen")["data"][:2]
    assert (first["name"], first["match"], first["hint"]["maker"]["name"]) == (
        "Qwen",
        "exact",
        "Alibaba",
    )
    assert second["name"] == "Qwen-Image-Layered"
    assert second["hint"]["family"]["name"]
    assert second["hint"]["last_item"]["title"] in second["hint"]["text"]
    assert get(client, "nvda")["data"][0]["name"] == "NVIDIA"
    assert len(get(client, "a", limit=3)["data"]) == 3
    assert get(client, "   ")["data"] == []


def test_only_named_entities_are_completed(client: TestClient) -> None:
    for completion in get(client, "a", limit=50)["data"]:
        assert completion["mentions"] > 0
        assert (
            client.get(f"/v1/entities/{completion['id']}").json()["counts"]["mentions"]
            == completion["mentions"]
        )


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.text(alphabet=string.printable + "千問昇騰\u0301\u202e😀%_\\'\"", min_size=1, max_size=256)
)
def test_hostile_strings_are_safe(client: TestClient, typed: str) -> None:
    assert client.get("/v1/autocomplete", params={"q": typed}).status_code in (200, 400)


@pytest.mark.parametrize(
    "params",
    [{}, {"q": "a" * 257}, {"q": "a\0"}, {"q": "a", "limit": "51"}, {"q": "a", "limt": "1"}],
)
def test_invalid_queries_are_refused(client: TestClient, params: dict[str, str]) -> None:
    assert client.get("/v1/autocomplete", params=params).status_code == 400


def test_an_annotation_is_not_cached(client: TestClient) -> None:
    answer = client.post("/v1/annotate", json={"text": "NVIDIA"}, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


def test_other_media_types_and_methods(client: TestClient) -> None:
    assert (
        client.post(
            "/v1/annotate", content=b"NVIDIA", headers={"content-type": "text/plain"}
        ).status_code
        == 415
    )
    assert client.get("/v1/annotate").status_code == 405
    assert client.post("/v1/annotate?x=1", json={"text": "a"}).status_code == 400
