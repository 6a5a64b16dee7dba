from fastapi.testclient import TestClient

from app.normalize.stories.watchlist import THRESHOLD


def test_the_watch_list(either_client: TestClient) -> None:
    data = either_client.get(
        "/v1/watchlist?status=silent&limit=2&fields=id,status,window.to"
    ).json()
    assert [set(entry) for entry in data["data"]] == [{"id", "status", "window"}] * 2
    assert (data["meta"]["total"], data["rule"]["threshold"]) == (10, THRESHOLD)
    walked = either_client.get(data["links"]["next"]).json()
    assert not {entry["id"] for entry in walked["data"]} & {entry["id"] for entry in data["data"]}
    assert "did you mean" in either_client.get("/v1/watchlist?status=hits").json()["detail"]
