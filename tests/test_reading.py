import pytest

from app.errors import Unreadable
from app.reading import DocumentReader, Task, fingerprint, parse_document
from app.store.document.briefings import StoredDocument
from app.telemetry import stage_seconds
from tests.conftest import CHANNEL
from tests.documents import briefing, item

READER = DocumentReader(CHANNEL, {})


def test_a_fingerprint_is_a_hash_that_stays() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 64


def test_unstorable_characters_are_replaced_once_and_keep_their_places() -> None:
    text = briefing(item("甲\0乙"), title='"\\ud800"', tags='["a\\0"]', mood='{"\\0": "\\udfff"}')
    parsed = parse_document(text.encode(), "x\udcff.md")
    assert parsed.data == text.encode()
    assert parsed.name == "x\ufffd.md"
    assert parsed.draft.title == "\ufffd"
    assert parsed.draft.tags == ("a\ufffd",)
    assert parsed.draft.front_matter.values["mood"] == {"\ufffd": "\ufffd"}
    (section,) = parsed.draft.body.sections
    title = section.items[0].title
    assert title.text == "甲\ufffd乙"
    assert text[title.span.start : title.span.end].endswith("甲\0乙")


def test_a_document_is_decided_with_the_spellings_of_curators() -> None:
    parsed = parse_document(briefing(item("A", summary="皮衣教主出席。")).encode(), "x.md")
    decided = parsed.decide("weekly", CHANNEL, {"皮衣教主": "c:nvidia"})
    assert decided.day_id == "weekly:2026-01-02"
    ((_, (decided_item,)),) = decided.sections
    assert [mention.node for mention in decided_item.mentions] == ["c:nvidia"]


def test_the_time_of_each_stage_is_returned() -> None:
    before = dict(stage_seconds)
    outcome = READER(Task("x.md", CHANNEL, briefing(item("A")).encode()))
    assert outcome.document
    assert outcome.document.report["items"] == 1
    for name in ("parse", "decide"):
        assert outcome.seconds[name] == pytest.approx(stage_seconds[name] - before.get(name, 0.0))


def test_an_unreadable_document_has_an_error() -> None:
    assert "no date" in (READER(Task("x.md", CHANNEL, b"# Nothing\n")).error or "")
    with pytest.raises(Unreadable):
        READER.read(b"# Nothing\n", "x.md", CHANNEL)


def test_a_settled_task_is_not_read() -> None:
    stored = StoredDocument("2026-01-02", "2026-01-02", "標題", {}, 0)
    assert READER(Task("x.md", CHANNEL, b"", stored)).stored is stored
    assert READER(Task("x.md", CHANNEL, error="gone")).error == "gone"
