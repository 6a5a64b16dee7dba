from app.parse.body import BodyDraft, SectionBuilder
from app.parse.draft import Passage
from app.parse.markdown import MarkdownDocument


def test_notes_rules_and_headings_of_a_section_are_kept_apart() -> None:
    document = MarkdownDocument("### 甲\n\n- 乙\n- 丙\n\n---\n\n丁")
    blocks = document.blocks()
    draft = BodyDraft(document, {})
    section = SectionBuilder("other", Passage("", document.span(1, 1)))
    draft.add_notes(blocks, section)
    assert [note.text for note in section.notes] == ["乙", "丙", "丁"]
    assert [container.title.text for container in section.containers] == ["甲"]
    assert [label.span.first_line for label in draft.parts.labels] == [6]


def test_a_section_spans_from_its_title_to_its_last_line() -> None:
    document = MarkdownDocument("## 甲\n\n乙")
    section = SectionBuilder("other", Passage("甲", document.span(1, 1)))
    span = section.finished(document, 1, 3).span
    assert (span.first_line, span.last_line) == (1, 3)
