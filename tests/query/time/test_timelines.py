from typing import Any

from fastapi.testclient import TestClient


def get(client: TestClient, path: str, **params: object) -> dict[str, Any]:
    answer = client.get(
        path,
        params={key.rstrip("_"): str(value) for key, value in params.items()} or None,
        follow_redirects=True,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_timeline_has_zeros_and_marks_gaps(client: TestClient) -> None:
    body = get(client, "/v1/entities/NVIDIA/timeline")
    assert (body["from"], body["to"], len(body["buckets"])) == ("2025-11-22", "2025-12-23", 32)
    first, gap = body["buckets"][:2]
    assert first["start"] == first["end"] == "2025-11-22"
    assert first["briefings"] == 1
    assert first["items"] == len(first["top_items"]) > 0
    assert first["salience"] > 0
    assert (gap["briefings"], gap["items"], gap["salience"], gap["share"]) == (0, 0, 0, None)
    assert body["salience"]["kind"]["title"] > body["salience"]["kind"]["body"]


def test_points_add_up_to_the_totals_and_items(client: TestClient) -> None:
    for name in ("AWS", "NVIDIA", "資料中心", "生成式 AI"):
        body = get(client, f"/v1/entities/{name}/timeline", interval="month", top=10)
        assert sum(bucket["items"] for bucket in body["buckets"]) == body["totals"]["items"]
        assert sum(bucket["mentions"] for bucket in body["buckets"]) == body["totals"]["mentions"]
        items = get(client, f"/v1/entities/{name}/items", limit=100)
        assert items["meta"]["total"] == body["totals"]["items"]
        assert (items["family"], items["members"]) == (False, [])


def test_names_that_recur_have_points_on_both_days(client: TestClient) -> None:
    for name in ("AWS", "資料中心", "生成式 AI"):
        body = get(client, f"/v1/entities/{name}/timeline", interval="month")
        assert all(bucket["mentions"] for bucket in body["buckets"]), name


def test_a_family_is_counted_under_its_head_and_named(client: TestClient) -> None:
    alone, family = (
        get(client, "/v1/entities/Qwen/timeline", interval="month", family=value)
        for value in ("false", "true")
    )
    assert (alone["family"], alone["members"]) == (False, [])
    assert family["family"]
    assert [member["name"] for member in family["members"]] == ["Qwen-Image-Layered"]
    member = get(client, "/v1/entities/Qwen-Image-Layered/timeline")
    assert (
        family["totals"]["mentions"] == alone["totals"]["mentions"] + member["totals"]["mentions"]
    )
    items = get(client, "/v1/entities/Qwen/items", family="true")
    assert items["meta"]["total"] == family["totals"]["items"]
    assert [member["name"] for member in items["members"]] == ["Qwen-Image-Layered"]
    assert (
        get(client, "/v1/items", entity="Qwen", family="true")["meta"]["total"]
        == family["totals"]["items"]
    )


def test_several_share_one_axis(client: TestClient) -> None:
    body = get(
        client, "/v1/timelines", entities="NVIDIA,AWS,千問", interval="month", from_="2025-10-01"
    )
    assert [series["entity"]["name"] for series in body["series"]] == [
        "NVIDIA",
        "Amazon Web Services",
        "Qwen",
    ]
    assert [bucket["start"] for bucket in body["axis"]] == [
        "2025-10-01",
        "2025-11-01",
        "2025-12-01",
    ]
    assert [bucket["briefings"] for bucket in body["axis"]] == [0, 1, 1]
    for series in body["series"]:
        alone = get(
            client,
            f"/v1/entities/{series['entity']['id']}/timeline",
            interval="month",
            from_="2025-10-01",
            top=0,
        )
        assert len(series["points"]) == len(body["axis"])
        for bucket, axis, point in zip(
            alone["buckets"], body["axis"], series["points"], strict=True
        ):
            assert bucket == point | {name: axis[name] for name in ("start", "end", "briefings")}


def test_several_entities_share_one_axis(client: TestClient) -> None:
    body = get(client, "/v1/timelines", entities="NVIDIA,AWS,nobody at all", interval="year")
    assert len(body["series"]) == 2
    assert "nobody at all" in body["warnings"][0]
    for wrong in (
        "",
        "NVIDIA",
        "NVIDIA,NVIDIA",
        ",".join(f"e{n}" for n in range(11)),
        "a" * 300 + ",b",
        "a\0,b",
    ):
        answer = client.get("/v1/timelines", params={"entities": wrong})
        assert answer.status_code == 400, wrong
        assert answer.json()["errors"][0]["parameter"] == "entities"
    assert client.get("/v1/timelines").status_code == 400
