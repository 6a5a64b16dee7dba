"""The query language of `q`."""

import pytest

from app.errors import BadRequest
from app.normalize.text.tokens import Phrase
from app.query.fulltext.language import MAX_TERMS, SearchTerm, parse_query


def spelled(terms: tuple[SearchTerm, ...]) -> list[str]:
    """Return each term as text: `|` between alternatives, `&` between phrases, `*` for a prefix."""
    texts = []
    for term in terms:
        alternatives = ["&".join(map(_phrase_text, other.phrases)) for other in term.alternatives]
        texts.append("|".join(alternatives))
    return texts


def _phrase_text(phrase: Phrase) -> str:
    return " ".join(phrase.words) + "*" * phrase.open


@pytest.mark.parametrize(
    ("text", "terms", "excluded"),
    [
        ("昇騰", ["升腾"], []),
        ("昇騰　Ascend", ["升腾", "ascend"], []),
        ("推理 -昇騰", ["推理"], ["升腾"]),
        ("推理 －昇騰", ["推理"], ["升腾"]),
        ('"prompt injection" x', ["prompt injection|⌁prompt ⌁injection", "x"], []),
        ('-"a b" c', ["c"], ["a b|⌁a ⌁b"]),
        ("「推理 引擎」", ["推理 理 引擎"], []),
        ("“a b”c", ["a b|⌁a ⌁b", "c"], []),
        ('"a b', ["a", "b"], []),
        ('a "" b', ["a", "b"], []),
        ("qwen*", ["qwen*"], []),
        ("gpt-4o** 昇騰*", ["gpt 4 o*", "升腾"], []),
        ("a OR b c|d", ["a|b", "c|d"], []),
        ("OR a OR", ["a"], []),
        ("-a|b c", ["c"], ["a", "b"]),
        ('-"a b"|c|d', [], ["a b|⌁a ⌁b", "c", "d"]),
        ("-a -b|c d|e", ["d|e"], ["a", "b", "c"]),
        ("arxiv:2512.02556", ["2512.02556"], []),
        ("Kimi (Moonshot) f(x)", ["kimi", "moonshot", "f x"], []),
        ('"(a OR b)" "NOT"', ["a or b|⌁a ⌁or ⌁b", "not|⌁not"], []),
        ("a AND b", ["a", "b"], []),
        ('"OR" "AND"', ["or|⌁or", "and|⌁and"], []),
        ("a or b", ["a", "or", "b"], []),
        ("-a", [], ["a"]),
        ("- a -- b", ["a", "b"], []),
        ("--help y-z", ["help", "y z"], []),
        ("—推理", ["推理"], []),
        ("產", ["产*"], []),
        ("Qwen3.8 qwen-3.8", ["qwen 3.8", "qwen 3.8"], []),
        ("site:GitHub.com", ["⌂github.com"], []),
        ("-site:www.example.com", [], ["⌂example.com"]),
        ("site:https://github.com/ollama", ["⌂github.com&⌁https ⌁github ⌁com ⌁ollama"], []),
        ("github.com/ollama", ["github . com / ollama|⌁github ⌁com ⌁ollama"], []),
        ("https://a.com/b", ["⌁https ⌁a ⌁com ⌁b"], []),
        ("foo,bar", ["foo bar"], []),
        ("a\x01b\x1fc", ["a b", "c"], []),
    ],
)
def test_a_query_is_read_as_terms(text: str, terms: list[str], excluded: list[str]) -> None:
    query = parse_query(text)
    assert spelled(query.terms) == terms
    assert spelled(query.excluded) == excluded


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', '""', "-", "- -", "*", "OR", "AND", "…，。", "-*", '-""', "|", "\u200b", "()"],
)
def test_an_empty_query_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="nothing to search for"):
        parse_query(text)


@pytest.mark.parametrize(
    "text", ["foo OR -a", "-a OR b", "-a | b", "-a |b", "-a| b", "a|-b", "x -a|b OR c"]
)
def test_an_excluded_word_cannot_be_an_alternative(text: str) -> None:
    with pytest.raises(BadRequest, match="-a -b to exclude both"):
        parse_query(text)


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
def test_brackets_cannot_group_terms(text: str) -> None:
    with pytest.raises(BadRequest, match="brackets cannot group"):
        parse_query(text)


def test_not_is_written_as_a_hyphen() -> None:
    with pytest.raises(BadRequest, match="Write -word"):
        parse_query("a AND NOT b")


@pytest.mark.parametrize("text", ["q*", "產*", "c++*", "a -b*"])
def test_a_prefix_of_one_character_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="at least two characters"):
        parse_query(text)


def test_too_many_words_are_refused() -> None:
    assert len(parse_query("a " * MAX_TERMS).terms) == MAX_TERMS
    with pytest.raises(BadRequest, match=f"{MAX_TERMS + 1} words .* at most {MAX_TERMS}"):
        parse_query("a " * MAX_TERMS + "-b")


def test_only_words_and_phrases_may_be_names() -> None:
    terms = parse_query('a "b c" dd* -e f OR g').terms
    assert [term.is_plain for term in terms] == [True, True, False, False]


@pytest.mark.parametrize("text", ["site:", "site:/path", "-site:。"])
def test_a_site_needs_a_host(text: str) -> None:
    with pytest.raises(BadRequest, match="names no host"):
        parse_query(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("qw", ["qw*"]),
        ("new Qwen", ["new", "qwen*"]),
        ("qwen3", ["qwen 3*"]),
        ("3", ["3"]),
        ("q", ["q"]),
        ("昇騰", ["升腾"]),
        ('"qwen"', ["qwen|⌁qwen"]),
        ("qwen.com", ["qwen . com|⌁qwen ⌁com"]),
        ("a OR qwen", ["a|qwen"]),
        ("qwen -a", ["qwen*"]),
    ],
)
def test_the_last_word_may_be_the_beginning_of_a_name(text: str, names: list[str]) -> None:
    assert spelled(parse_query(text).of_names.terms) == names


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("コンピューター", "コンピュータ"),
        ("サーバー", "サーバ"),
        ("ｻｰﾊﾞｰ", "サーバ"),
        ('"ｻｰﾊﾞ"', '"サーバ"'),
    ],
)
def test_a_long_vowel_at_the_end_of_a_long_word_is_optional(text: str, plain: str) -> None:
    assert spelled(parse_query(text).terms) == spelled(parse_query(plain).terms)


@pytest.mark.parametrize(
    ("text", "shorter"),
    [("キー", "キ"), ("データーベース", "データベース"), ('"サーバー"', '"サーバ"')],
)
def test_any_other_long_vowel_counts(text: str, shorter: str) -> None:
    assert spelled(parse_query(text).terms) != spelled(parse_query(shorter).terms)
