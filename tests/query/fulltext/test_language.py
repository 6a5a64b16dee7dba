"""The language of `q`."""

import pytest

from app.errors import BadRequest
from app.query.fulltext.language import MAX_TERMS, SearchTerm, read


def said(terms: tuple[SearchTerm, ...]) -> list[str]:
    """Each term as its readings, `|` between them, a blank between tokens, `*` where it goes on."""
    return [
        "|".join(
            "&".join(" ".join(p.words) + "*" * p.open for p in r.phrases) for r in term.readings
        )
        for term in terms
    ]


@pytest.mark.parametrize(
    ("text", "terms", "without"),
    [
        ("昇騰", ["升腾"], []),
        ("昇騰　Ascend", ["升腾", "ascend"], []),
        ("推理 -昇騰", ["推理"], ["升腾"]),
        ("推理 －昇騰", ["推理"], ["升腾"]),
        ('"prompt injection" x', ["prompt injection", "x"], []),
        ('-"a b" c', ["c"], ["a b"]),
        ("「推理 引擎」", ["推理 理 引擎"], []),
        ("“a b”c", ["a b", "c"], []),
        ('"a b', ["a", "b"], []),
        ('a "" b', ["a", "b"], []),
        ("qwen*", ["qwen*"], []),
        ("gpt-4o** 昇騰*", ["gpt - 4o*", "升腾"], []),
        ("a OR b c|d", ["a|b", "c|d"], []),
        ("OR a OR", ["a"], []),
        ("-a|b c", ["c"], ["a", "b"]),
        ('-"a b"|c|d', [], ["a b", "c", "d"]),
        ("-a -b|c d|e", ["d|e"], ["a", "b", "c"]),
        ("arxiv:2512.02556", ["2512 . 02556"], []),
        ("Kimi (Moonshot) f(x)", ["kimi", "moonshot", "f x"], []),
        ('"(a OR b)" "NOT"', ["a or b", "not"], []),
        ("a AND b", ["a", "b"], []),
        ('"OR" "AND"', ["or", "and"], []),
        ("a or b", ["a", "or", "b"], []),
        ("-a", [], ["a"]),
        ("- a -- b", ["a", "b"], []),
        ("--help y-z", ["help", "y - z"], []),
        ("—推理", ["推理"], []),
        ("產", ["产*"], []),
        ("foo,bar", ["foo bar"], []),
        ("a\x01b\x1fc", ["a b", "c"], []),
    ],
)
def test_it_is_understood(text: str, terms: list[str], without: list[str]) -> None:
    found = read(text)
    assert (said(found.terms), said(found.without)) == (terms, without)


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', '""', "-", "- -", "*", "OR", "AND", "…，。", "-*", '-""', "|", "\u200b", "()"],
)
def test_nothing_to_look_for(text: str) -> None:
    with pytest.raises(BadRequest, match="nothing that can be looked for"):
        read(text)


@pytest.mark.parametrize(
    "text", ["foo OR -a", "-a OR b", "-a | b", "-a |b", "-a| b", "a|-b", "x -a|b OR c"]
)
def test_what_is_left_out_is_no_alternative(text: str) -> None:
    with pytest.raises(BadRequest, match="leaves out both a and b"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "-(a OR b)",
        "-(a)",
        "(a OR b) c",
        "（a|b） c",
        "x (a -b)",
        "(a b) OR c",
        "c OR (a b)",
        "c|(a b)",
    ],
)
def test_brackets_that_group(text: str) -> None:
    with pytest.raises(BadRequest, match="no brackets"):
        read(text)


def test_not_is_written_with_a_sign() -> None:
    with pytest.raises(BadRequest, match="write -what"):
        read("a AND NOT b")


@pytest.mark.parametrize("text", ["q*", "產*", "c++*", "a -b*"])
def test_a_prefix_of_one_character(text: str) -> None:
    with pytest.raises(BadRequest, match="at least two characters"):
        read(text)


def test_too_many_words() -> None:
    assert len(read("a " * MAX_TERMS).terms) == MAX_TERMS
    with pytest.raises(BadRequest, match=f"more than {MAX_TERMS}"):
        read("a " * MAX_TERMS + "-b")


def test_what_may_be_a_name() -> None:
    assert [term.plain for term in read('a "b c" dd* -e f OR g').terms] == [
        True,
        True,
        False,
        False,
    ]
