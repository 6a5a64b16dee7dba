from fastapi.testclient import TestClient

from app.normalize.stories.watchlist import THRESHOLD


def test_the_watch_list(client: TestClient) -> None:
    shown = client.get("/v1/watchlist?status=silent&limit=2&fields=id,status,window.to").json()
    assert [set(one) for one in shown["data"]] == [{"id", "status", "window"}] * 2
    assert (shown["meta"]["total"], shown["rule"]["threshold"]) == (10, THRESHOLD)
    walked = client.get(shown["links"]["next"]).json()
    assert not {one["id"] for one in walked["data"]} & {one["id"] for one in shown["data"]}
    assert "did you mean" in client.get("/v1/watchlist?status=hits").json()["detail"]
