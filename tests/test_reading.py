import pytest

from app import knowledge
from app.errors import Unreadable
from app.reading import DocumentReader, Task, fingerprint, parse_document, scan_document
from app.settings import ROOT
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


@pytest.mark.parametrize(
    ("moment", "name", "day"),
    [
        ("2026-04-10T22:40:00Z", "2026-04-11.md", "2026-04-11"),
        ("2026-04-10T15:59:59Z", "x.md", "2026-04-10"),
        ("2026-04-10T16:00:00Z", "x.md", "2026-04-11"),
        ("2026-04-10T20:00:00-05:00", "x.md", "2026-04-11"),
        ("2026-12-31T17:00:00Z", "x.md", "2027-01-01"),
        ("2026-04-11T06:00:00+08:00", "x.md", "2026-04-11"),
    ],
)
def test_a_moment_belongs_to_its_day_in_taipei(moment: str, name: str, day: str) -> None:
    parsed = parse_document(briefing(item("甲"), date=moment).encode(), name)
    assert parsed.draft.date.isoformat() == day


def test_the_time_zone_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFBASE_TIMEZONE", "America/New_York")
    knowledge.configured_zone.cache_clear()
    try:
        text = briefing(item("甲"), date="2026-04-11T02:00:00Z")
        assert parse_document(text.encode(), "x.md").draft.date.isoformat() == "2026-04-10"
    finally:
        monkeypatch.undo()
        knowledge.configured_zone.cache_clear()


@pytest.mark.parametrize(
    "front",
    [
        "---\nDate: 2026-01-02\nDraft: true\n---\n",
        "---\ndate: 2026-01-02\npublished: false\n---\n",
        "---\nDATE: 2026-01-02\nDRAFT: True\n---\n",
        "+++\ndate = 2026-01-02\nDraft = true\n+++\n",
        '{\n  "date": "2026-01-02",\n  "draft": true\n}\n',
        "---\npubDate: 2026-01-02\nPublished: False\n---\n",
    ],
)
def test_drafts_are_known_however_written(front: str) -> None:
    parsed = parse_document(f"{front}\n## 今日焦點\n\n### 甲\n\n文。\n".encode(), "x.md")
    assert parsed.draft.draft


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n", "\ufeff", "---\n\n***\n", "。！\n"])
def test_a_document_without_text_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="empty"):
        parse_document(text.encode(), "2026-01-02.md")


@pytest.mark.parametrize("layout", ["sections", "horizon", "another"])
def test_a_stored_layout_changes_no_mention(layout: str) -> None:
    """Layouts that do not fit are compared again."""
    for path in sorted((ROOT / "seeds" / "briefings").glob("*.md")):
        parsed = parse_document(path.read_bytes(), path.name)
        spellings = {"模型": "c:large-language-model"}
        mentions = scan_document(parsed.data, parsed.name, layout, spellings, {})
        assert list(mentions) == list(parsed.scan(spellings))
        assert parsed.draft.dialect == "sections"


def test_unstorable_front_matter_is_replaced_before_a_scan() -> None:
    data = briefing(item("NVIDIA"), title='"\\ud800"').encode()
    parsed = parse_document(data, "2026-01-02.md")
    mentions = scan_document(data, "2026-01-02.md", "sections", {}, {})
    assert list(mentions) == list(parsed.scan({}))
