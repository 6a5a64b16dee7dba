"""Words of a name, each translated to one identity whatever its language, number or script."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import fold, is_han

_TOKEN = re.compile(
    r"(?P<date>20\d\d[-./]\d\d[-./]\d\d)(?!\d)"
    r"|(?P<active>(?<![a-z0-9])a\d+(?:\.\d+)?b)(?![a-z0-9])"
    r"|(?P<size>\d+x\d+(?:\.\d+)?[bm]|\d+(?:\.\d+)?(?:[bt]|(?<=\d)m))(?![a-z0-9])"
    r"|(?P<lettered>\d+(?:\.\d+)*[a-z])(?![a-z])"
    r"|(?P<number>\d+(?:\.\d+)*)"
    r"|(?P<word>[^\W\d_]+[#]?\+{0,2})"
)
_MAX_PHRASE_TOKENS = 6
_CAPITALS_WITH_S = re.compile(r"\b[A-Z]+S\b")
_GLUED_ENDING = re.compile(r"(?<=[a-z]{2})(AI|Labs)$")
# The plural of an abbreviation: GPUs, LLMs. GPTs are a product.
_PLURAL_CAPITALS = re.compile(r"(?<=[A-Z]{2})(?<!\bGPT)s(?![A-Za-z0-9])")
# A two-digit year after an abbreviation: AIME25, AIME'25.
_YEAR = re.compile(r"(?<=[A-Z]{3})['’]?(2\d)$")
_POSSESSIVE = re.compile(r"'s(?![a-z0-9])|(?<=s)'(?![a-z0-9])")
# Command R+ is Command R Plus; C++ stays.
_PLUS = re.compile(r"(?<=[a-z0-9])\+(?![+a-z0-9])(?<!\+\+)")
_TWO = re.compile(r"(?<=[a-z]{3})2(?=[a-z]{3})")
# The name in a domain stands before the dot.
_DOMAIN = re.compile(r"([a-z0-9-]{2,})\.(?:com|org|net|io|dev|app|so|co)")
# Chinese particles and suffixes; alone they are no proper name.
_PARTICLES = ("的", "之", "式", "型", "化")


class WordClass(Enum):
    """Class of a word, as far as the word itself tells."""

    TERM = "term"
    PLACE = "place"
    MAKER = "maker"
    PROPER = "proper"
    NUMBER = "number"
    SIZE = "size"


class NameToken(NamedTuple):
    """A stretch of characters of one kind in a folded name."""

    text: str
    kind: str
    glued: bool
    """Whether no separator precedes the token."""


class Word(NamedTuple):
    """A token or a phrase, translated to its identity."""

    text: str
    word_class: WordClass
    letters: str
    """The folded letters the word was read from."""
    glued: bool = False


Phrases = Mapping[str, tuple[str, WordClass]]
"""Letters of a phrase → (identity, class)."""


def plain_text(text: str) -> str:
    """Return `text` folded, without accents and possessives, symbols between words spelled out."""
    # Runs for every known name: a pattern is tried only where it may match.
    if text.startswith(".NET"):
        text = re.sub(r"^\.NET\b", "dotNET", text)
    if text.endswith(("AI", "Labs")):
        text = _GLUED_ENDING.sub(r" \1", text)
    if "s" in text:
        text = _PLURAL_CAPITALS.sub("", text)
    if text[-1:].isdigit():
        text = _YEAR.sub(r" 20\1", text)
    folded = fold(text)
    if not folded.isascii():
        folded = "".join(map(_without_accent, folded))
    if "'" in folded:
        folded = _POSSESSIVE.sub(" ", folded)
        folded = folded.replace("'", "")
    if "+" in folded:
        folded = _PLUS.sub(" plus", folded)
    folded = folded.replace("&", " and ")
    folded = folded.replace("*", " star ")
    if "2" in folded:
        folded = _TWO.sub(" to ", folded)
    folded = folded.strip()
    domain = _DOMAIN.fullmatch(folded) if "." in folded else None
    return domain[1] if domain else folded


def joined_letters(text: str) -> str:
    """Return only the letters and digits of `text`, folded."""
    plain = plain_text(text)
    return "".join(filter(str.isalnum, plain))


@cache
def _without_accent(char: str) -> str:
    if is_han(char):
        return char
    parts = unicodedata.normalize("NFKD", char)
    return "".join([part for part in parts if not unicodedata.combining(part)])


def read_tokens(name: str) -> list[NameToken]:
    """Return the words of one script, numbers, sizes and dates in `name`, versions normalised."""
    text = plain_text(name)
    is_one_word = text.isalpha() and all(map(is_han, text))
    if is_one_word:
        return [NameToken(text, "word", False)]
    tokens: list[NameToken] = []
    end = 0
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        is_glued = bool(tokens) and match.start() == end
        end = match.end()
        if kind != "word":
            tokens.append(NameToken(match.group(), kind, is_glued))
            continue
        for part in _split_scripts(match.group()):
            tokens.append(NameToken(part, kind, is_glued))
            is_glued = True
    return _normalise_versions(tokens)


def _split_scripts(text: str) -> Iterator[str]:
    """Yield the parts of `text` between changes from Han to other letters and back."""
    if text.isascii():
        yield text
        return
    start = 0
    for index, (char, following) in enumerate(pairwise(text), start=1):
        if is_han(char) != is_han(following):
            yield text[start:index]
            start = index
    yield text[start:]


def _normalise_versions(tokens: Sequence[NameToken]) -> list[NameToken]:
    """Return tokens with numbers normalised: `3-5` is 3.5, `3.0` is 3, `2024-08-06` is one."""
    merged: list[NameToken] = []
    for token in tokens:
        before = merged[-1] if merged else None
        if token.kind == "date":
            digits = re.sub(r"\D", "", token.text)
            token = token._replace(text=digits)
        elif token.kind == "lettered" and token.text.endswith("s"):
            # The plural of a number: H100s.
            number = token.text.removesuffix("s")
            token = NameToken(number, "number", token.glued)
        elif before and _is_short_number(token) and _is_short_number(before):
            version = f"{before.text}.{token.text}"
            merged.pop()
            token = before._replace(text=version)
        merged.append(token)
    return list(map(_without_zero, merged))


def _without_zero(token: NameToken) -> NameToken:
    """Return a version without its final `.0`."""
    if token.kind != "number" or not token.text.endswith(".0"):
        return token
    return token._replace(text=token.text.removesuffix(".0"))


def _is_short_number(token: NameToken) -> bool:
    """Return whether a token is a number of one or two digits."""
    return token.kind == "number" and len(token.text) <= 2 and token.text.isdigit()


@cache
def _chinese_phrases() -> Phrases:
    """Return folded Chinese phrase → (identity, class)."""
    phrases: dict[str, tuple[str, WordClass]] = {}
    for word_class, table in (
        (WordClass.MAKER, gazetteer.makers_in_chinese()),
        (WordClass.PLACE, gazetteer.places_in_chinese()),
        (WordClass.TERM, vocabulary.chinese()),
    ):
        for phrase, identity in table.items():
            phrases[phrase] = (identity, word_class)
    return phrases


@cache
def _max_phrase_chars() -> int:
    """Return the length of the longest Chinese phrase."""
    return max(map(len, _chinese_phrases()))


@cache
def _phrases() -> Phrases:
    """Return folded Chinese or joined singular English phrase → (identity, class)."""
    phrases: dict[str, tuple[str, WordClass]] = {}
    for phrase, identity in vocabulary.english().items():
        phrases[phrase] = (identity, WordClass.TERM)
    phrases.update(_chinese_phrases())
    return phrases


@cache
def _places() -> Phrases:
    """Return joined Latin name of a place → (identity, class)."""
    places = gazetteer.places()
    return {name: (identity, WordClass.PLACE) for name, identity in places.items()}


def read_words(tokens: Sequence[NameToken], name: str) -> list[Word]:
    """Return the words of a name: the longest phrases the vocabulary knows, translated.

    `tokens` are those of `name` as it is written.
    """
    # Titans is not the plural of Titan, and AWS is no plural at all.
    may_be_plural = len(tokens) > 2 or not name[:1].isupper()
    abbreviations = frozenset(map(str.lower, _CAPITALS_WITH_S.findall(name)))
    singulars = [_singular(token.text, abbreviations) for token in tokens]
    words: list[Word] = []
    start = 0
    while start < len(tokens):
        phrase, end = _longest_phrase(tokens, singulars, start)
        token = tokens[start]
        if phrase:
            words.append(phrase)
        elif token.kind == "word" and is_han(token.text[0]):
            words.extend(_segment(token.text))
        else:
            following = tokens[end] if end < len(tokens) else None
            word = _single_word(token, following)
            if may_be_plural and word.word_class is WordClass.PROPER:
                singular = _singular(word.text, abbreviations)
                word = word._replace(text=singular)
            words.append(word)
        start = end
    return words


def _longest_phrase(
    tokens: Sequence[NameToken], singulars: Sequence[str], start: int
) -> tuple[Word | None, int]:
    """Return the longest known phrase at `start` and its end; (None, `start` + 1) without one."""
    phrases = _phrases()
    places = _places()
    last = min(len(tokens), start + _MAX_PHRASE_TOKENS)
    # A number alone is no phrase.
    shortest = start if tokens[start].kind == "word" else start + 1
    for end in range(last, shortest, -1):
        singular = "".join(singulars[start:end])
        letters = "".join([token.text for token in tokens[start:end]])
        phrase = phrases.get(singular) or places.get(letters)
        if phrase:
            identity, word_class = phrase
            word = Word(
                identity,
                word_class,
                letters,
                tokens[start].glued,
            )
            return word, end
    return None, start + 1


def _singular(word: str, abbreviations: frozenset[str]) -> str:
    """Return `word` without a plural ending, unless it is an abbreviation or a maker."""
    if not word.endswith("s") or word in abbreviations or word in gazetteer.makers():
        return word
    return vocabulary.singular(word)


def _single_word(token: NameToken, following: NameToken | None) -> Word:
    """Return the word of a token that is in no phrase and not Chinese."""
    text = token.text
    if token.kind == "word":
        word_class = WordClass.PROPER
        if following and following.kind in ("number", "lettered"):
            text = _before_version(text, following)
    elif token.kind in ("size", "active"):
        word_class = WordClass.SIZE
    else:
        word_class = WordClass.NUMBER
    return Word(
        text,
        word_class,
        token.text,
        token.glued,
    )


def _before_version(text: str, version: NameToken) -> str:
    """Return a word before a version: ChatGPT 4 and OpenAI 4 are GPT-4, DINOv2 is DINO v2."""
    if text in ("chatgpt", "openai"):
        return "gpt"
    if version.glued and len(text) > 3:
        return text.removesuffix("v")
    return text


class _Cut(NamedTuple):
    """The best way to cut the rest of a run of Han characters from some index on."""

    uncovered: int
    """Characters in no phrase."""
    pieces: int
    length: int
    """Characters of the first piece."""
    is_phrase: bool
    """Whether the first piece is a known phrase."""


def _segment(run: str) -> Iterator[Word]:
    """Yield the words of a run of Han characters.

    As few characters as possible are in no phrase, then there are as few pieces as possible. Taking
    the longest phrase first would read 具身智能體 as 具身智能 and 體.
    """
    phrases = _chinese_phrases()
    if run in phrases:
        identity, word_class = phrases[run]
        yield Word(identity, word_class, run)
        return
    cuts = _best_cuts(run, phrases)
    start = 0
    while start < len(run):
        cut = cuts[start]
        end = start + cut.length
        piece = run[start:end]
        if cut.is_phrase:
            identity, word_class = phrases[piece]
            yield Word(identity, word_class, piece)
        else:
            yield _unknown_word(piece)
        start = end


def _best_cuts(run: str, phrases: Phrases) -> list[_Cut]:
    """Return the best cut at each index of `run`, and one for its end (dynamic programming)."""
    nothing_left = _Cut(0, 0, 0, False)
    cuts = [nothing_left] * (len(run) + 1)
    for start in reversed(range(len(run))):
        cut = _uncovered_char(cuts[start + 1])
        longest = min(_max_phrase_chars(), len(run) - start)
        for length in range(1, longest + 1):
            end = start + length
            if run[start:end] not in phrases:
                continue
            rest = cuts[end]
            if (rest.uncovered, rest.pieces + 1) < (cut.uncovered, cut.pieces):
                cut = _Cut(rest.uncovered, rest.pieces + 1, length, True)
        cuts[start] = cut
    return cuts


def _uncovered_char(rest: _Cut) -> _Cut:
    """Return the cut with one more character in no phrase before `rest`."""
    continues_piece = rest.length > 0 and not rest.is_phrase
    if continues_piece:
        return rest._replace(uncovered=rest.uncovered + 1, length=rest.length + 1)
    return _Cut(rest.uncovered + 1, rest.pieces + 1, 1, False)


def _unknown_word(text: str) -> Word:
    """Return Han characters that no phrase contains as a word."""
    word_class = WordClass.TERM if text in _PARTICLES else WordClass.PROPER
    return Word(text, word_class, text)
