"""Addresses of feeds from the addresses of lists."""

import pytest
from starlette.datastructures import URL

from app.api.wire.responses import feed_path, link_header


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
