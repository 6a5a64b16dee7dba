import time

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


def test_a_word_that_markup_splits_is_no_lost_word() -> None:
    document = MarkdownDocument("x\nQwen**3**max https://a.com/b")
    passages = (
        Passage("x", document.span(1, 1)),
        Passage("https://a.com/b Qwen3max", document.span(2, 2)),
    )
    assert not list(lost_lines(document, Body(preamble=passages), 0))


def test_long_lines_take_linear_time() -> None:
    def seconds(count: int) -> float:
        text = " ".join(f"w{number}" for number in range(count))
        document = MarkdownDocument(text)
        passages = (Passage(text.replace("w", "詞w"), document.span(1, 1)),)
        start = time.process_time()
        assert not list(lost_lines(document, Body(preamble=passages), 0))
        return time.process_time() - start

    assert min(seconds(80_000) for _ in range(3)) <= 0.5
