from fastapi.testclient import TestClient

from tests.documents import NEWER, OLDER


def test_trends(either_client: TestClient) -> None:
    data = either_client.get("/v1/trends?limit=2&support=2").json()
    assert len(data["data"]) == 2
    assert (data["window"]["items"], data["baseline"]["items"], data["support"]) == (57, 22, 2)
    assert {"statistic", "salience"} <= set(data)
    trend = data["data"][0]
    assert either_client.get(trend["links"]["items"]).json()["meta"]["total"] == trend["items"]
    assert either_client.get(data["links"]["next"]).json()["data"]
    for wrong in (
        "window=0",
        "window=91",
        "baseline=366",
        "direction=up",
        "until=yesterday",
        "cursor=x",
    ):
        assert either_client.get(f"/v1/trends?{wrong}").status_code == 400, wrong


def test_a_diff(either_client: TestClient) -> None:
    data = either_client.get(
        f"/v1/briefings/diff?from={OLDER}&to={NEWER}&fields=from.briefing.id,to.items,tags.stayed"
    ).json()
    assert data == {
        "from": {"briefing": {"id": OLDER}},
        "to": {"items": 57},
        "tags": {"stayed": 1},
    }
    assert either_client.get(f"/v1/briefings/diff?from=daily:{OLDER}&to={NEWER}").status_code == 200


def test_a_diff_of_unknown_briefings(client: TestClient) -> None:
    missing = client.get(f"/v1/briefings/diff?from=2025-12-01&to={NEWER}")
    assert missing.status_code == 404
    assert f"the nearest are {OLDER} and {NEWER}" in missing.json()["detail"]
    for query in ("", f"from={OLDER}", f"to={NEWER}"):
        assert client.get(f"/v1/briefings/diff?{query}").status_code == 400
