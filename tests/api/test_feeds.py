"""Feeds over HTTP: every kind in every format, archives, conditions and addresses."""

from xml.etree import ElementTree as ET

import feedparser
import orjson
import pytest
from fastapi.testclient import TestClient

from app.query.publishing import feeds
from app.render.feeds.channel import MEDIA
from app.store.db import Database
from tests.conftest import client_of, take_in
from tests.documents import NEWER, briefing, document, item
from tests.hostile_document import HOSTILE, HOSTILE_TITLE
from tests.render.test_feeds import Inert


def feed_names(client: TestClient) -> list[str]:
    entity = client.get("/v1/entities?q=NVIDIA").json()["data"][0]["id"]
    thread = client.get("/v1/threads").json()["data"][0]["id"]
    names = ["headlines", "items", "briefings", "watchlist", "tags/mlops"]
    return [*names, f"entities/{entity}", f"threads/{thread}"]


def test_every_feed_in_every_format(client: TestClient) -> None:
    for name in feed_names(client):
        ids = []
        for format_, media in MEDIA.items():
            answer = client.get(f"/feeds/{name}.{format_}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, media), name
            assert answer.headers["dataset-version"]
            if format_ == "json":
                ids.append([item["id"] for item in answer.json()["items"]])
            else:
                parsed = feedparser.parse(answer.content)
                assert not parsed.bozo
                ids.append([entry.id for entry in parsed.entries])
        assert ids[0] == ids[1] == ids[2]
        assert ids[0], name


def test_a_feed_has_the_items_of_the_list(client: TestClient) -> None:
    for query in ("section=research&importance=high", "publisher=arxiv.org", "q=NVIDIA"):
        listed = client.get(f"/v1/items?{query}&sort=-date&limit=100").json()["data"]
        items = client.get(f"/feeds/items.json?{query}").json()["items"]
        assert [item["id"].rpartition(":")[2] for item in items] == [
            entry["id"] for entry in listed
        ]
    headlines = client.get(f"/v1/headlines?date={NEWER}").json()["data"]
    items = client.get(f"/feeds/headlines.json?from={NEWER}").json()["items"]
    assert [item["title"] for item in items] == [entry["title"] for entry in headlines]


def test_a_roll_up_has_more_items(client: TestClient) -> None:
    counts = {"": 0, "?rollup=all": 0}
    entities = client.get("/v1/entities?rollup=all&limit=100").json()["data"]
    rolled_up = [entity["id"] for entity in entities if entity["members"]]
    for entity in rolled_up[:8]:
        for query in counts:
            items = client.get(f"/feeds/entities/{entity}.json{query}").json()["items"]
            listed = client.get(f"/v1/entities/{entity}/items{query}").json()
            assert len(items) == listed["meta"]["total"]
            counts[query] += len(items)
    assert 0 < counts[""] < counts["?rollup=all"]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/feeds/entities/NVIDIA.rss?limit=3", 308, "/feeds/entities/e_"),
        ("/feeds/tags/MLOps.json", 308, "/feeds/tags/mlops.json"),
        ("/feeds/entities/Nobody+At+All.atom", 404, "no entity"),
        ("/feeds/threads/th_nothing.atom", 404, "no thread"),
        ("/feeds/tags/nothing-at-all.atom", 404, "no tag"),
        ("/feeds/items.xml", 400, "expected one of: atom, rss"),
        ("/feeds/items.atom?entity=Nobody+At+All", 400, "Nobody At All"),
        ("/feeds/items.atom?archive=2025-12", 400, "expected an ISO week"),
        ("/feeds/items.atom?limit=0", 400, "limit"),
        ("/feeds/items.atom?sort=title", 400, "sort"),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, path: str, status: int, text: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert text in (answer.headers["location"] if status == 308 else answer.json()["detail"])


def test_archives_lead_to_the_first_day(client: TestClient) -> None:
    path: str | None = "/feeds/items.json?limit=2"
    ids: set[str] = set()
    weeks = []
    while path:
        feed = client.get(path).json()
        assert feed["feed_url"] == f"http://testserver{path}"
        ids.update(item["id"] for item in feed["items"])
        links = feed["_briefbase"]["links"]
        weeks.append(feed["_briefbase"]["archive"])
        path = links.get("prev-archive", "").removeprefix("http://testserver")
        assert feed.get("next_url", "").removeprefix("http://testserver") == path
    assert (weeks, len(ids)) == ([False, True, True], 79)
    assert "limit" not in links["current"]
    assert links["next-archive"].endswith("archive=2025-W52")


def test_large_briefings_are_fewer_and_the_archive_goes_on(
    fresh: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [briefing(item(f"甲{day}"), date=f"2026-01-{day:02}") for day in range(1, 11)]
    for day, text in enumerate(texts, 1):
        take_in(database, text, f"2026-01-{day:02}.md")
    monkeypatch.setattr(feeds, "MAX_FEED_BYTES", 3 * len(texts[-1].encode()))
    for limit in (2, 3, 100):
        feed = fresh.get(f"/feeds/briefings.json?limit={limit}").json()
        assert len(feed["items"]) == min(limit, 3)
    path = "/feeds/briefings.json?limit=100"
    ids: set[str] = set()
    while path:
        feed = fresh.get(path).json()
        ids.update(entry["id"] for entry in feed["items"])
        link = feed["_briefbase"]["links"].get("prev-archive", "")
        path = link.removeprefix("http://testserver")
    assert len(ids) == len(texts)
    monkeypatch.setattr(feeds, "MAX_FEED_BYTES", 1)
    assert len(fresh.get("/feeds/briefings.json?limit=7").json()["items"]) == 1


def test_conditions(client: TestClient) -> None:
    answer = client.get("/feeds/headlines.atom")
    for name, header in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        again = client.get("/feeds/headlines.atom", headers={name: answer.headers[header]})
        assert (again.status_code, again.content) == (304, b"")
    head = client.head("/feeds/headlines.atom")
    assert (head.status_code, head.headers["etag"]) == (200, answer.headers["etag"])


def test_links_are_absolute(database: Database) -> None:
    take_in(database, HOSTILE, "2025-11-15.md")
    for changes, home in (
        (
            {"public_url": "https://kb.example/x", "allowed_hosts": "testserver"},
            "https://kb.example/x",
        ),
        ({"root_path": "/kb"}, "http://testserver/kb"),
        ({}, "http://testserver"),
    ):
        with client_of(database, **changes) as opened:
            feed = opened.get("/feeds/items.json?channel=daily").json()
            outline = ET.fromstring(opened.get("/feeds.opml").content)
        assert feed["feed_url"] == f"{home}/feeds/items.json?channel=daily"
        assert feed["items"][0]["url"].startswith(f"{home}/v1/items/i_")
        (group,) = outline.iterfind("body/outline")
        addresses = [entry.get("xmlUrl") or "" for entry in group]
        assert f"{home}/feeds/headlines.atom?channel=daily" in addresses
        assert len(addresses) == 4


def test_people_read_titles_of_channels(database: Database) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        take_in(database, document(day, item("甲", summary="乙")), f"{day}.md", channel="tech")
    with client_of(database, channel_titles="tech=科技日報") as opened:
        feed = opened.get("/feeds/items.json?channel=tech&lang=zh-Hant").json()
        headlines = opened.get("/feeds/headlines.json?channel=tech&lang=zh-Hant").json()
        others = opened.get("/feeds/headlines.json?channel=!tech&lang=zh-Hant").json()
        outline = ET.fromstring(opened.get("/feeds.opml").content)
        buckets = opened.get("/v1/items?group_by=channel").json()["data"]
        search = opened.get("/search?channel=tech", headers={"Accept": "text/html"}).text
    assert {author["name"] for entry in feed["items"] for author in entry["authors"]} == {
        "科技日報"
    }
    assert "科技日報" in feed["title"]
    assert headlines["title"] == "Briefbase · 今日焦點 · 科技日報"
    assert others["title"] == "Briefbase · 今日焦點 · ≠ 科技日報"
    titles = [entry.get("text") or "" for entry in outline.iter("outline")]
    assert "科技日報" in titles
    assert "今日焦點 · 科技日報" in titles
    assert [(each["key"], each["label"]) for each in buckets] == [("tech", "科技日報")]
    assert "頻道為科技日報" in search


def test_a_host_gets_links_to_itself(client: TestClient) -> None:
    for host in ("a.example", "b.example", "a.example"):
        feed = client.get("/feeds/watchlist.json", headers={"Host": host}).json()
        assert feed["feed_url"].startswith(f"http://{host}/")


def test_a_hostile_document_is_well_formed_and_inert(fresh: TestClient, database: Database) -> None:
    take_in(database, HOSTILE, "2025-11-15.md")
    for name in ("items", "briefings", "watchlist"):
        titles = []
        for format_ in ("atom", "rss"):
            body = fresh.get(f"/feeds/{name}.{format_}").content
            assert b"\x07" not in body
            parsed = feedparser.parse(body)
            assert not parsed.bozo
            titles.append([entry.title for entry in parsed.entries])
        items = orjson.loads(fresh.get(f"/feeds/{name}.json").content)["items"]
        assert [item["title"] for item in items] == titles[0] == titles[1]
        for entry in items:
            Inert().feed(entry["content_html"])
            assert not entry.get("image")
    assert HOSTILE_TITLE.startswith("A]]>")


def test_lists_pages_and_info_name_their_feeds(client: TestClient) -> None:
    link = client.get("/v1/items?section=research&limit=100&fields=id").headers["link"]
    assert link == '</feeds/items.atom?section=research>; rel="alternate"; ' + (
        'type="application/atom+xml"'
    )
    links = client.get("/v1/info").json()["links"]
    for path in (links["feeds"], links["items_feed"], "/feeds/items.atom?section=research"):
        assert client.get(path).status_code == 200
    html = client.get(f"/v1/briefings/{NEWER}?format=html").text
    assert 'rel="alternate" type="application/atom+xml"' in html
    assert 'href="/feeds/headlines.atom"' in html
