"""The prefix of links in JSON bodies."""

import pytest

from app.api.wire.responses import prefixed

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
