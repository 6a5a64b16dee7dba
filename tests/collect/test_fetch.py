import gzip
import time
from collections.abc import Iterator

import pytest

from app.collect.errors import FetchError
from app.collect.fetch import Fetcher, FetchTerms
from tests.feed_server import Answer, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    opened = Fetcher(FetchTerms("reader/1", networks="loopback", delay_seconds=0))
    yield opened
    opened.close()


def test_redirects_are_followed_to_their_end(site: Site, fetcher: Fetcher) -> None:
    site.pages["/old"] = lambda headers: (302, {"Location": "new"}, b"")
    site.pages["/new"] = b"body"
    response = fetcher.fetch(f"{site.home}/old", 100)
    assert (response.url, response.body) == (f"{site.home}/new", b"body")


def test_a_circle_of_redirects_ends(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = lambda headers: (301, {"Location": "/a"}, b"")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.fetch(f"{site.home}/a", 100)


def test_a_redirect_to_another_network_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = lambda headers: (301, {"Location": "http://10.0.0.1/"}, b"")
    with pytest.raises(FetchError, match="no loopback address"):
        fetcher.fetch(f"{site.home}/a", 100)


def test_nothing_is_sent_to_this_machine_by_default(site: Site) -> None:
    public = Fetcher(FetchTerms("reader/1"))
    with pytest.raises(FetchError, match="private or special"):
        public.fetch(f"{site.home}/a", 100)
    public.close()
    assert not site.hits


def test_bodies_are_bounded_compressed_and_plain(site: Site, fetcher: Fetcher) -> None:
    site.pages["/plain"] = b"x" * 101
    site.pages["/packed"] = gzip.compress(b"x" * 101)
    for path in ("/plain", "/packed"):
        with pytest.raises(FetchError, match="more than 100 bytes"):
            fetcher.fetch(site.home + path, 100)
    assert fetcher.fetch(f"{site.home}/packed", 101).body == b"x" * 101


def test_a_slow_server_is_left(site: Site) -> None:
    def slow(headers: dict[str, str]) -> Answer:
        time.sleep(1.0)
        return 200, {}, b"late"

    site.pages["/slow"] = slow
    hasty = Fetcher(FetchTerms("reader/1", networks="loopback", delay_seconds=0, total_seconds=0.2))
    start = time.monotonic()
    with pytest.raises(FetchError, match="takes too long"):
        hasty.fetch(f"{site.home}/slow", 100)
    hasty.close()
    assert time.monotonic() - start < 0.9


def test_robots_rules_with_wildcards_are_obeyed(site: Site, fetcher: Fetcher) -> None:
    site.pages["/robots.txt"] = "\ufeffUser-agent: *\nDisallow: /*.xml$\n".encode()
    site.pages["/a.xml"] = site.pages["/a.html"] = b"body"
    with pytest.raises(FetchError, match=r"robots\.txt forbids"):
        fetcher.fetch(f"{site.home}/a.xml", 100)
    assert fetcher.fetch(f"{site.home}/a.html", 100).body == b"body"
    assert site.hits["/robots.txt"] == 1


def test_a_host_whose_robots_fail_is_left_alone(site: Site, fetcher: Fetcher) -> None:
    site.pages["/robots.txt"] = lambda headers: (500, {}, b"")
    for _ in range(2):
        with pytest.raises(FetchError, match=r"robots\.txt could not be read"):
            fetcher.fetch(f"{site.home}/a", 100)
    assert site.hits["/robots.txt"] == 1


def test_a_busy_host_gets_no_further_request(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = lambda headers: (429, {"Retry-After": "120"}, b"")
    site.pages["/b"] = b"body"
    with pytest.raises(FetchError, match="answered 429") as raised:
        fetcher.fetch(f"{site.home}/a", 100)
    assert raised.value.wait_seconds == 120
    with pytest.raises(FetchError, match="earlier request"):
        fetcher.fetch(f"{site.home}/b", 100)
    assert site.hits["/b"] == 0


def test_requests_to_a_host_keep_their_distance(site: Site) -> None:
    polite = Fetcher(FetchTerms("reader/1", networks="loopback", delay_seconds=0.1))
    site.pages["/a"] = b"body"
    start = time.monotonic()
    for _ in range(3):
        polite.fetch(f"{site.home}/a", 100)
    polite.close()
    assert time.monotonic() - start >= 0.3


def test_an_address_that_is_gone_says_what_to_do(site: Site, fetcher: Fetcher) -> None:
    site.pages["/gone"] = lambda headers: (410, {}, b"")
    with pytest.raises(FetchError, match="410: the address is gone for good"):
        fetcher.fetch(f"{site.home}/gone", 100)


def test_a_redirect_to_nowhere_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = lambda headers: (302, {"Location": "http://[bad"}, b"")
    with pytest.raises(FetchError, match="names no address"):
        fetcher.fetch(f"{site.home}/a", 100)


def test_gzip_without_a_header_is_unpacked(site: Site, fetcher: Fetcher) -> None:
    site.pages["/feed.gz"] = gzip.compress(b"<rss/>")
    assert fetcher.fetch(f"{site.home}/feed.gz", 100).body == b"<rss/>"
