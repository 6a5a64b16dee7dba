"""One way of writing a name, taken apart: whose it is, its words, its version, its size.

Two spellings with one `core` write the same name: makers, legal suffixes, plurals, scripts and word breaks are gone
from it, while every number, size and variant word is still there. Nothing here knows the other names of a document.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.normalize.entities.name_words import Word, WordClass, joined, read_tokens, read_words
from app.normalize.entities.names import name_key, read_cell
from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import fold, is_han

# Words that tell members of a family apart; alone they name nothing, so no maker is taken off in front of them.
_VARIANTS = """
mini nano pro flash lite max ultra plus turbo thinking reasoning vl vision coder code instruct chat base preview latest
image video audio omni realtime high low medium small large tiny heavy fast air zero next live math embedding guard tts
ocr distill experimental exp dev schnell edit layered xl xxl xs alpha beta moe dense standard advanced premium free
speciale super vlm asr it sft rlhf dpo v
"""
VARIANTS = frozenset(_VARIANTS.split())
_LEGAL = """
inc incorporated corp corporation ltd limited llc gmbh plc co company group holding holdings ag bv pte pty platform
"""
_LEGAL_FORMS = frozenset(_LEGAL.split())
_ORGANISATION = frozenset(
    ["technology", "university", "capital", "venture", "venturepartner", "information"]
)
_PRODUCT = frozenset(
    ["chip", "gpu", "npu", "processor", "architecture", "model", "largemodel", "series", "ai"]
)
_COUNTED = (WordClass.NUMBER, WordClass.SIZE)
_STOP = frozenset(["the", "of", "and", "for", "in", "a", "an", "to", "on", "with", "from", "as"])
_LATIN, _HAN_RUN = re.compile(r"[A-Za-z0-9]"), re.compile(r"[㐀-鿿豈-﫿]+")
_BRACKET = re.compile(r"^(.*\S)\s*[（(]([^()（）]+)[)）]$")


class ParsedName(NamedTuple):
    """A name taken apart. Keys are opaque strings, to be compared for equality only."""

    name: str
    key: str
    """`name_key` of the name."""
    full: str
    """Translated and normalised, nothing taken off."""
    core: str
    """`full` without maker, legal form and words that add nothing."""
    order: str
    """`full` with its words sorted; just `full` where word order carries meaning."""
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


def parse_name(
    name: str, makers: Mapping[str, str] | None = None, brands: Mapping[str, str] | None = None
) -> ParsedName:
    """Take `name` apart.

    `makers` maps joined Latin spellings of further makers to their identities; `brands` maps folded Chinese names of
    companies, models and products to the Latin ones they go by in compounds (文心 4.5, ERNIE 4.5).
    """
    cell = read_cell(name).name
    text = _in_latin(cell, brands or {})
    # Hyperbolic is a company, hyperbolic geometry is not its product.
    known = makers if makers and not text[:1].islower() else {}
    outer, inner = split_bracket(text)
    if inner and _maker_of(inner, known):
        # Aurora (xAI): the bracket says whose it is.
        outer, inner = f"{inner} {outer}", ""
    elif inner and not _apposition(outer, inner):
        outer, inner = text, ""
    tokens = read_tokens(outer)
    words = read_words(tokens, text)
    maker, rest = _take_maker(words, known)
    if not text[:1].islower() or "AI" not in text:
        # "defense AI" is a kind of AI, "Cursor AI" and "cursor-ai" are Cursor.
        rest = _take_suffixes(rest, known)
    head, tail = _tail(words)
    term = all(word.sort in (WordClass.TERM, WordClass.PLACE) for word in words)
    # A name without a letter or digit is itself.
    key = name_key(cell)
    full = _key(words) or key
    core = (_key(rest) if rest != words else full) or key
    return ParsedName(
        name=name,
        key=key,
        full=full,
        core=core,
        order=(_key(_sorted(words)) if _any_order(words, maker, known) else full) or key,
        bare=_positional(words),
        tail=tail,
        head=head,
        maker=maker,
        words=tuple([word.text for word in rest if word.sort not in _COUNTED]),
        numbers=_numbers(rest),
        sizes=_sizes(rest),
        tokens=tuple([token.text for token in tokens]),
        term=term,
        inner=inner,
    )


def _in_latin(text: str, brands: Mapping[str, str]) -> str:
    """`text` with the Chinese brands beside Latin letters or digits in Latin, unless they stand there already."""
    if not brands or text.isascii() or not (any(map(is_han, text)) and _LATIN.search(text)):
        return text

    def latin(run: re.Match[str]) -> str:
        brand = brands.get(fold(run.group()))
        return run.group() if brand is None or brand.casefold() in text.casefold() else f" {brand} "

    return _HAN_RUN.sub(latin, text).strip()


def split_bracket(text: str) -> tuple[str, str]:
    """`名稱（ABBR）` → (`名稱`, `ABBR`); the second is empty where no bracket closes the name."""
    match = _BRACKET.match(text) if text.endswith((")", "）")) else None
    return (match[1], match[2].strip()) if match else (text, "")


def _maker_of(text: str, makers: Mapping[str, str]) -> str:
    return _maker_id(joined(text), makers) or gazetteer.makers_in_chinese().get(fold(text), "")


def _apposition(outer: str, inner: str) -> bool:
    """Whether a bracket holds the name again, in the other script or abbreviated; if not, it tells the name apart."""
    words = read_words(read_tokens(inner), inner)
    if any(word.sort not in (WordClass.PROPER, WordClass.TERM) for word in words):
        return False
    if len(words) == 1 and words[0].sort is WordClass.TERM:
        # 分詞（NLP） says where, 大型語言模型（LLM） says what.
        return _key(words) == _key(read_words(read_tokens(outer), outer))
    crosses = any(map(is_han, outer)) != any(map(is_han, inner))
    if crosses and inner.casefold() not in VARIANTS:
        return True
    return inner.casefold() in initials([token.text for token in read_tokens(outer)])


def initials(words: Sequence[str]) -> set[str]:
    """The abbreviations a phrase may have: of all its words, and of all but the small ones."""
    if len(words) < 2 or not all(word.isascii() and word.isalpha() for word in words):
        return set()
    # An abbreviation inside keeps its letters: AI-generated items are AIGI.
    kept = [word for word in words if word not in _STOP]
    return {"".join(w if w == "ai" else w[0] for w in some) for some in (words, kept)}


def _maker_id(written: str, makers: Mapping[str, str]) -> str:
    return gazetteer.makers().get(written) or makers.get(written, "")


def _take_maker(words: list[Word], makers: Mapping[str, str]) -> tuple[str, list[Word]]:
    """(maker, the rest) where the name opens with a maker and the rest can stand alone; else ("", all)."""
    if (
        len(words) > 1
        and words[0].text == "the"
        and any(word.sort is WordClass.PROPER for word in words[1:])
    ):
        words = words[1:]
    for size in (3, 2, 1):
        lead, rest = words[:size], words[size:]
        if not rest or len(lead) < size:
            continue
        written = "".join(word.written for word in lead)
        maker = (
            lead[0].text
            if size == 1 and lead[0].sort is WordClass.MAKER
            else _maker_id(written, makers)
        )
        if maker and (_stands_alone(rest) or rest[0].text == maker):
            again, deeper = _take_maker(rest, makers)
            return (again or maker), deeper
    return "", words


def _stands_alone(words: Sequence[Word]) -> bool:
    """Whether `words` name one thing without their maker: not a term, a variant or a bare version."""
    proper = [
        w
        for w in words
        if w.sort is WordClass.PROPER and w.text not in VARIANTS and w.text not in _LEGAL_FORMS
    ]
    numbers = [w for w in words if w.sort is WordClass.NUMBER]
    if any(len(w.text) >= 3 or is_han(w.text[0]) for w in proper):
        return True
    # o3, R1, H100; 18A, 4o.
    if numbers and proper:
        return True
    return any(re.search(r"\d[a-z]$", w.text) for w in numbers)


def _take_suffixes(words: list[Word], makers: Mapping[str, str]) -> list[Word]:
    """`words` without what adds nothing: legal forms, kinds of thing, implied qualifiers, "MoE" beside a size."""
    words = list(words)
    if any(w.sort is WordClass.SIZE and not w.text.startswith("a") for w in words):
        kept = [
            w
            for w in words
            if w.text not in ("dense", "mixtureofexpert") and not re.match(r"a\d", w.text)
        ]
        words = kept if any(w.sort is WordClass.PROPER for w in kept) else words
    # University of Oxford; Renmin University of China.
    texts = [w.text for w in words]
    if (
        texts[:2] == ["university", "of"]
        and len(words) == 3
        and words[2].sort in (WordClass.PROPER, WordClass.MAKER)
    ):
        words = words[2:]
    elif (
        texts[-3:-1] == ["university", "of"]
        and words[-1].sort is WordClass.PLACE
        and words[0].sort is WordClass.PROPER
    ):
        words = words[:-2]
    while len(words) > 1 and _adds_nothing(words[:-1], words[-1].text, makers):
        words = words[:-1]
    if (
        len(words) > 1
        and words[0].text in vocabulary.QUALIFIERS
        and vocabulary.implies_qualifier(tuple(w.text for w in words[1:]))
    ):
        return words[1:]
    return words


def _adds_nothing(base: Sequence[Word], suffix: str, makers: Mapping[str, str]) -> bool:
    written = "".join(word.written for word in base)
    named = any(
        w.sort is WordClass.PROPER and (len(w.text) >= 3 or is_han(w.text[0])) for w in base
    )
    maker = bool(_maker_id(written, makers)) or base[-1].sort is WordClass.MAKER
    if suffix in _LEGAL_FORMS:
        return named or maker
    if suffix in _ORGANISATION and (named or maker):
        return len(base) <= 2 and not gazetteer.has_arms(written)
    if not named or base[-1].text in VARIANTS:
        return suffix in ("gpu", "chip") and any(w.sort is WordClass.NUMBER for w in base)
    if suffix == "institute":
        return not maker and is_han(written[0])
    if suffix == "ai":
        return not gazetteer.has_arms(written)
    if suffix == "model":
        # "Voyage models" are not Voyage; a version says that a model is meant anyway.
        return any(w.sort is WordClass.NUMBER for w in base)
    return suffix in _PRODUCT and not maker and base[-1].sort is not WordClass.TERM


def _tail(words: Sequence[Word]) -> tuple[str, str]:
    """(first word, the rest as `bare`) where the rest says by number and word which member of a family it is."""
    if len(words) < 3 or words[0].sort is not WordClass.PROPER or len(words[0].text) < 3:
        return "", ""
    rest = words[1:]
    numbered = any(w.sort is WordClass.NUMBER for w in rest) and not (
        rest[0].sort is WordClass.NUMBER and rest[0].glued
    )
    if not numbered or all(w.sort in (WordClass.NUMBER, WordClass.SIZE) for w in rest):
        return "", ""
    return words[0].text, _positional(rest)


def _positional(words: Sequence[Word]) -> str:
    return "|".join(word.text for word in words)


def _any_order(words: Sequence[Word], maker: str, makers: Mapping[str, str]) -> bool:
    """Whether word order carries nothing: beside a version or a maker, and in Chinese names (Shunyu Yao, Yao Shunyu).

    It may elsewhere: LLaVA-Video and Video-LLaVA are two models.
    """
    texts = [word.text for word in words]
    if len(words) < 2 or all(word.sort in (WordClass.TERM, WordClass.PLACE) for word in words):
        return False
    if (
        any(word.sort is WordClass.NUMBER for word in words)
        or maker
        or _maker_id(words[-1].written, makers)
    ):
        return True
    return len(words) == 2 and any(map(gazetteer.is_pinyin_surname, texts))


def _sorted(words: Sequence[Word]) -> list[Word]:
    """`words` sorted, without articles; the sort is stable and leaves numbers in the order they were written in."""
    kept = [word for word in _without_v(words) if word.text not in ("the", "of")]
    return sorted(
        kept or words, key=lambda w: "" if w.sort in (WordClass.NUMBER, WordClass.SIZE) else w.text
    )


def _numbers(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple([word.text for word in words if word.sort is WordClass.NUMBER])


def _sizes(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(sorted([word.text for word in words if word.sort is WordClass.SIZE]))


def _without_v(words: Sequence[Word]) -> list[Word]:
    """`words` without the "v" that only says a version follows."""
    kept: list[Word] = []
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else None
        marks = (
            word.text == "v"
            and following
            and following.sort is WordClass.NUMBER
            and following.glued
        )
        if not (marks and kept):
            kept.append(word)
    return kept


def _key(words: Sequence[Word]) -> str:
    """Words joined in order, then numbers, then sizes. Never empty where `words` is not."""
    numbers, sizes = _numbers(words), _sizes(words)
    if not numbers and not sizes:
        return "".join([word.text for word in words])
    key = "".join([word.text for word in _without_v(words) if word.sort not in _COUNTED])
    return key + "".join([f"#{n}" for n in numbers]) + "".join([f"~{s}" for s in sizes])
