"""One spelling of a name, taken apart: its maker, its words, its version, its size.

Two spellings with one `core` write the same name. The core has no maker, legal form, plural, script
or word break, but every number, size and variant word. No other name of the document matters here.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.normalize.entities.affixes import (
    VARIANTS,
    Makers,
    maker_identity,
    take_maker,
    without_affixes,
)
from app.normalize.entities.name_words import (
    Word,
    WordClass,
    joined_letters,
    read_tokens,
    read_words,
    texts_of,
)
from app.normalize.entities.names import name_key, read_cell
from app.normalize.lexicon import gazetteer
from app.normalize.text.folding import fold, has_han

_COUNTED = (WordClass.NUMBER, WordClass.SIZE)
_VOCABULARY = (WordClass.TERM, WordClass.PLACE)
_MIN_FAMILY_CHARS = 3
_SMALL_WORDS = frozenset(
    ["the", "of", "and", "for", "in", "a", "an", "to", "on", "with", "from", "as"]
)
_ARTICLES = ("the", "of")
_LATIN = re.compile(r"[A-Za-z0-9]")
_HAN_RUN = re.compile(r"[㐀-鿿豈-﫿]+")
_BRACKET = re.compile(r"^(.*\S)\s*[（(]([^()（）]+)[)）]$")


class ParsedName(NamedTuple):
    """A name taken apart. Keys are opaque strings, only to be compared for equality."""

    name: str
    key: str
    """`name_key` of the name."""
    full: str
    """Key of all words, translated and normalised."""
    core: str
    """`full` without maker, legal form and words that add nothing."""
    order: str
    """`full` with its words sorted; equal to `full` if the order of words has a meaning."""
    bare: str
    """The words in their order, the "v" of a version included; compared with a `tail`."""
    tail: str
    """`bare` without its first word, if the rest still identifies a member; else empty."""
    head: str
    """The word that `tail` leaves out."""
    maker: str
    """Identity of the maker that was removed, or empty."""
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    sizes: tuple[str, ...]
    tokens: tuple[str, ...]
    """The folded tokens as written."""
    term: bool
    """Whether all words belong to the vocabulary of the field."""
    inner: str
    """The name in brackets after the name, or empty."""

    @property
    def profile(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Numbers and sizes: two names with different ones are never the same."""
        return self.numbers, self.sizes


def parse_name(
    name: str,
    makers: Makers | None = None,
    brands: Mapping[str, str] | None = None,
) -> ParsedName:
    """Return `name` taken apart.

    `makers` maps joined Latin spellings of further makers to their identities. `brands` maps folded
    Chinese names of companies, models and products to their Latin names (文心 4.5, ERNIE 4.5).
    """
    cell = read_cell(name).name
    text = _with_latin_brands(cell, brands or {})
    is_lower_case = text[:1].islower()
    # Hyperbolic is a company, hyperbolic geometry is not its product.
    known_makers = makers if makers and not is_lower_case else {}
    outer, inner = _read_bracket(text, known_makers)
    tokens = read_tokens(outer)
    words = read_words(tokens, text)
    maker, rest = take_maker(words, known_makers)
    # "defense AI" is a kind of AI; "Cursor AI" and "cursor-ai" are Cursor.
    if not is_lower_case or "AI" not in text:
        rest = without_affixes(rest, known_makers)

    head, tail = _split_family(words)
    # A name without letters or digits is its own key.
    key = name_key(cell)
    full = _key(words) or key
    core = full
    if rest != words:
        core = _key(rest) or key
    order = full
    if _is_order_free(words, maker, known_makers):
        order = _key(_sorted_words(words)) or key

    return ParsedName(
        name=name,
        key=key,
        full=full,
        core=core,
        order=order,
        bare=_in_order(words),
        tail=tail,
        head=head,
        maker=maker,
        words=tuple([word.text for word in rest if word.word_class not in _COUNTED]),
        numbers=_numbers(rest),
        sizes=_sizes(rest),
        tokens=tuple(texts_of(tokens)),
        term=_classes(words).issubset(_VOCABULARY),
        inner=inner,
    )


def _with_latin_brands(text: str, brands: Mapping[str, str]) -> str:
    """Return `text` with Chinese brands in Latin, if it has other Latin letters or digits.

    A brand whose Latin name is in the text already stays.
    """
    if not brands or text.isascii():
        return text
    if not _LATIN.search(text):
        return text
    if not has_han(text):
        return text

    folded_text = text.casefold()

    def latin_brand(run: re.Match[str]) -> str:
        brand = brands.get(fold(run.group()))
        if brand is None:
            return run.group()
        if brand.casefold() in folded_text:
            return run.group()

        return f" {brand} "

    with_brands = _HAN_RUN.sub(latin_brand, text)
    return with_brands.strip()


def split_bracket(text: str) -> tuple[str, str]:
    """Return `名稱（ABBR）` as (`名稱`, `ABBR`); the second is empty without a closing bracket."""
    match = None
    if text.endswith((")", "）")):
        match = _BRACKET.match(text)
    if not match:
        return text, ""

    return match[1], match[2].strip()


def _read_bracket(text: str, makers: Makers) -> tuple[str, str]:
    """Return the name to read, and the other name that its bracket contains or ""."""
    outer, inner = split_bracket(text)
    if not inner:
        return outer, ""
    # Aurora (xAI): the bracket contains the maker.
    if _is_maker(inner, makers):
        return f"{inner} {outer}", ""
    if _is_other_name(outer, inner):
        return outer, inner

    return text, ""


def _is_maker(text: str, makers: Makers) -> bool:
    letters = joined_letters(text)
    if maker_identity(letters, makers):
        return True

    return fold(text) in gazetteer.makers_in_chinese()


def _is_other_name(outer: str, inner: str) -> bool:
    """Return whether a bracket repeats the name, in the other script or abbreviated.

    Otherwise the bracket tells the name apart from others.
    """
    outer_tokens = read_tokens(outer)
    inner_words = read_words(read_tokens(inner), inner)
    for word in inner_words:
        if word.word_class not in (WordClass.PROPER, WordClass.TERM):
            return False

    if len(inner_words) == 1 and inner_words[0].word_class is WordClass.TERM:
        # 大型語言模型（LLM） repeats the term; 分詞（NLP） names its field.
        outer_words = read_words(outer_tokens, outer)
        return _key(inner_words) == _key(outer_words)

    abbreviation = inner.casefold()
    is_other_script = has_han(outer) != has_han(inner)
    if is_other_script and abbreviation not in VARIANTS:
        return True

    return abbreviation in initials(texts_of(outer_tokens))


def initials(words: Sequence[str]) -> set[str]:
    """Return the abbreviations of a phrase: of all its words, and of all but small words."""
    if len(words) < 2:
        return set()
    if not all(map(is_latin, words)):
        return set()

    main_words = [word for word in words if word not in _SMALL_WORDS]
    return {_initials(words), _initials(main_words)}


def is_latin(word: str) -> bool:
    """Return whether a word consists of the letters a to z, in either case."""
    return word.isascii() and word.isalpha()


def _initials(words: Sequence[str]) -> str:
    letters = ""
    for word in words:
        # An abbreviation inside keeps its letters: AI-generated items are AIGI.
        letters += word if word == "ai" else word[0]
    return letters


def _split_family(words: Sequence[Word]) -> tuple[str, str]:
    """Return (first word, rest as in `bare`) if number and word of the rest identify a member."""
    no_family = ("", "")
    if len(words) < 3:
        return no_family

    family, *rest = words
    if family.word_class is not WordClass.PROPER:
        return no_family
    if len(family.text) < _MIN_FAMILY_CHARS:
        return no_family
    # The 2 of LFM2 belongs to the family.
    if _is_glued_number(rest):
        return no_family

    classes = _classes(rest)
    if WordClass.NUMBER not in classes:
        return no_family
    if classes.issubset(_COUNTED):
        return no_family

    return family.text, _in_order(rest)


def _classes(words: Sequence[Word]) -> set[WordClass]:
    """Return the classes that occur in `words`."""
    return {word.word_class for word in words}


def _in_order(words: Sequence[Word]) -> str:
    """Return the key of words in their order."""
    return "|".join(texts_of(words))


def _is_order_free(words: Sequence[Word], maker: str, makers: Makers) -> bool:
    """Return whether the order of words has no meaning.

    It has none beside a version or a maker, and in Chinese names (Shunyu Yao, Yao Shunyu).
    Elsewhere it may have: LLaVA-Video and Video-LLaVA are two models.
    """
    if len(words) < 2:
        return False

    classes = _classes(words)
    if classes.issubset(_VOCABULARY):
        return False
    if maker or WordClass.NUMBER in classes:
        return True

    last = words[-1]
    if maker_identity(last.letters, makers):
        return True
    if len(words) > 2:
        return False

    return any(map(gazetteer.is_pinyin_surname, texts_of(words)))


def _sorted_words(words: Sequence[Word]) -> list[Word]:
    """Return `words` sorted, without articles; numbers keep their order, before all words."""
    main_words: list[Word] = []
    for word in _without_v(words):
        if word.text not in _ARTICLES:
            main_words.append(word)

    return sorted(main_words or words, key=_word_order)


def _word_order(word: Word) -> str:
    return "" if word.word_class in _COUNTED else word.text


def _numbers(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple([word.text for word in words if word.word_class is WordClass.NUMBER])


def _sizes(words: Sequence[Word]) -> tuple[str, ...]:
    sizes = [word.text for word in words if word.word_class is WordClass.SIZE]
    return tuple(sorted(sizes))


def _without_v(words: Sequence[Word]) -> list[Word]:
    """Return `words` without a "v" that only announces a version; a first "v" stays."""
    result: list[Word] = []
    for index, word in enumerate(words):
        following = words[index + 1 : index + 2]
        if result and word.text == "v" and _is_glued_number(following):
            continue
        result.append(word)

    return result


def _is_glued_number(words: Sequence[Word]) -> bool:
    """Return whether the first of `words` is a number right after the word before it."""
    return bool(words) and words[0].glued and words[0].word_class is WordClass.NUMBER


def _key(words: Sequence[Word]) -> str:
    """Return words joined in order, then numbers, then sizes; empty only without words."""
    numbers = _numbers(words)
    sizes = _sizes(words)
    if not numbers and not sizes:
        return "".join(texts_of(words))

    key = ""
    for word in _without_v(words):
        if word.word_class not in _COUNTED:
            key += word.text
    for number in numbers:
        key += f"#{number}"
    for size in sizes:
        key += f"~{size}"

    return key
