"""Highlights: where a text matches, and why."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.normalize.text.folding import fold_variants
from app.normalize.text.tokens import phrase, tokens
from app.query.fulltext import highlights
from app.query.fulltext.folded_texts import fold_all
from app.query.fulltext.highlights import Matcher
from app.query.fulltext.language import Alternative, SearchTerm, parse_query
from app.query.schemas.search import MatchOut
from app.query.schemas.shared import EntityRef


def match(text: str, q: str) -> MatchOut:
    (texts,) = highlights.searched_texts([[["title", text]]])
    return MatchOut.model_validate(Matcher(parse_query(q).terms, {}).match(1.0, texts))


def places(text: str, q: str) -> list[str]:
    pieces: list[str] = []
    for highlight in match(text, q).highlights:
        pieces.extend(text[span.start : span.end] for span in highlight.spans)
    return pieces


def test_spans_cover_what_matches() -> None:
    assert places("用昇騰，昇腾910", "昇騰") == ["昇騰", "昇腾"]
    assert places("國產與生產", "產") == ["產", "產"]
    assert places("Qwen-Image 與 qwen3", "qwen*") == ["Qwen", "qwen"]
    assert places("GPT-4o-mini、gpt 4o", "gpt-4o") == ["GPT-4o", "gpt 4o"]
    assert places("衛星、衞星", "卫星") == ["衛星", "衞星"]
    assert places("3.8 與 8", "8") == ["8"]
    assert places("共 1,000 台", "1000") == ["1,000"]
    assert places("com https://a.com/x", "com") == ["com"]
    assert places("看 https://a.com/x", "a.com") == ["a.com"]
    assert places("https://b.a.com/x", "site:a.com") == ["a.com"]
    assert places("Prompt\n injection", '"prompt injection"') == ["Prompt\n injection"]
    assert places("推\u200b理", "推理") == ["推\u200b理"]
    assert places("Cafe\u0301", "cafe") == ["Cafe\u0301"]
    assert places("nothing", "else") == []


def test_ignored_differences_are_named() -> None:
    for text, q, folded in (
        ("昇騰", "昇腾", ["script"]),
        ("ＧＰＴ", "GPT", ["width"]),
        ("gpt", "GPT", ["case"]),
        ("ｇｐｔ", "GPT", ["case", "width"]),
        ("café", "cafe", ["accent"]),
        ("it’s", "it's", ["sign"]),
        ("昇騰", "昇騰", []),
    ):
        assert match(text, q).why[0].folded == folded


def test_excerpts_are_escaped_and_marked() -> None:
    escaped = "&lt;b&gt;<mark>昇騰</mark>&lt;/b&gt; &amp; <mark>昇騰</mark>"
    assert match("<b>昇騰</b> & 昇騰", "昇騰").highlights[0].marked == escaped
    assert match("推理引擎", "推理 理引 引擎").highlights[0].marked == "<mark>推理引擎</mark>"
    long = match("前" * 500 + "昇騰" + "後" * 500, "昇騰").highlights[0]
    assert long.spans[0].start == 500
    assert long.marked.startswith("…前")
    assert "<mark>昇騰</mark>後" in long.marked
    assert long.marked.endswith("後…")
    assert len(long.marked) < 300


def test_each_spelling_is_a_reason() -> None:
    nvidia = EntityRef(id="e_1", slug="nvidia", name="NVIDIA", type="org")
    typed, other = phrase("輝達"), phrase("NVIDIA")
    assert typed
    assert other
    term = SearchTerm("輝達", (Alternative((typed,)), Alternative((other,), "NVIDIA", 7)), True)
    matcher = Matcher([term], {7: nvidia})
    fields = [["title", "Nvidia"], ["summary", "辉达的 NVIDIA"], ["parent", "x"]]
    (texts,) = highlights.searched_texts([fields])
    result = MatchOut.model_validate(matcher.match(None, texts))
    assert result.score is None
    assert [tuple(dict(why).values()) for why in result.why] == [
        ("輝達", "NVIDIA", nvidia, ["title", "summary"], ["case"]),
        ("輝達", None, None, ["summary"], ["script"]),
    ]
    assert [highlight.field for highlight in result.highlights] == ["title", "summary"]


_LETTERS = st.text(st.sampled_from("aAb1é推理產x -.\u200b①🎉"), max_size=9)


@settings(max_examples=600, deadline=None)
@given(
    _LETTERS | st.text(max_size=9),
    st.text(st.sampled_from("aAb1推理產-. é"), min_size=1, max_size=4) | st.text(max_size=3),
    _LETTERS,
    st.booleans(),
)
def test_the_fast_path_finds_what_the_tokens_do(
    before: str, word: str, after: str, is_open: bool
) -> None:
    text = f"{before}{word}{after}{word}"
    typed = phrase(word, prefix=is_open)
    if typed is None:
        return
    patterns = highlights._patterns([SearchTerm(word, (Alternative((typed,)),), True)])
    (texts,) = highlights.searched_texts([[["title", text]]])
    spans: dict[int, list[str]] = {}
    for field in texts.candidates({highlights._probe(patterns[0])}):
        candidates = highlights._candidate_patterns(field, patterns)
        for _, span in highlights._find_spans(field, candidates):
            spans[span["start"]] = list(span["folded"])
    expected: dict[int, list[str]] = {}
    for run in highlights._TokenIndex(text).runs(patterns[0]):
        expected[run[0].start] = list(highlights._run_differences(text, run, typed))
    assert spans == expected


def test_plain_symbols_stay_as_they_are() -> None:
    chars = list(map(chr, range(0x20, 0x20000)))
    odd = set(fold_all([chars])[0].odd)
    for number, char in enumerate(chars):
        if number not in odd and not 0xD800 <= ord(char) < 0xE000:
            assert all(
                token.text in fold_variants(f"a{char}推") for token in tokens(f"a{char}推")
            ), hex(ord(char))
