import pytest

from app.collect.opml import FeedOutline, read_opml
from app.errors import Unreadable


def opml(body: str) -> bytes:
    return f"<opml version='2.0'><head/><body>{body}</body></opml>".encode()


def test_feeds_at_every_depth_inherit_authority_and_section() -> None:
    body = (
        "<outline text='Labs' authority='0.9' section='research'>"
        "<outline text='A' xmlUrl='https://a.example/feed'/>"
        "<outline text='B' xmlUrl='https://b.example/feed' authority='0.2'/></outline>"
        "<outline title='C' xmlUrl='https://c.example/feed'/>"
    )
    assert read_opml(opml(body), "x.opml") == [
        FeedOutline("https://a.example/feed", "A", 0.9, "research"),
        FeedOutline("https://b.example/feed", "B", 0.2, "research"),
        FeedOutline("https://c.example/feed", "C", 0.5, None),
    ]


def test_commented_outlines_and_repetitions_are_left_out() -> None:
    body = (
        "<outline text='A' isComment='true'><outline xmlUrl='https://a.example/'/></outline>"
        "<outline xmlUrl='https://b.example/'/><outline xmlUrl='https://b.example/'/>"
    )
    assert [feed.url for feed in read_opml(opml(body), "x")] == ["https://b.example/"]


@pytest.mark.parametrize("data", [b"", b"<rss/>", b"<opml", b"<!DOCTYPE opml><opml/>"])
def test_what_is_no_opml_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"x\.opml is no OPML file"):
        read_opml(data, "x.opml")


@pytest.mark.parametrize("attribute", ["authority='2'", "authority='much'", "section='sports'"])
def test_attributes_that_are_not_valid_are_refused(attribute: str) -> None:
    with pytest.raises(Unreadable, match="is not valid; expected"):
        read_opml(opml(f"<outline xmlUrl='https://a.example/' {attribute}/>"), "x")
