"""The front of a real server: limits in time and size, hosts, prefixes, repeated headers, errors."""

import re
import time
from collections.abc import Callable, Iterator
from html import unescape

import orjson
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.api.edge.front import Hosts, unified
from app.errors import BadRequest
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from tests.api.edge.talking import LIST, WAIT_SECONDS, Talk, check_problem
from tests.conftest import settings_for
from tests.documents import NEWER


@pytest.mark.parametrize(
    ("request_text", "status", "detail"),
    [
        ("nonsense\r\n\r\n", 400, "not valid HTTP/1.1"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "not valid HTTP/1.1"),
        ("GET / HTTP/1.1\r\nX: " + "a" * 66_000 + "\r\n\r\n", 431, "at most 65536 bytes"),
        ("GET / HTTP/1.1\r\nX: " + "a" * 66_000, 431, "at most 65536 bytes"),
        ("GET / HTTP/1.1\r\n" + "X: a\r\n" * 101 + "\r\n", 431, "101 headers"),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "Host: 'a b'"),
        (
            "POST /v1/annotate HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n{",
            413,
            "at most 16777216 bytes",
        ),
    ],
)
def test_errors_of_the_server_are_problem_documents(
    talk: Talk, request_text: str, status: int, detail: str
) -> None:
    talk.send(request_text)
    assert detail in check_problem(talk.answer(), status)


def test_headers_just_below_the_limit_are_accepted(talk: Talk) -> None:
    assert talk.ask("/healthz", "X: " + "a" * 65_000)[0] == 200
    assert talk.ask("/healthz", *["X: a"] * 98)[0] == 200


def test_half_a_request_holds_nobody_up_and_is_closed(port: int, talk: Talk) -> None:
    halves = [
        "",
        "GET /v1/it",
        f"GET {LIST} HTTP/1.1\r\nX: y",
        "POST /v1/annotate HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{",
    ]
    talks = [Talk(port) for _ in range(3) for _ in halves]
    for number, talking in enumerate(talks):
        talking.send(halves[number % len(halves)])
    assert talk.ask("/v1/items?limit=1&q=AI")[0] == 200
    for number, talking in enumerate(talks):
        with talking.socket:
            if number % len(halves):
                check_problem(talking.answer(), 408)
            assert talking.has_ended()


def test_a_body_that_grows_slowly_is_given_up(talk: Talk) -> None:
    talk.send(f"POST /v1/annotate HTTP/1.1\r\n{talk.host}Content-Length: 1000\r\n\r\n")
    began = time.monotonic()
    while time.monotonic() < began + 1.5 * WAIT_SECONDS:
        talk.send("{")
        time.sleep(0.05)
    check_problem(talk.answer(), 408)


def test_a_client_that_does_not_read_is_cut_off(talk: Talk) -> None:
    requests = 400
    talk.send(f"GET /v1/briefings/latest HTTP/1.1\r\n{talk.host}\r\n" * requests)
    time.sleep(3 * WAIT_SECONDS)
    received, data = 0, b"x"
    while data:
        try:
            data = talk.socket.recv(1 << 20)
        except ConnectionResetError:
            break
        received += len(data)
    # The rest was never sent.
    assert received < requests * 50_000


def test_an_upgrade_is_ignored_and_the_connection_lives_on(talk: Talk) -> None:
    for upgrade in ("h2c", "websocket"):
        assert talk.ask(LIST, "Connection: Upgrade", f"Upgrade: {upgrade}")[0] == 200
    assert talk.ask(LIST)[0] == 200


def test_a_connection_closes_when_the_client_asks_for_it(talk: Talk) -> None:
    status, headers, _ = talk.ask(LIST, "Connection: close")
    assert (status, headers["connection"]) == (200, "close")
    assert talk.has_ended()


PUBLIC = {"public_url": "https://kb.example/kb", "allowed_hosts": "kb.lan, kb.local"}


@pytest.mark.parametrize(
    "host", ["kb.example", "KB.example:443", "kb.lan", "localhost:8000", "127.0.0.1", "[::1]:8"]
)
def test_own_names_are_accepted(host: str) -> None:
    for _ in range(2):
        Hosts(Settings.model_validate(PUBLIC)).check("/v1/items", host.encode())


@pytest.mark.parametrize("host", ["evil.example", "kb.example.evil.example", "10.0.0.1", "x"])
def test_foreign_names_are_refused(host: str) -> None:
    with pytest.raises(BadRequest, match="is not served here"):
        Hosts(Settings.model_validate(PUBLIC)).check("/v1/items", host.encode())
    Hosts(Settings()).check("/v1/items", host.encode())
    Hosts(Settings.model_validate(PUBLIC)).check("/readyz", host.encode())


@pytest.mark.parametrize("host", [b"a b", b"a/b", b"a,b", b"", b"\xe4", b"a@b", b"a" * 300])
def test_malformed_names_are_refused(host: bytes) -> None:
    with pytest.raises(BadRequest, match="is not valid"):
        Hosts(Settings()).check("/v1/items", host)


def test_a_foreign_host_gets_a_problem_document(seeded: Database) -> None:
    with TestClient(create_app(settings_for(seeded, public_url="https://kb.example"))) as client:
        answer = client.get("/v1/items", headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-request-id"] == answer.json()["request_id"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert client.get("/v1/items", headers={"Host": "kb.example"}).status_code == 200


def test_a_cached_manifest_is_not_turned_by_a_foreign_host(seeded: Database) -> None:
    with TestClient(create_app(settings_for(seeded))) as client:
        for _ in range(2):
            for host in ("one.example", "two.example"):
                text = client.get("/v1/reconcile", headers={"Host": host}).text
                assert f"http://{host}/v1" in text
                assert text.count(".example") == text.count(host)


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


PATH = "/v1/briefings?limit=2"


def test_lists_are_joined_and_single_values_stay_the_first() -> None:
    headers = [(b"accept", b"a"), (b"x", b"1"), (b"x", b"2"), (b"x-request-id", b"one")]
    assert unified(headers) is headers
    repeated = [*headers, (b"accept", b"b"), (b"x-request-id", b"two")]
    assert unified(repeated) == [(b"accept", b"a, b"), *headers[1:]]
    with pytest.raises(BadRequest, match="expected it once"):
        unified([(b"host", b"a"), (b"host", b"a")])


def test_more_than_one_host_is_refused_before_and_behind_the_cache(talk: Talk) -> None:
    for _ in range(2):
        assert "Host" in check_problem(talk.ask(PATH, "Host: evil.example"), 400)
        single = talk.ask(PATH)
        assert single[0] == 200
        assert b"evil.example" not in single[2]


@pytest.mark.parametrize(
    ("name", "path", "first", "last"),
    [
        ("Accept", "/v1/briefings/latest", "text/markdown", "application/json"),
        ("Accept-Language", "/v1/entities?limit=9", "en", "zh-TW"),
        ("Accept-Encoding", "/v1/items?limit=3", "gzip", "identity"),
    ],
)
def test_a_repeated_header_does_not_poison_the_cache(
    talk: Talk, name: str, path: str, first: str, last: str
) -> None:
    # The weight makes another key of the same wish.
    expected = _without_id(talk.ask(path, f"{name}: {last};q=1"))
    repeated = talk.ask(path, f"{name}: {first}", f"{name}: {last}")
    assert repeated[0] == 200
    assert _without_id(talk.ask(path, f"{name}: {last}")) == expected
    again = talk.ask(path, f"{name}: {first}", f"{name}: {last}")
    assert _without_id(again) == _without_id(repeated)


def _without_id(
    answer: tuple[int, dict[str, str], bytes],
) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = answer
    return status, {**headers, "x-request-id": ""}, body
