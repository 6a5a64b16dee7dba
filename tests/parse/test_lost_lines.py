from app.parse.draft import Body, Passage
from app.parse.lost_lines import lost_lines
from app.parse.markdown import MarkdownDocument


def test_a_line_with_a_word_in_no_text_is_kept_whole() -> None:
    document = MarkdownDocument("title: a\n- b\nc\nd")
    passages = (
        Passage("a", document.span(1, 1)),
        Passage("b", document.span(2, 2)),
        Passage("c\nd", document.span(3, 4)),
    )
    lost = list(lost_lines(document, Body(preamble=passages), 0))
    assert [passage.text for passage in lost] == ["title: a"]
