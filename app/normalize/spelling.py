"""One way of writing a name, taken apart: whose it is, its words, its version, its size.

Two spellings with one `core` write the same name: makers, legal suffixes, plurals, scripts and word breaks are gone from it,
while every number, size and variant word is still there. Nothing here knows the other names of a document.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import pairwise

from app.normalize import gazetteer, lexicon
from app.normalize.names import name_key, read_cell
from app.normalize.text import fold, is_han

# Words that tell members of a family apart; alone they name nothing, so no maker is taken off in front of them.
VARIANTS = frozenset(
    "mini nano pro flash lite max ultra plus turbo thinking reasoning vl vision coder code instruct chat base preview "
    "latest image video audio omni realtime high low medium small large tiny heavy fast air zero next live math embedding guard "
    "tts ocr distill experimental exp dev schnell edit layered xl xxl xs alpha beta moe dense standard advanced premium free "
    "speciale super air vlm asr it sft rlhf dpo v".split()
)
_LEGAL = frozenset(
    "inc incorporated corp corporation ltd limited llc gmbh plc co company group holding holdings ag bv pte pty platform".split()
)
_ORGANISATION = frozenset("technology university capital venture venturepartner information".split())
_PRODUCT = frozenset("chip gpu npu processor architecture model largemodel series ai".split())
_STOP = frozenset("the of and for in a an to on with from as".split())
_TOKEN = re.compile(
    r"(?P<date>20\d\d[-./]\d\d[-./]\d\d)(?!\d)"
    r"|(?P<active>(?<![a-z0-9])a\d+(?:\.\d+)?b)(?![a-z0-9])"
    r"|(?P<size>\d+x\d+(?:\.\d+)?[bm]|\d+(?:\.\d+)?(?:[bt]|(?<=\d)m))(?![a-z0-9])"
    r"|(?P<lettered>\d+(?:\.\d+)*[a-z])(?![a-z])"
    r"|(?P<number>\d+(?:\.\d+)*)"
    r"|(?P<word>[^\W\d_]+[#]?\+{0,2})"
)
_BRACKET = re.compile(r"^(.*\S)\s*[（(]([^()（）]+)[)）]$")


class Sort(Enum):
    """What a word is, as far as one can tell from the word."""

    TERM = "term"
    PLACE = "place"
    MAKER = "maker"
    PROPER = "proper"
    NUMBER = "number"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of one kind in a folded name."""

    text: str
    kind: str
    glued: bool
    """Whether no separator stands before it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A token or a phrase, translated to its identity."""

    text: str
    sort: Sort
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name taken apart. Keys are opaque strings, to be compared for equality only."""

    name: str
    key: str
    """`name_key` of the name."""
    full: str
    """Translated and normalised, nothing taken off."""
    core: str
    """`full` without maker, legal form and words that add nothing."""
    order: str
    """`full` with its words sorted; equal to `core` where word order carries meaning."""
    bare: str
    """The words of `full` in their places, the "v" of a version among them, to be met by a `tail`."""
    tail: str
    """`bare` without its first word, where the rest still says which member it is; else empty."""
    head: str
    """The word `tail` went without."""
    maker: str
    """Identity of the maker taken off, or empty."""
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    sizes: tuple[str, ...]
    tokens: tuple[str, ...]
    """The folded stretches, as written."""
    term: bool
    """Whether every word belongs to the vocabulary of the field."""
    inner: str
    """What stood in brackets after the name, or empty."""

    @property
    def profile(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Numbers and sizes: two names that differ here are never one."""
        return self.numbers, self.sizes


def read_spelling(name: str, makers: Mapping[str, str] | None = None) -> Spelling:
    """Take `name` apart. `makers` maps joined Latin spellings of further makers to their identities."""
    text = read_cell(name).name
    known = makers or {}
    outer, inner = split_bracket(text)
    if inner and _maker_of(inner, known):
        # Aurora (xAI): the bracket says whose it is.
        outer, inner = f"{inner} {outer}", ""
    elif inner and not _apposition(outer, inner):
        outer, inner = text, ""
    tokens = _tokens(outer)
    words = _words(tokens, text)
    maker, rest = _take_maker(words, known)
    rest = _take_suffixes(rest, known)
    head, tail = _tail(words)
    term = all(word.sort in (Sort.TERM, Sort.PLACE) for word in words)
    core = _key(rest)
    ordered = _key(sorted(_without_the(_without_v(words)), key=_by_word)) if _any_order(words, maker, known) else core
    return Spelling(
        name=name,
        key=name_key(text),
        full=_key(words),
        core=core,
        order=ordered,
        bare=_positional(words),
        tail=tail,
        head=head,
        maker=maker,
        words=tuple(word.text for word in rest if word.sort not in (Sort.NUMBER, Sort.SIZE)),
        numbers=_numbers(rest),
        sizes=_sizes(rest),
        tokens=tuple(token.text for token in tokens),
        term=term,
        inner=inner,
    )


def split_bracket(text: str) -> tuple[str, str]:
    """`名稱（ABBR）` → (`名稱`, `ABBR`); the second is empty where no bracket closes the name."""
    match = _BRACKET.match(text)
    return (match[1], match[2].strip()) if match else (text, "")


def _maker_of(text: str, makers: Mapping[str, str]) -> str:
    return _maker_id("".join(token.text for token in _tokens(text)), makers) or gazetteer.makers_in_chinese().get(fold(text), "")


def _apposition(outer: str, inner: str) -> bool:
    """Whether a bracket holds the same name again, in the other script or abbreviated, rather than telling it from others."""
    if any(word.sort is not Sort.PROPER and word.sort is not Sort.TERM for word in _words(_tokens(inner), inner)):
        return False
    crosses = any(map(is_han, outer)) != any(map(is_han, inner))
    return (crosses and inner.casefold() not in VARIANTS) or inner.casefold() in initials([t.text for t in _tokens(outer)])


def initials(words: Sequence[str]) -> set[str]:
    """The abbreviations a phrase may have: of all its words, and of all but the small ones."""
    if len(words) < 2 or not all(word.isascii() and word.isalpha() for word in words):
        return set()
    # An abbreviation inside keeps its letters: AI-generated items are AIGI.
    kept = [word for word in words if word not in _STOP]
    return {"".join(w if w == "ai" else w[0] for w in some) for some in (words, kept)}


def plain(text: str) -> str:
    """`text` folded, without accents and possessives."""
    text = re.sub(r"(?<=[a-z]{2})(AI|Labs)$", r" \1", text)
    # The plural of an abbreviation: GPUs, LLMs.
    text = re.sub(r"(?<=[A-Z]{2})s(?![A-Za-z0-9])", "", text)
    # A two-digit year after an abbreviation: AIME25, AIME'25.
    text = re.sub(r"(?<=[A-Z]{3})['’]?(2\d)$", r" 20\1", text)
    folded = "".join(
        char if is_han(char) else "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
        for char in fold(text)
    )
    folded = re.sub(r"'s(?![a-z0-9])|(?<=s)'(?![a-z0-9])", " ", folded).replace("'", "")
    folded = re.sub(r"(?<=[a-z0-9])\+(?![+a-z0-9])(?<!\+\+)", " plus", folded).replace("&", " and ").replace("*", " star ")
    folded = re.sub(r"(?<=[a-z]{3})2(?=[a-z]{3})", " to ", folded)
    # Domains name what stands before the dot.
    folded = re.sub(r"^([a-z0-9-]{2,})\.(?:com|org|net|io|dev|app|so|co)$", r"\1", folded.strip())
    return folded


def _tokens(text: str) -> list[Token]:
    text = plain(text)
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        glued = bool(found) and match.start() == end
        for part in _scripts(match.group()) if kind == "word" else [match.group()]:
            found.append(Token(part, kind, glued))
            glued = True
        end = match.end()
    return _versions(found)


def _scripts(text: str) -> Iterator[str]:
    """`text` cut where Han and other letters meet."""
    start = 0
    for at, (one, two) in enumerate(pairwise(text), start=1):
        if is_han(one) != is_han(two):
            yield text[start:at]
            start = at
    yield text[start:]


def _versions(tokens: Sequence[Token]) -> list[Token]:
    """Numbers normalised: `3-5` is 3.5, `3.0` is 3, `2024-08-06` is one."""
    out: list[Token] = []
    for token in tokens:
        text = token.text
        if token.kind == "date":
            text = re.sub(r"\D", "", text)
        elif token.kind == "lettered" and text.endswith("s"):
            out.append(Token(text[:-1], "number", token.glued))
            continue
        elif token.kind == "number":
            last = out[-1] if out else None
            if last and last.kind == "number" and len(last.text) <= 2 and len(text) <= 2 and text.isdigit() and last.text.isdigit():
                out[-1] = Token(f"{last.text}.{text}", "number", last.glued)
                continue
        out.append(Token(text, token.kind, token.glued))
    return [Token(re.sub(r"(?<=\d)\.0$", "", t.text), t.kind, t.glued) if t.kind == "number" else t for t in out]


@cache
def _chinese() -> dict[str, tuple[str, Sort]]:
    """Folded Chinese phrase → (identity, sort)."""
    table = {phrase: (identity, Sort.MAKER) for phrase, identity in gazetteer.makers_in_chinese().items()}
    table |= {phrase: (identity, Sort.PLACE) for phrase, identity in gazetteer.places_in_chinese().items()}
    return table | {phrase: (identity, Sort.TERM) for phrase, identity in lexicon.chinese().items()}


@cache
def _longest() -> int:
    return max(map(len, _chinese()))


def _words(tokens: Sequence[Token], written: str) -> list[Word]:
    """Tokens gathered into the longest phrases the vocabulary knows, each translated."""
    # Titans is no more the plural of Titan than AWS is one.
    plural = len(tokens) > 2 or not written[:1].isupper()
    words: list[Word] = []
    at = 0
    while at < len(tokens):
        for end in range(min(len(tokens), at + 6), at, -1):
            run = tokens[at:end]
            if (end - at > 1 or run[0].kind == "word") and (found := _phrase(run)):
                words.append(Word(*found, glued=run[0].glued))
                at = end
                break
        else:
            words += _single(tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None, plural)
            at += 1
    return words


def _phrase(run: Sequence[Token]) -> tuple[str, Sort] | None:
    joined = "".join(token.text if is_han(token.text[0]) else lexicon.singular(token.text) for token in run)
    if joined in _chinese():
        return _chinese()[joined]
    if joined in lexicon.english():
        return lexicon.english()[joined], Sort.TERM
    plain_run = "".join(token.text for token in run)
    if plain_run in gazetteer.places():
        return gazetteer.places()[plain_run], Sort.PLACE
    return None


def _single(token: Token, following: Token | None, plural: bool) -> list[Word]:
    if token.kind in ("size", "active"):
        return [Word(token.text, Sort.SIZE, token.glued)]
    if token.kind != "word":
        return [Word(token.text, Sort.NUMBER, token.glued)]
    if is_han(token.text[0]):
        return list(_segment(token.text))
    text = token.text
    # ChatGPT 4 and OpenAI 4 are GPT-4, DINOv2 is DINO v2.
    if following and following.kind in ("number", "lettered"):
        text = "gpt" if text in ("chatgpt", "openai") else text
        text = text[:-1] if following.glued and len(text) > 3 and text.endswith("v") else text
    text = lexicon.singular(text) if plural and text not in gazetteer.makers() else text
    return [Word(text, Sort.PROPER, token.glued)]


def _segment(text: str) -> Iterator[Word]:
    """A Han run cut by longest match; what no phrase covers stays as it is."""
    at = start = 0
    while at < len(text):
        for size in range(min(_longest(), len(text) - at), 0, -1):
            if found := _chinese().get(text[at : at + size]):
                if start < at:
                    yield Word(text[start:at], _han_sort(text[start:at]))
                yield Word(*found)
                at = start = at + size
                break
        else:
            at += 1
    if start < at:
        yield Word(text[start:at], _han_sort(text[start:at]))


def _han_sort(text: str) -> Sort:
    return Sort.TERM if text in ("的", "之", "式", "型", "化") else Sort.PROPER


def _maker_id(joined: str, makers: Mapping[str, str]) -> str:
    return gazetteer.makers().get(joined) or makers.get(joined, "")


def _take_maker(words: list[Word], makers: Mapping[str, str]) -> tuple[str, list[Word]]:
    """(maker, the rest) where the name opens with a maker and the rest can stand alone; else ("", all)."""
    if words and words[0].text == "the" and len(words) > 1:
        words = words[1:]
    for size in (3, 2, 1):
        lead, rest = words[:size], words[size:]
        if not rest or len(lead) < size:
            continue
        joined = "".join(word.text for word in lead)
        maker = lead[0].text if size == 1 and lead[0].sort is Sort.MAKER else _maker_id(joined, makers)
        if maker and (_stands_alone(rest) or rest[0].text == maker):
            again, deeper = _take_maker(rest, makers)
            return (again or maker), deeper
    return "", words


def _stands_alone(words: Sequence[Word]) -> bool:
    """Whether `words` name one thing without their maker: not a term, a variant or a bare version."""
    proper = [w for w in words if w.sort is Sort.PROPER and w.text not in VARIANTS and w.text not in _LEGAL]
    numbers = [w for w in words if w.sort is Sort.NUMBER]
    if any(len(w.text) >= 3 or is_han(w.text[0]) for w in proper):
        return True
    # o3, R1, H100; 18A, 4o.
    if numbers and proper:
        return True
    return any(re.search(r"\d[a-z]$", w.text) for w in numbers)


def _take_suffixes(words: list[Word], makers: Mapping[str, str]) -> list[Word]:
    """`words` without what adds nothing: legal forms, kinds of thing, architecture beside a size, implied qualifiers."""
    words = list(words)
    if any(w.sort is Sort.SIZE and not w.text.startswith("a") for w in words):
        kept = [w for w in words if w.text not in ("dense", "mixtureofexpert") and not re.match(r"a\d", w.text)]
        words = kept if any(w.sort is Sort.PROPER for w in kept) else words
    # University of Oxford; Renmin University of China.
    texts = [w.text for w in words]
    if texts[:2] == ["university", "of"] and len(words) == 3 and words[2].sort in (Sort.PROPER, Sort.MAKER):
        words = words[2:]
    elif texts[-3:-1] == ["university", "of"] and words[-1].sort is Sort.PLACE and words[0].sort is Sort.PROPER:
        words = words[:-2]
    while len(words) > 1 and words[-1].sort not in (Sort.NUMBER, Sort.SIZE) and _adds_nothing(words[:-1], words[-1].text, makers):
        words = words[:-1]
    if len(words) > 1 and words[0].text in lexicon.QUALIFIERS and lexicon.implied(tuple(w.text for w in words[1:])):
        return words[1:]
    return words


def _adds_nothing(base: Sequence[Word], suffix: str, makers: Mapping[str, str]) -> bool:
    joined = "".join(word.text for word in base)
    named = any(w.sort is Sort.PROPER and (len(w.text) >= 3 or is_han(w.text[0])) for w in base)
    maker = bool(_maker_id(joined, makers)) or base[-1].sort is Sort.MAKER
    if suffix in _LEGAL:
        return named or maker
    if suffix in _ORGANISATION and (named or maker):
        return len(base) <= 2 and not gazetteer.has_arms(joined)
    if not named or base[-1].text in VARIANTS:
        return suffix in ("gpu", "chip") and any(w.sort is Sort.NUMBER for w in base)
    if suffix == "institute":
        return not maker and is_han(joined[0])
    if suffix == "ai":
        return not gazetteer.has_arms(joined)
    if suffix == "model":
        # "Voyage models" are not Voyage; a version says that a model is meant anyway.
        return any(w.sort is Sort.NUMBER for w in base)
    return suffix in _PRODUCT and not maker and base[-1].sort is not Sort.TERM


def _tail(words: Sequence[Word]) -> tuple[str, str]:
    """(first word, the rest as `bare`) where the rest says by number and word which member of a family it is."""
    if len(words) < 3 or words[0].sort is not Sort.PROPER or len(words[0].text) < 3:
        return "", ""
    rest = words[1:]
    numbered = any(w.sort is Sort.NUMBER for w in rest) and not (rest[0].sort is Sort.NUMBER and rest[0].glued)
    if not numbered or all(w.sort in (Sort.NUMBER, Sort.SIZE) for w in rest):
        return "", ""
    return words[0].text, _positional(rest)


def _positional(words: Sequence[Word]) -> str:
    return "|".join(word.text for word in words)


def _any_order(words: Sequence[Word], maker: str, makers: Mapping[str, str]) -> bool:
    """Whether word order carries nothing: beside a version or a maker, and in Chinese names (Shunyu Yao, Yao Shunyu).

    It may elsewhere: LLaVA-Video and Video-LLaVA are two models.
    """
    texts = [word.text for word in words]
    if len(words) < 2 or all(word.sort in (Sort.TERM, Sort.PLACE) for word in words):
        return False
    if any(word.sort is Sort.NUMBER for word in words) or maker or _maker_id(texts[-1], makers):
        return True
    return len(words) == 2 and any(map(gazetteer.is_pinyin_surname, texts))


def _without_the(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if word.text not in ("the", "of")] or list(words)


def _by_word(word: Word) -> str:
    # A stable sort leaves numbers in the order they were written in.
    return "" if word.sort in (Sort.NUMBER, Sort.SIZE) else word.text


def _numbers(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words if word.sort is Sort.NUMBER)


def _sizes(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(sorted(word.text for word in words if word.sort is Sort.SIZE))


def _without_v(words: Sequence[Word]) -> list[Word]:
    """`words` without the "v" that only says a version follows."""
    kept = []
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else None
        marks = word.text == "v" and following and following.sort is Sort.NUMBER and following.glued
        if not (marks and kept):
            kept.append(word)
    return kept


def _key(words: Sequence[Word]) -> str:
    """Words joined in order, then numbers, then sizes. Never empty where `words` is not."""
    key = "".join(word.text for word in _without_v(words) if word.sort not in (Sort.NUMBER, Sort.SIZE))
    return key + "".join(f"#{n}" for n in _numbers(words)) + "".join(f"~{s}" for s in _sizes(words))
