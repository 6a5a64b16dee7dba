"""Words of a name, each translated to one identity whatever its language, number or script."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# The name in a domain precedes the dot.
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


def texts_of(words: Iterable[NameToken | Word]) -> list[str]:
    """Return the texts of words or tokens."""
    return [word.text for word in words]


def letters_of(words: Iterable[Word]) -> str:
    """Return the letters that words were read from, joined."""
    return "".join([word.letters for word in words])


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

    letters = ""
    for part in unicodedata.normalize("NFKD", char):
        if not unicodedata.combining(part):
            letters += part
    return letters


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
        number = _normalised_number(token)
        before = merged[-1] if merged else None
        if before and _is_short_number(token) and _is_short_number(before):
            merged.pop()
            version = f"{before.text}.{token.text}"
            number = before._replace(text=version)

        merged.append(number)

    return list(map(_without_zero, merged))


def _normalised_number(token: NameToken) -> NameToken:
    """Return a date without separators, and a number without its plural ending (H100s)."""
    text = token.text
    if token.kind == "date":
        digits = re.sub(r"\D", "", text)
        return token._replace(text=digits)
    if token.kind == "lettered" and text.endswith("s"):
        number = text.removesuffix("s")
        return token._replace(text=number, kind="number")

    return token


def _without_zero(token: NameToken) -> NameToken:
    """Return a version without its final `.0`."""
    if token.kind != "number":
        return token

    version = token.text.removesuffix(".0")
    return token._replace(text=version)


def _is_short_number(token: NameToken) -> bool:
    """Return whether a token is a number of one or two digits."""
    if token.kind != "number" or len(token.text) > 2:
        return False

    return token.text.isdigit()


def _with_class(
    identities: Mapping[str, str], word_class: WordClass
) -> dict[str, tuple[str, WordClass]]:
    """Return phrase → (identity, class) for phrases of one class."""
    phrases: dict[str, tuple[str, WordClass]] = {}
    for phrase, identity in identities.items():
        phrases[phrase] = (identity, word_class)
    return phrases


@cache
def _chinese_phrases() -> Phrases:
    """Return folded Chinese phrase → (identity, class)."""
    # A term outweighs a place, and a place outweighs a maker.
    phrases = _with_class(gazetteer.makers_in_chinese(), WordClass.MAKER)
    phrases.update(_with_class(gazetteer.places_in_chinese(), WordClass.PLACE))
    phrases.update(_with_class(vocabulary.chinese(), WordClass.TERM))
    return phrases


@cache
def _max_phrase_chars() -> int:
    """Return the length of the longest Chinese phrase."""
    return max(map(len, _chinese_phrases()))


@cache
def _phrases() -> Phrases:
    """Return folded Chinese or joined singular English phrase → (identity, class)."""
    phrases = _with_class(vocabulary.english(), WordClass.TERM)
    phrases.update(_chinese_phrases())
    return phrases


@cache
def _places() -> Phrases:
    """Return joined Latin name of a place → (identity, class)."""
    return _with_class(gazetteer.places(), WordClass.PLACE)


def read_words(tokens: Sequence[NameToken], name: str) -> list[Word]:
    """Return the words of a name: the longest phrases the vocabulary knows, translated.

    `tokens` are those of `name` as it is written.
    """
    # Titans is not the plural of Titan, and AWS is no plural at all.
    may_be_plural = len(tokens) > 2 or not name[:1].isupper()
    capitals = _CAPITALS_WITH_S.findall(name)
    abbreviations = frozenset(map(str.lower, capitals))
    singulars = [_singular(token.text, abbreviations) for token in tokens]

    words: list[Word] = []
    start = 0
    while start < len(tokens):
        phrase, end = _longest_phrase(tokens, singulars, start)
        if phrase:
            words.append(phrase)
        else:
            for word in _single_words(tokens[start : start + 2]):
                if may_be_plural and word.word_class is WordClass.PROPER:
                    word = _in_singular(word, abbreviations)
                words.append(word)

        start = end

    return words


def _in_singular(word: Word, abbreviations: frozenset[str]) -> Word:
    """Return a Latin word without a plural ending."""
    singular = _singular(word.text, abbreviations)
    return word._replace(text=singular)


def _longest_phrase(
    tokens: Sequence[NameToken], singulars: Sequence[str], start: int
) -> tuple[Word | None, int]:
    """Return the longest known phrase at `start` and its end; (None, `start` + 1) without one."""
    phrases = _phrases()
    places = _places()
    first = tokens[start]
    # A number alone is no phrase.
    shortest = start if first.kind == "word" else start + 1
    longest = min(len(tokens), start + _MAX_PHRASE_TOKENS)
    for end in range(longest, shortest, -1):
        letters = "".join(texts_of(tokens[start:end]))
        singular = "".join(singulars[start:end])
        phrase = phrases.get(singular) or places.get(letters)
        if not phrase:
            continue

        identity, word_class = phrase
        word = Word(
            identity,
            word_class,
            letters,
            first.glued,
        )
        return word, end

    return None, start + 1


def _singular(word: str, abbreviations: frozenset[str]) -> str:
    """Return `word` without a plural ending, unless it is an abbreviation or a maker."""
    if not word.endswith("s"):
        return word
    if word in abbreviations:
        return word
    if word in gazetteer.makers():
        return word

    return vocabulary.singular(word)


def _single_words(tokens: Sequence[NameToken]) -> Iterator[Word]:
    """Yield the words of the first of two `tokens`, which is in no phrase.

    Only a run of Han characters has several.
    """
    token, *rest = tokens
    text = token.text
    if token.kind != "word":
        is_size = token.kind in ("size", "active")
        word_class = WordClass.SIZE if is_size else WordClass.NUMBER
    elif is_han(text[0]):
        yield from _segment(text)
        return
    else:
        word_class = WordClass.PROPER
        if rest and rest[0].kind in ("number", "lettered"):
            text = _before_version(text, rest[0])

    yield Word(
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
        following = cuts[start + 1]
        cut = _cut_before(following)
        longest = min(_max_phrase_chars(), len(run) - start)
        for length in range(1, longest + 1):
            end = start + length
            if run[start:end] not in phrases:
                continue

            candidate = _phrase_cut(length, cuts[end])
            # Ties keep the first cut.
            if candidate[:2] < cut[:2]:
                cut = candidate

        cuts[start] = cut

    return cuts


def _phrase_cut(length: int, rest: _Cut) -> _Cut:
    """Return the cut with a phrase of `length` characters before `rest`."""
    return _Cut(
        uncovered=rest.uncovered,
        pieces=rest.pieces + 1,
        length=length,
        is_phrase=True,
    )


def _cut_before(rest: _Cut) -> _Cut:
    """Return the cut with one more character in no phrase before `rest`."""
    uncovered = rest.uncovered + 1
    if rest.length and not rest.is_phrase:
        return _Cut(
            uncovered=uncovered,
            pieces=rest.pieces,
            length=rest.length + 1,
            is_phrase=False,
        )

    return _Cut(
        uncovered=uncovered,
        pieces=rest.pieces + 1,
        length=1,
        is_phrase=False,
    )


def _unknown_word(text: str) -> Word:
    """Return Han characters that no phrase contains as a word."""
    word_class = WordClass.TERM if text in _PARTICLES else WordClass.PROPER
    return Word(text, word_class, text)
