"""A path prefix, whether the proxy strips it or not."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import orjson
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.main import create_app
from app.store.db import Database
from tests.conftest import settings_for
from tests.documents import NEWER

HOST = "http://testserver"


@pytest.fixture(scope="module")
def prefixed(seeds: Callable[[str], Database]) -> Iterator[TestClient]:
    """A client of the seeds, served under /kb."""
    settings = settings_for(seeds("sqlite")).model_copy(update={"root_path": "/kb"})
    with TestClient(create_app(settings), follow_redirects=False) as opened:
        yield opened


def links(value: object) -> Iterator[str]:
    """Yield each link in a JSON answer."""
    if isinstance(value, list):
        for entry in value:
            yield from links(entry)
    if isinstance(value, dict):
        for key, entry in value.items():
            if key == "links":
                yield from filter(None, entry.values())
            elif key == "url" and str(entry).startswith("/"):
                yield entry
            else:
                yield from links(entry)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/items?limit=3",
        "/v1/items?group_by=section",
        "/v1/items?facets=section&limit=2",
        f"/v1/briefings/{NEWER}",
        "/v1/briefings",
        "/v1/entities?limit=3",
        "/v1/sources?limit=3",
        "/v1/tags?limit=3",
        "/v1/search?q=NVIDIA&limit=3",
        "/v1/threads?limit=3",
    ],
)
def test_every_link_works(prefixed: TestClient, client: TestClient, path: str) -> None:
    answer = prefixed.get("/kb" + path)
    addresses = list(links(answer.json()))
    assert addresses
    for address in addresses[:12]:
        assert address.startswith("/kb/v1/"), address
        assert prefixed.get(address).status_code == 200, address
    # The rest of the answer is the same.
    same = re.sub(rb'":"/kb/', b'":"/', answer.content)
    theirs, ours = orjson.loads(client.get(path).content), orjson.loads(same)
    for document in (theirs, ours):
        document.get("meta", {}).pop("dataset_version", None)
    assert ours == theirs


def test_a_proxy_may_strip_the_prefix(prefixed: TestClient) -> None:
    for path in ("/v1/items?limit=2", "/v1/info", "/docs", "/openapi.json"):
        assert prefixed.get(path).content == prefixed.get("/kb" + path).content
    assert prefixed.get("/kb").content == prefixed.get("/kb/").content
    assert prefixed.get("/kbv1/info").status_code == 404
    assert prefixed.get("/kb/kb/v1/info").status_code == 404


def test_a_walk_reaches_the_end(prefixed: TestClient) -> None:
    following, count = "/kb/v1/briefings?limit=1", 0
    while following:
        answer = prefixed.get(following)
        count += len(answer.json()["data"])
        following = answer.json()["links"]["next"]
        if following:
            assert answer.headers["link"].startswith(f'<{following}>; rel="next", </kb/feeds/')
    assert count == answer.json()["meta"]["total"]


@pytest.mark.parametrize(
    "path",
    ["/v1/entities/NVIDIA", "/v1/entities/NVIDIA/items", "/v1/briefings/daily:2025-12-23"],
)
def test_redirects_keep_the_prefix(prefixed: TestClient, path: str) -> None:
    answer = prefixed.get("/kb" + path)
    assert answer.status_code == 308
    assert answer.headers["location"].startswith("/kb/v1/")
    assert prefixed.get(answer.headers["location"]).status_code == 200


def test_the_documentation_names_the_server(prefixed: TestClient, client: TestClient) -> None:
    assert prefixed.get("/kb/openapi.json").json()["servers"][0]["url"] == "/kb"
    assert client.get("/openapi.json").json()["servers"][0]["url"] == "/"
    for name in re.findall(r'(?:src|href)="([^"]+)"', prefixed.get("/kb/docs").text):
        assert prefixed.get(f"/kb/{name}").status_code == 200


def test_etags_are_of_the_answer_with_its_links(prefixed: TestClient, client: TestClient) -> None:
    ours, theirs = prefixed.get("/kb/v1/items"), client.get("/v1/items")
    assert ours.headers["etag"] != theirs.headers["etag"]


ENTRANCES = (
    "/ /docs /llms.txt /robots.txt /sitemap.xml /feeds.opml /v1/info /v1/tools.json /v1/reconcile "
    "/v1/items /v1/entities /v1/sources /v1/threads /v1/tags /v1/trends /v1/changes /v1/watchlist "
    "/v1/search?q=SGLang /v1/buckets/items?group_by=importance /v1/digest?format=md "
    "/v1/digest?format=json /v1/headlines /v1/quality /v1/items?format=csl "
    "/v1/exports/manifest.json /v1/exports/items.ndjson /feeds/items.atom /feeds/items.rss "
    "/feeds/items.json"
)
_ADDRESSES = re.compile(
    r"""(?:href|src|action|xmlUrl|htmlUrl)=["']([^"']+)|<(?:loc|link|uri|url)>([^<]+)"""
    r"""|(?<!\\)"(?:self|next|prev|html|report|document|briefings?|items|url|view|link)":"(/[^"]*)"""
    r"""|(http://testserver(?:[^"\s<>)}\]`\\]*[^"\s<>)}\]`\\.,])?)"""
)
_IDS = re.compile(r"(?:e|i|s|th|t)_[a-z0-9]{6,}|\d{4}-\d\d-\d\d|[0-9a-f]{64}|\?.*")
_OF_DOCUMENTS = ("/images/",)
"""Beginnings of addresses that documents have."""

_NO_PAGES = ("/kb/v1/", "/kb/mcp", "/kb/desk/sign-in")
"""A beginning of addresses, and addresses that take POST alone."""
_EXAMPLES = ("/kb/openapi.json", "/kb/v1/tools.json")
"""Documents whose examples have addresses of no prefix."""


def addresses(answer: Response) -> Iterator[str]:
    """Yield the path of every address of this service in headers and body."""
    texts = [f'href="{answer.headers.get("location", "")}"', answer.text]
    texts += [f'href="{link}"' for link in re.findall("<([^>]+)>", answer.headers.get("link", ""))]
    for text in texts:
        for groups in _ADDRESSES.findall(text):
            address = unescape("".join(groups)).removeprefix(HOST).partition("#")[0]
            is_template = "{" in address
            is_foreign = address.startswith(("//", *_OF_DOCUMENTS))
            if address.startswith("/") and not is_template and not is_foreign:
                yield address


def test_a_walk_over_all_links_never_leaves_the_prefix(prefixed: TestClient) -> None:
    waiting = [f"/kb{entrance}" for entrance in ENTRANCES.split()]
    kinds: set[str] = set()
    for path in waiting:
        kind = _IDS.sub("X", path)
        # Addresses that end with a slash are only the beginnings of others.
        is_other = "{" in path or "/static/" in path or path.endswith("v1/entities/")
        if kind in kinds or is_other:
            continue
        kinds.add(kind)
        answer = prefixed.get(path)
        assert answer.status_code < 400 or path.partition("?")[0] in _NO_PAGES, path
        if path in _EXAMPLES:
            continue
        for address in addresses(answer):
            assert re.match(r"/kb(?:[/?]|$)", address), f"{path} has {address}"
            waiting.append(address)
    assert len(kinds) > 60
