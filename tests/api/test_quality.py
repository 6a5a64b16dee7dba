from fastapi.testclient import TestClient

from tests.documents import NEWER, OLDER


def test_quality_over_time(client: TestClient) -> None:
    shown = client.get("/v1/quality?fields=briefing.id,counts.ungrounded").json()
    assert shown["data"] == [
        {"briefing": {"id": NEWER}, "counts": {"ungrounded": 55}},
        {"briefing": {"id": OLDER}, "counts": {"ungrounded": 48}},
    ]
    assert (shown["briefings"], shown["totals"]["ungrounded"], shown["meta"]["total"]) == (
        2,
        103,
        2,
    )
    assert client.get(shown["links"]["self"]).json() == shown


def test_quality_of_a_day_is_found_in_its_channel(client: TestClient) -> None:
    assert (
        client.get(f"/v1/briefings/daily:{NEWER}/quality").headers["location"]
        == f"/v1/briefings/{NEWER}/quality"
    )
    assert client.get("/v1/quality?chanel=daily").status_code == 400
