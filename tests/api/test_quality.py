from fastapi.testclient import TestClient

from tests.documents import NEWER, OLDER


def test_quality_over_time(either_client: TestClient) -> None:
    data = either_client.get("/v1/quality?fields=briefing.id,counts.ungrounded").json()
    assert data["data"] == [
        {"briefing": {"id": NEWER}, "counts": {"ungrounded": 55}},
        {"briefing": {"id": OLDER}, "counts": {"ungrounded": 48}},
    ]
    assert (data["briefings"], data["totals"]["ungrounded"], data["meta"]["total"]) == (
        2,
        103,
        2,
    )
    assert either_client.get(data["links"]["self"]).json() == data


def test_quality_redirects_to_the_canonical_briefing(client: TestClient) -> None:
    assert (
        client.get(f"/v1/briefings/daily:{NEWER}/quality").headers["location"]
        == f"/v1/briefings/{NEWER}/quality"
    )
    assert client.get("/v1/quality?chanel=daily").status_code == 400
