"""Affixes of names: makers in front, legal forms and kinds of things behind, removed by rules.

Every rule has an example. The tests check the examples.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.normalize.entities.name_words import Word, WordClass, letters_of, texts_of
from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import is_han

VARIANTS = frozenset(
    """
    mini nano pro flash lite max ultra plus turbo thinking reasoning vl vision coder code instruct
    chat base preview latest image video audio omni realtime high low medium small large tiny heavy
    fast air zero next live math embedding guard tts ocr distill experimental exp dev schnell edit
    layered xl xxl xs alpha beta moe dense standard advanced premium free speciale super vlm asr it
    sft rlhf dpo v
    """.split()
)
"""Words that tell the members of a family apart. Alone they name nothing."""
_LEGAL_FORMS = frozenset(
    """
    inc incorporated corp corporation ltd limited llc gmbh plc co company group holding holdings ag
    bv pte pty platform
    """.split()
)
_ORGANISATIONS = frozenset(
    ["technology", "university", "capital", "venture", "venturepartner", "information"]
)
_PRODUCTS = frozenset(["chip", "gpu", "npu", "processor", "architecture", "largemodel", "series"])
_MIXTURE_WORDS = ("dense", "mixtureofexpert")
_ACTIVE_SIZE = re.compile(r"a\d")
_LETTERED_NUMBER = re.compile(r"\d[a-z]$")
_MIN_NAME_CHARS = 3
_MAX_MAKER_WORDS = 3
_MAX_WORDS_BEFORE_ORGANISATION = 2

Makers = Mapping[str, str]
"""Joined Latin spelling of a maker → identity."""
Example = tuple[str, str]
"""Longer and shorter name."""


def maker_identity(letters: str, makers: Makers) -> str:
    """Return the identity of a well-known or given maker; empty for other letters."""
    return gazetteer.makers().get(letters) or makers.get(letters, "")


def take_maker(words: list[Word], makers: Makers) -> tuple[str, list[Word]]:
    """Return (maker, rest) if the name begins with a maker and the rest is a name of its own.

    Otherwise return ("", all words). An article in front of a proper name is removed.
    """
    words = _without_article(words)
    for size in range(_MAX_MAKER_WORDS, 0, -1):
        lead = words[:size]
        rest = words[size:]
        if not rest:
            continue
        maker = _maker_of(lead, makers)
        if maker and (rest[0].text == maker or _is_name(rest)):
            inner_maker, inner_rest = take_maker(rest, makers)
            return inner_maker or maker, inner_rest

    return "", words


def _without_article(words: list[Word]) -> list[Word]:
    rest = words[1:]
    if not rest or words[0].text != "the":
        return words
    if not _has_class(rest, WordClass.PROPER):
        return words

    return rest


def _maker_of(words: Sequence[Word], makers: Makers) -> str:
    """Return the identity of the maker that `words` name; empty for none."""
    first = words[0]
    if len(words) == 1 and first.word_class is WordClass.MAKER:
        return first.text

    letters = letters_of(words)
    return maker_identity(letters, makers)


def _is_name(words: Sequence[Word]) -> bool:
    """Return whether `words` name one thing without their maker.

    A term, a variant or a bare version does not.
    """
    has_proper = False
    has_number = False
    has_lettered_number = False
    for word in words:
        if word.word_class is WordClass.NUMBER:
            has_number = True
            if _LETTERED_NUMBER.search(word.text):
                has_lettered_number = True

        if word.word_class is not WordClass.PROPER:
            continue
        if word.text in VARIANTS:
            continue
        if word.text in _LEGAL_FORMS:
            continue
        if _is_long(word):
            return True

        has_proper = True

    # o3, R1, H100 have a letter and a number; 18A and 4o have both in one word.
    if has_lettered_number:
        return True

    return has_proper and has_number


def _is_long(word: Word) -> bool:
    """Return whether a word alone is long enough for a name."""
    return len(word.text) >= _MIN_NAME_CHARS or is_han(word.text[0])


def _has_class(words: Sequence[Word], word_class: WordClass) -> bool:
    return any(word.word_class is word_class for word in words)


class Stem(NamedTuple):
    """The words before a suffix, as far as the suffix rules need them."""

    letters: str
    word_count: int
    is_maker: bool
    has_name: bool
    """Whether a proper word is long enough for a name."""
    has_number: bool
    ends_in_variant: bool
    ends_in_term: bool

    @property
    def is_name(self) -> bool:
        """Whether the stem is a proper name that does not end in a variant word."""
        return self.has_name and not self.ends_in_variant


def _stem(words: Sequence[Word], makers: Makers) -> Stem:
    letters = letters_of(words)
    last = words[-1]
    is_maker = last.word_class is WordClass.MAKER
    has_name = False
    for word in words:
        if word.word_class is WordClass.PROPER and _is_long(word):
            has_name = True

    return Stem(
        letters=letters,
        word_count=len(words),
        is_maker=is_maker or bool(maker_identity(letters, makers)),
        has_name=has_name,
        has_number=_has_class(words, WordClass.NUMBER),
        ends_in_variant=last.text in VARIANTS,
        ends_in_term=last.word_class is WordClass.TERM,
    )


@dataclass(frozen=True, slots=True)
class SuffixRule:
    """Condition on the words before a suffix under which the suffix adds nothing."""

    suffixes: frozenset[str]
    condition: Callable[[Stem], bool]
    example: Example
    """A name with the suffix, and the same name without."""
    counterexample: Example
    """A name with the suffix, and another name without."""


def _is_name_or_maker(stem: Stem) -> bool:
    return stem.has_name or stem.is_maker


def _is_short_name_without_arms(stem: Stem) -> bool:
    if stem.word_count > _MAX_WORDS_BEFORE_ORGANISATION:
        return False
    if gazetteer.has_arms(stem.letters):
        return False

    return _is_name_or_maker(stem)


def _is_name_without_arms(stem: Stem) -> bool:
    if not stem.is_name:
        return False

    return not gazetteer.has_arms(stem.letters)


def _is_chinese_name(stem: Stem) -> bool:
    if stem.is_maker or not stem.is_name:
        return False

    return is_han(stem.letters[0])


def _is_model_number(stem: Stem) -> bool:
    return stem.has_number and not stem.is_name


def _is_name_with_number(stem: Stem) -> bool:
    return stem.is_name and stem.has_number


def _is_product_name(stem: Stem) -> bool:
    if stem.is_maker or stem.ends_in_term:
        return False

    return stem.is_name


SUFFIX_RULES = (
    SuffixRule(
        suffixes=_LEGAL_FORMS,
        condition=_is_name_or_maker,
        example=("Zorblax Inc.", "Zorblax"),
        counterexample=("cloud platform", "cloud"),
    ),
    SuffixRule(
        suffixes=_ORGANISATIONS,
        condition=_is_short_name_without_arms,
        example=("Carnegie Mellon University", "Carnegie Mellon"),
        counterexample=("New York University", "New York"),
    ),
    SuffixRule(
        suffixes=frozenset(["institute"]),
        condition=_is_chinese_name,
        example=("摩卡研究院", "摩卡"),
        counterexample=("Zorblax Institute", "Zorblax"),
    ),
    SuffixRule(
        suffixes=frozenset(["ai"]),
        condition=_is_name_without_arms,
        example=("Cursor AI", "Cursor"),
        counterexample=("Meta AI", "Meta"),
    ),
    SuffixRule(
        suffixes=frozenset(["gpu", "chip"]),
        condition=_is_model_number,
        example=("H100 GPU", "H100"),
        counterexample=("ZQ chip", "ZQ"),
    ),
    # "Voyage models" are not Voyage. A version tells that a model is meant anyway.
    SuffixRule(
        suffixes=frozenset(["model"]),
        condition=_is_name_with_number,
        example=("Zorblax 3 model", "Zorblax 3"),
        counterexample=("Voyage models", "Voyage"),
    ),
    SuffixRule(
        suffixes=_PRODUCTS,
        condition=_is_product_name,
        example=("Blackwell 架構", "Blackwell"),
        counterexample=("NVIDIA GPU", "NVIDIA"),
    ),
)


def _conditions_by_suffix() -> dict[str, list[Callable[[Stem], bool]]]:
    conditions: defaultdict[str, list[Callable[[Stem], bool]]] = defaultdict(list)
    for rule in SUFFIX_RULES:
        for suffix in rule.suffixes:
            known = conditions[suffix]
            known.append(rule.condition)

    return dict(conditions)


_CONDITIONS = _conditions_by_suffix()


def _without_suffixes(words: list[Word], makers: Makers) -> list[Word]:
    while len(words) > 1:
        *stem_words, suffix = words
        if not _adds_nothing(suffix, stem_words, makers):
            break
        words = stem_words

    return words


def _adds_nothing(suffix: Word, stem_words: Sequence[Word], makers: Makers) -> bool:
    """Return whether a rule allows to remove the last word of a name."""
    conditions = _CONDITIONS.get(suffix.text)
    if not conditions:
        return False

    stem = _stem(stem_words, makers)
    return any(condition(stem) for condition in conditions)


def _without_mixture(words: list[Word], makers: Makers) -> list[Word]:
    if not any(map(_is_total_size, words)):
        return words

    rest: list[Word] = []
    for word in words:
        if word.text in _MIXTURE_WORDS:
            continue
        if _ACTIVE_SIZE.match(word.text):
            continue

        rest.append(word)

    if not _has_class(rest, WordClass.PROPER):
        return words

    return rest


def _is_total_size(word: Word) -> bool:
    """Return whether a word is the number of all parameters, not of the active ones (A22B)."""
    if word.word_class is not WordClass.SIZE:
        return False

    return not word.text.startswith("a")


def _without_university_of(words: list[Word], makers: Makers) -> list[Word]:
    if len(words) != 3:
        return words

    *head, name = words
    if texts_of(head) != ["university", "of"]:
        return words
    if name.word_class not in (WordClass.PROPER, WordClass.MAKER):
        return words

    return [name]


def _without_country_of_university(words: list[Word], makers: Makers) -> list[Word]:
    middle = words[-3:-1]
    if texts_of(middle) != ["university", "of"]:
        return words

    first = words[0]
    last = words[-1]
    if first.word_class is not WordClass.PROPER:
        return words
    if last.word_class is not WordClass.PLACE:
        return words

    return words[:-2]


def _without_qualifier(words: list[Word], makers: Makers) -> list[Word]:
    rest = words[1:]
    if not rest or words[0].text not in vocabulary.QUALIFIERS:
        return words
    if not vocabulary.implies_qualifier(texts_of(rest)):
        return words

    return rest


class Reduction(NamedTuple):
    """A function that removes words which add nothing, with an example of its effect."""

    reduce: Callable[[list[Word], Makers], list[Word]]
    example: Example


REDUCTIONS = (
    Reduction(_without_mixture, ("Zorblax-MoE-235B-A22B", "Zorblax 235B")),
    Reduction(_without_university_of, ("University of Oxford", "Oxford")),
    Reduction(_without_country_of_university, ("Renmin University of China", "Renmin University")),
    Reduction(_without_suffixes, ("Zorblax Group Ltd.", "Zorblax")),
    Reduction(_without_qualifier, ("AI hallucination", "hallucination")),
)


def without_affixes(words: list[Word], makers: Makers) -> list[Word]:
    """Return `words` without those that add nothing, by each of `REDUCTIONS` in turn."""
    for reduction in REDUCTIONS:
        words = reduction.reduce(words, makers)
    return words
