"""Caching, compression, formats, links: the same on every route."""

import gzip
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import brotli  # type: ignore[import-untyped]  # no types
import pytest
import zstandard
from fastapi.testclient import TestClient
from starlette.datastructures import URL

from app.api.wire.responses import feed_path, file_headers, http_date, link_header, prefixed
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item

CACHED = """
    /v1/briefings /v1/briefings/latest /v1/briefings/2025-11-22 /v1/briefings/2025-11-22/source
    /v1/briefings/2025-11-22/quality /v1/briefings/latest?format=md
    /v1/briefings/latest?format=html /v1/headlines /v1/headlines?format=text
    /v1/headlines?format=md /v1/items?limit=3 /v1/entities /v1/tags /v1/tags/mlops /v1/sources
    /v1/publishers /v1/publishers/qbitai.com /v1/info /docs /openapi.json
""".split()
OF_THE_BASE = CACHED[:-2]


@pytest.mark.parametrize("path", CACHED)
def test_a_current_etag_gets_304(client: TestClient, path: str) -> None:
    full = client.get(path)
    etag = full.headers["etag"]
    assert etag.startswith('W/"')
    strong = etag.removeprefix("W/")
    for header in (etag, strong, f'"other", {etag}', f'{etag},"other"', "*", f'W/"x" , {strong} '):
        again = client.get(path, headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b""), header
        # RFC 9110 15.4.5: what a cache renews its copy by.
        for name in (
            "etag",
            "cache-control",
            "vary",
            "last-modified",
            "dataset-version",
            "content-security-policy",
        ):
            assert again.headers.get(name) == full.headers.get(name) or name == "vary"
        assert set(full.headers["vary"].split(", ")) <= set(again.headers["vary"].split(", "))
        assert "content-type" not in again.headers
    for other in ("", '"other"', 'W/"other"', strong.strip('"'), strong.replace('"', "'")):
        assert client.get(path, headers={"If-None-Match": other}).status_code == 200


@pytest.mark.parametrize("path", OF_THE_BASE)
def test_dates(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert parsedate_to_datetime(headers["last-modified"]) <= datetime.now(UTC)
    assert headers["dataset-version"] == client.get("/v1/info").json()["dataset_version"]
    assert headers["cache-control"] == "public, max-age=60, stale-while-revalidate=60"


def test_the_etag_changes_exactly_when_the_body_does(fresh: TestClient, database: Database) -> None:
    paths = [
        "/v1/items",
        "/v1/briefings",
        "/v1/briefings/2026-01-02",
        "/v1/briefings/2026-01-02/source",
        "/v1/headlines",
        "/v1/entities",
        "/v1/info",
    ]
    seen: dict[str, dict[str, bytes]] = {path: {} for path in paths}
    texts = [
        document("2026-01-02", item("a", entities="Qwen")),
        document("2026-01-02", item("b", entities="Qwen")),
    ]
    versions = []
    for text in [*texts, texts[1], texts[0]]:
        take_in(database, text)
        versions.append(fresh.get("/v1/info").json()["dataset_version"])
        for path in paths:
            answer = fresh.get(path)
            assert seen[path].setdefault(answer.headers["etag"], answer.content) == answer.content
    assert len(set(versions)) == 3
    for path in paths:
        assert len(set(seen[path].values())) == len(seen[path]) > 1
    # The file of the first and the last version are the same bytes.
    assert len(seen["/v1/briefings/2026-01-02/source"]) == 2


def test_each_format_has_its_own_etag(client: TestClient) -> None:
    path = "/v1/briefings/latest"
    etags = {
        client.get(path, headers={"Accept": accept}).headers["etag"]
        for accept in ("application/json", "text/html", "text/markdown")
    }
    assert len(etags) == 3
    html = client.get(path, headers={"Accept": "text/html"}).headers["etag"]
    assert (
        client.get(path, headers={"Accept": "application/json", "If-None-Match": html}).status_code
        == 200
    )
    assert {"Accept", "Accept-Language"} <= set(client.get(path).headers["vary"].split(", "))


DECODERS: dict[str, Any] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


@pytest.mark.parametrize("encoding", DECODERS)
@pytest.mark.parametrize(
    "path",
    [
        "/v1/items?limit=50",
        "/v1/briefings/2025-12-23/source",
        "/v1/briefings/latest?format=html",
        "/openapi.json",
    ],
)
def test_compression(client: TestClient, path: str, encoding: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    with client.stream("GET", path, headers={"Accept-Encoding": encoding}) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == encoding
    assert len(body) < len(plain.content) / 2
    assert DECODERS[encoding](body) == plain.content
    assert packed.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"].split(", ")
    again = client.get(
        path, headers={"Accept-Encoding": encoding, "If-None-Match": packed.headers["etag"]}
    )
    assert (again.status_code, "content-encoding" in again.headers) == (304, False)


def test_a_page_links_to_the_next(client: TestClient) -> None:
    query = "?tag=生成式AI&importance=high|low&entity=!x%26y&limit=3&sort=-date,title&fields=id"
    walked, path = [], "/v1/items" + query
    while path:
        answer = client.get(path)
        data = answer.json()
        walked += [entry["id"] for entry in data["data"]]
        assert data["meta"]["limit"] == 3
        path = data["links"]["next"]
        *following, feed = answer.headers["link"].split(", ")
        assert following == ([f'<{path}>; rel="next"'] if path else [])
        assert feed.startswith("</feeds/items.atom?entity=!x%26y&importance=")
    assert len(walked) == len(set(walked)) == data["meta"]["total"] == 28
    # What leads to a page leads to it again.
    self_link = data["links"]["self"]
    assert client.get(self_link).json()["data"] == data["data"]
    assert self_link.isascii()
    assert "&tag=%E7%94%9F" in self_link


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("items", (4, 13, 100)),
        ("briefings", (1, 2)),
        ("entities", (9, 100)),
        ("tags", (4, 100)),
        ("sources", (8, 100)),
        ("publishers", (3,)),
    ],
)
def test_every_list_can_be_paged_to_its_end(
    client: TestClient, name: str, limits: tuple[int, ...]
) -> None:
    sorts = {
        "items": ["title"],
        "briefings": ["title"],
        "tags": ["-name", "first_seen,-briefings"],
        "sources": ["citations", "-first_cited"],
        "entities": ["-name", "first_seen,-items,name"],
        "publishers": ["-name", "sources,-last_cited"],
    }
    for sort in [None, *sorts[name]]:
        walks = []
        for limit in limits:
            walked, path = [], f"/v1/{name}?limit={limit}" + (f"&sort={sort}" if sort else "")
            while path:
                data = client.get(path).json()
                walked += [entry.get("id") or entry["slug"] for entry in data["data"]]
                path = data["links"]["next"]
                assert (path is None) == (data["meta"]["next_cursor"] is None)
            assert len(walked) == len(set(walked)) == data["meta"]["total"]
            walks.append(walked)
        assert all(walk == walks[0] for walk in walks)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/json", "application/json"),
        ("application/*", "application/json"),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
            "text/html; charset=utf-8",
        ),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("TEXT/HTML", "text/html; charset=utf-8"),
        ("text/*", "text/html; charset=utf-8"),
        ("text/html;q=0.1, text/markdown;q=0.2", "text/markdown; charset=utf-8"),
        ("text/html;q=0, */*", "application/json"),
        ("image/png", "application/json"),
        ("a" * 5000, "application/json"),
    ],
)
def test_accept(client: TestClient, accept: str, media: str) -> None:
    assert (
        client.get("/v1/briefings/latest", headers={"Accept": accept}).headers["content-type"]
        == media
    )
    assert (
        client.get("/v1/items", headers={"Accept": accept}).headers["content-type"]
        == "application/json"
    )


@pytest.mark.parametrize("form", ["json", "md", "html"])
def test_the_format_parameter_overrides_accept(client: TestClient, form: str) -> None:
    media = {
        "json": "application/json",
        "md": "text/markdown; charset=utf-8",
        "html": "text/html; charset=utf-8",
    }[form]
    for accept in ("text/html", "application/json", "text/markdown"):
        assert (
            client.get(f"/v1/briefings/latest?format={form}", headers={"Accept": accept}).headers[
                "content-type"
            ]
            == media
        )


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/v1/briefings/daily:2025-12-23?format=md", "/v1/briefings/2025-12-23?format=md"),
        ("/v1/briefings/daily:2025-12-23/source", "/v1/briefings/2025-12-23/source"),
        (
            "/v1/briefings/daily:2025-12-23/quality?fields=lines",
            "/v1/briefings/2025-12-23/quality?fields=lines",
        ),
        ("/v1/tags/MLOps", "/v1/tags/mlops"),
        ("/v1/tags/Wasserstein%2FJKO", "/v1/tags/wasserstein-jko"),
        ("/v1/publishers/www.qbitai.com?fields=id", "/v1/publishers/qbitai.com?fields=id"),
        ("/v1/publishers/QBITAI.com", "/v1/publishers/qbitai.com"),
    ],
)
def test_other_names_redirect_to_the_canonical_one(
    client: TestClient, path: str, canonical: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (308, canonical)
    # Not for good: a name may come to mean another thing.
    assert answer.headers["cache-control"].startswith("public, max-age=60")
    assert client.get(canonical).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "//evil.example",
        "https:%2F%2Fevil.example",
        "%0d%0aX-Evil:1",
        "?x",
        "..%2f..%2f",
        "%23",
        "a b",
    ],
)
def test_a_redirect_stays_on_this_host(client: TestClient, name: str) -> None:
    answer = client.get(f"/v1/briefings/daily:{name}")
    assert answer.headers.get("location", "/v1/briefings/").startswith("/v1/briefings/")
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("2025-12-23.md", "inline; filename=\"2025-12-23.md\"; filename*=UTF-8''2025-12-23.md"),
        ("日報.md", "inline; filename=\"__.md\"; filename*=UTF-8''%E6%97%A5%E5%A0%B1.md"),
        (
            'a"b\r\nX: 1.md',
            "inline; filename=\"a_b__X__1.md\"; filename*=UTF-8''a%22b%0D%0AX%3A%201.md",
        ),
    ],
)
def test_file_names(name: str, header: str) -> None:
    assert file_headers(name) == {"Content-Disposition": header}


def test_http_date() -> None:
    assert (
        http_date(datetime(2025, 12, 23, 6, 44, 54, tzinfo=UTC)) == "Tue, 23 Dec 2025 06:44:54 GMT"
    )


BODY = (
    rb'{"title":"\"links\":{\"self\":\"/v1/x\"}","url":"https://a/",'
    rb'"links":{"self":"/v1/a","next":null,"html":"/v1/a?format=html"}}'
)


def test_links_get_the_prefix_and_text_stays() -> None:
    expected = BODY.replace(b'"self":"/v1/a"', b'"self":"/kb/v1/a"')
    expected = expected.replace(b'"html":"/v1', b'"html":"/kb/v1')
    assert prefixed(BODY, "/kb") == expected
    assert prefixed(BODY, "") is BODY


@pytest.mark.parametrize("first", ["self", "report", "document", "briefings"])
def test_every_object_of_links_gets_the_prefix(first: str) -> None:
    body = b'{"links":{"%s":"/v1/a","docs":"/docs"}}' % first.encode()
    assert prefixed(body, "/kb") == body.replace(b'"/', b'"/kb/')
    front_matter = b'{"links":{"home":"/a"}}'
    assert prefixed(front_matter, "/kb") == front_matter


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'{"url":"/v1/items?tag=a"}', rb'{"url":"/kb/v1/items?tag=a"}'),
        (rb'{"url":"https://example.org/v1/"}', rb'{"url":"https://example.org/v1/"}'),
        (rb'{"text":"\"url\":\"/v1/x\""}', rb'{"text":"\"url\":\"/v1/x\""}'),
        (rb'{"title":"/v1/chat/completions"}', rb'{"title":"/v1/chat/completions"}'),
    ],
)
def test_buckets_have_a_url(body: bytes, expected: bytes) -> None:
    assert prefixed(body, "/kb") == expected


@pytest.mark.parametrize(
    ("query", "feed", "path"),
    [
        ("", "items", "/feeds/items.atom"),
        ("limit=3&cursor=x&fields=id&sort=title", "items", "/feeds/items.atom"),
        ("section=a|b&limit=3&from=2025-01-01", "items", "?section=a|b&from=2025-01-01"),
        ("q=%26&group_by=section&lang=en", "items", "/feeds/items.atom?q=%26&lang=en"),
        ("status=hit&channel=daily", "watchlist", "/feeds/watchlist.atom?channel=daily"),
        ("rollup=all", "entities/e_1", "/feeds/entities/e_1.atom?rollup=all"),
    ],
)
def test_a_feed_has_the_filters_of_its_list(query: str, feed: str, path: str) -> None:
    assert feed_path(URL(f"/v1/x?{query}"), feed).endswith(path)


def test_a_header_names_the_next_page_first() -> None:
    assert link_header("", None, None) == {}
    assert link_header("/kb", "/v1/x?cursor=1", "/feeds/x.atom") == {
        "Link": '</kb/v1/x?cursor=1>; rel="next", '
        '</kb/feeds/x.atom>; rel="alternate"; type="application/atom+xml"'
    }
