"""Threads over HTTP."""

import pytest
from fastapi.testclient import TestClient


def test_fields_and_caching(either_client: TestClient) -> None:
    data = either_client.get("/v1/threads?fields=id,latest.date&limit=1")
    thread = data.json()["data"][0]
    assert thread == {"id": thread["id"], "latest": {"date": "2025-12-23"}}
    members = either_client.get(f"/v1/threads/{thread['id']}?fields=members.role")
    assert members.json() == {"members": [{"role": "new"}, {"role": "duplicate"}]}
    assert (
        either_client.get(
            f"/v1/threads/{thread['id']}",
            headers={
                "If-None-Match": either_client.get(f"/v1/threads/{thread['id']}").headers["etag"]
            },
        ).status_code
        == 304
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/threads/none", 404),
        ("/v1/threads?channel=none", 200),
        ("/v1/threads?channel=!none&entity=none", 200),
        ("/v1/threads?items=0", 400),
        ("/v1/threads?cursor=x", 400),
        ("/v1/threads?from=2026-01-02&to=2026-01-01", 400),
        ("/v1/threads?section=tools", 200),
        ("/v1/items?collapse=threads", 400),
        ("/v1/items?collapse=thread&group_by=section", 400),
        ("/v1/items?collapse=thread&facets=section", 400),
        ("/v1/items?thread=none&collapse=thread", 200),
        ("/v1/items/none/related", 404),
    ],
)
def test_what_is_refused(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_an_entity_s_items_collapse_too(either_client: TestClient) -> None:
    whole = either_client.get("/v1/entities/SMELLNET/items", follow_redirects=True).json()
    collapsed = either_client.get(
        "/v1/entities/SMELLNET/items?collapse=thread", follow_redirects=True
    ).json()
    assert (
        whole["meta"]["total"],
        collapsed["meta"]["total"],
        collapsed["data"][0]["thread"]["more"],
    ) == (
        2,
        1,
        1,
    )


def test_briefings_and_headlines_carry_threads(either_client: TestClient) -> None:
    items = [
        item
        for section in either_client.get("/v1/briefings/2025-12-23").json()["sections"]
        for item in section["items"]
    ]
    assert (
        sorted(item["thread"]["role"] for item in items if item["thread"])
        == ["duplicate"] * 3 + ["new"] * 3
    )
    assert {item["thread"] for item in either_client.get("/v1/headlines").json()["data"]} == {None}
