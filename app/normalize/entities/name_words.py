"""A name taken apart into words, each translated to one identity whatever its language, number or script."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
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


_CAPITALS_S = re.compile(r"\b[A-Z]+S\b")


class WordClass(Enum):
    """What a word is, as far as one can tell from the word."""

    TERM = "term"
    PLACE = "place"
    MAKER = "maker"
    PROPER = "proper"
    NUMBER = "number"
    SIZE = "size"


class NameToken(NamedTuple):
    """A stretch of one kind in a folded name."""

    text: str
    kind: str
    glued: bool
    """Whether no separator stands before it."""


class Word(NamedTuple):
    """A token or a phrase, translated to its identity."""

    text: str
    sort: WordClass
    written: str
    """The folded letters it was read from, joined."""
    glued: bool = False


_GLUED_ENDING = re.compile(r"(?<=[a-z]{2})(AI|Labs)$")
# The plural of an abbreviation: GPUs, LLMs. GPTs are a product.
_PLURAL_CAPITALS = re.compile(r"(?<=[A-Z]{2})(?<!\bGPT)s(?![A-Za-z0-9])")
# A two-digit year after an abbreviation: AIME25, AIME'25.
_YEAR = re.compile(r"(?<=[A-Z]{3})['’]?(2\d)$")
_POSSESSIVE = re.compile(r"'s(?![a-z0-9])|(?<=s)'(?![a-z0-9])")
# Command R+ and Command R Plus; C++ stays.
_PLUS = re.compile(r"(?<=[a-z0-9])\+(?![+a-z0-9])(?<!\+\+)")
_TWO = re.compile(r"(?<=[a-z]{3})2(?=[a-z]{3})")
# A domain names what stands before its dot.
_DOMAIN = re.compile(r"([a-z0-9-]{2,})\.(?:com|org|net|io|dev|app|so|co)")


def plain(text: str) -> str:
    """`text` folded, without accents and possessives."""
    # Asked of every known name: a pattern is tried only where it may hold.
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
        folded = "".join(map(_unaccented, folded))
    if "'" in folded:
        folded = _POSSESSIVE.sub(" ", folded).replace("'", "")
    if "+" in folded:
        folded = _PLUS.sub(" plus", folded)
    folded = folded.replace("&", " and ").replace("*", " star ")
    if "2" in folded:
        folded = _TWO.sub(" to ", folded)
    domain = _DOMAIN.fullmatch(folded.strip()) if "." in folded else None
    return domain[1] if domain else folded.strip()


def joined(text: str) -> str:
    """The letters and digits of `text` alone, folded."""
    return "".join(char for char in plain(text) if char.isalnum())


@cache
def _unaccented(char: str) -> str:
    if is_han(char):
        return char
    return "".join(
        part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
    )


def read_tokens(text: str) -> list[NameToken]:
    """The stretches of letters of one script, numbers, sizes and dates that `text` is made of, versions normalised."""
    text = plain(text)
    if text and all(map(is_han, text)) and text.isalpha():
        return [NameToken(text, "word", False)]
    found: list[NameToken] = []
    end = 0
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        glued = bool(found) and match.start() == end
        for part in _scripts(match.group()) if kind == "word" else [match.group()]:
            found.append(NameToken(part, kind, glued))
            glued = True
        end = match.end()
    return _versions(found)


def _scripts(text: str) -> Iterator[str]:
    """`text` cut where Han and other letters meet."""
    if text.isascii():
        yield text
        return
    start = 0
    for at, (one, two) in enumerate(pairwise(text), start=1):
        if is_han(one) != is_han(two):
            yield text[start:at]
            start = at
    yield text[start:]


def _versions(tokens: Sequence[NameToken]) -> list[NameToken]:
    """Numbers normalised: `3-5` is 3.5, `3.0` is 3, `2024-08-06` is one."""
    out: list[NameToken] = []
    for token in tokens:
        text = token.text
        if token.kind == "date":
            text = re.sub(r"\D", "", text)
        elif token.kind == "lettered" and text.endswith("s"):
            out.append(NameToken(text[:-1], "number", token.glued))
            continue
        elif token.kind == "number":
            last = out[-1] if out else None
            if last and last.kind == "number" and _is_short(last.text) and _is_short(text):
                out[-1] = NameToken(f"{last.text}.{text}", "number", last.glued)
                continue
        out.append(NameToken(text, token.kind, token.glued))
    return [
        NameToken(t.text.removesuffix(".0"), t.kind, t.glued)
        if t.kind == "number" and t.text.endswith(".0")
        else t
        for t in out
    ]


def _is_short(number: str) -> bool:
    return len(number) <= 2 and number.isdigit()


@cache
def _chinese() -> dict[str, tuple[str, WordClass]]:
    """Folded Chinese phrase → (identity, sort)."""
    table = {
        phrase: (identity, WordClass.MAKER)
        for phrase, identity in gazetteer.makers_in_chinese().items()
    }
    table |= {
        phrase: (identity, WordClass.PLACE)
        for phrase, identity in gazetteer.places_in_chinese().items()
    }
    return table | {
        phrase: (identity, WordClass.TERM) for phrase, identity in vocabulary.chinese().items()
    }


@cache
def _longest() -> int:
    return max(map(len, _chinese()))


def read_words(tokens: Sequence[NameToken], written: str) -> list[Word]:
    """Tokens gathered into the longest phrases the vocabulary knows, each translated."""
    # Titans is no more the plural of Titan than AWS is one.
    plural = len(tokens) > 2 or not written[:1].isupper()
    capitals = frozenset(word.lower() for word in _CAPITALS_S.findall(written))
    texts = [token.text for token in tokens]
    singulars = [_singular(text, capitals) for text in texts]
    phrases, places = _phrases(), _places()
    words: list[Word] = []
    at = 0
    while at < len(tokens):
        for end in range(min(len(tokens), at + 6), at, -1):
            if end - at == 1 and tokens[at].kind != "word":
                continue
            if found := phrases.get("".join(singulars[at:end])) or places.get(
                "".join(texts[at:end])
            ):
                words.append(Word(*found, "".join(texts[at:end]), tokens[at].glued))
                at = end
                break
        else:
            words += _single(
                tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None, plural, capitals
            )
            at += 1
    return words


@cache
def _phrases() -> dict[str, tuple[str, WordClass]]:
    """Folded Chinese or joined singular English phrase → (identity, sort)."""
    return {
        phrase: (identity, WordClass.TERM) for phrase, identity in vocabulary.english().items()
    } | _chinese()


@cache
def _places() -> dict[str, tuple[str, WordClass]]:
    """Joined Latin name of a place → (identity, sort)."""
    return {name: (identity, WordClass.PLACE) for name, identity in gazetteer.places().items()}


def _singular(word: str, capitals: frozenset[str]) -> str:
    if not word.endswith("s") or word in capitals or word in gazetteer.makers():
        return word
    return vocabulary.singular(word)


def _single(
    token: NameToken, following: NameToken | None, plural: bool, capitals: frozenset[str]
) -> list[Word]:
    if token.kind in ("size", "active"):
        return [Word(token.text, WordClass.SIZE, token.text, token.glued)]
    if token.kind != "word":
        return [Word(token.text, WordClass.NUMBER, token.text, token.glued)]
    if is_han(token.text[0]):
        return list(_segment(token.text))
    text = token.text
    # ChatGPT 4 and OpenAI 4 are GPT-4, DINOv2 is DINO v2.
    if following and following.kind in ("number", "lettered"):
        text = "gpt" if text in ("chatgpt", "openai") else text
        text = text[:-1] if following.glued and len(text) > 3 and text.endswith("v") else text
    text = _singular(text, capitals) if plural else text
    return [Word(text, WordClass.PROPER, token.text, token.glued)]


def _segment(text: str) -> Iterator[Word]:
    """A Han run cut into phrases so that the fewest characters, then the fewest cuts, are left over.

    The longest phrase first would read 具身智能體 as 具身智能 and 體.
    """
    # best[at] = (characters in no phrase, pieces, length of the piece that starts here, whether it is a phrase)
    known, longest = _chinese(), _longest()
    if text in known:
        yield Word(*known[text], text)
        return
    best = [(0, 0, 0, False)] * (len(text) + 1)
    for at in range(len(text) - 1, -1, -1):
        after = best[at + 1]
        best[at] = (
            after[0] + 1,
            after[1] + (after[3] or not after[2]),
            1 if after[3] else after[2] + 1,
            False,
        )
        for size in range(1, min(longest, len(text) - at) + 1):
            if text[at : at + size] in known:
                after = best[at + size]
                best[at] = min(
                    best[at], (after[0], after[1] + 1, size, True), key=lambda cut: cut[:2]
                )
    at = 0
    while at < len(text):
        size, is_phrase = best[at][2:]
        piece = text[at : at + size]
        yield Word(*known[piece], piece) if is_phrase else _han(piece)
        at += size


def _han(text: str) -> Word:
    return Word(
        text, WordClass.TERM if text in ("的", "之", "式", "型", "化") else WordClass.PROPER, text
    )
