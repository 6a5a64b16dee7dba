import pytest

from app.errors import BadRequest, Unreadable
from app.preview import preview
from tests.conftest import CHANNEL
from tests.documents import briefing, item

DATA = briefing(item("A", entities="OpenAI"), draft="true").encode()


def test_a_preview_shows_a_draft_as_it_will_be() -> None:
    briefing_out = preview(DATA, "x.md", CHANNEL)
    assert briefing_out["draft"] is True
    assert briefing_out["id"] == "2026-01-02"
    (section,) = briefing_out["sections"]
    assert [item_out["title"] for item_out in section["items"]] == ["A"]


def test_a_bad_channel_or_document_is_refused() -> None:
    with pytest.raises(BadRequest):
        preview(DATA, "x.md", "Daily")
    with pytest.raises(Unreadable):
        preview(b"# Nothing\n", "x.md", CHANNEL)
