from fastapi.testclient import TestClient

from tests.documents import NEWER, OLDER


def test_trends(client: TestClient) -> None:
    shown = client.get("/v1/trends?limit=2&support=2").json()
    assert len(shown["data"]) == 2
    assert (shown["window"]["items"], shown["baseline"]["items"], shown["support"]) == (57, 22, 2)
    assert {"statistic", "salience"} <= set(shown)
    one = shown["data"][0]
    assert client.get(one["links"]["items"]).json()["meta"]["total"] == one["items"]
    assert client.get(shown["links"]["next"]).json()["data"]
    for wrong in (
        "window=0",
        "window=91",
        "baseline=366",
        "direction=up",
        "until=yesterday",
        "cursor=x",
    ):
        assert client.get(f"/v1/trends?{wrong}").status_code == 400, wrong


def test_a_diff(client: TestClient) -> None:
    shown = client.get(
        f"/v1/briefings/diff?from={OLDER}&to={NEWER}&fields=from.briefing.id,to.items,tags.stayed"
    ).json()
    assert shown == {
        "from": {"briefing": {"id": OLDER}},
        "to": {"items": 57},
        "tags": {"stayed": 1},
    }
    assert client.get(f"/v1/briefings/diff?from=daily:{OLDER}&to={NEWER}").status_code == 200


def test_a_diff_of_what_is_not_there(client: TestClient) -> None:
    missing = client.get(f"/v1/briefings/diff?from=2025-12-01&to={NEWER}")
    assert missing.status_code == 404
    assert f"the nearest are {OLDER} and {NEWER}" in missing.json()["detail"]
    for query in ("", f"from={OLDER}", f"to={NEWER}"):
        assert client.get(f"/v1/briefings/diff?{query}").status_code == 400
