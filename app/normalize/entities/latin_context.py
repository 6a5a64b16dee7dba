"""Whether Latin characters that spell a known name are a mention of it.

No longer word, compound, version or variant may reach across their edges (`Qwen` in
`Qwen-Image-Layered`, `GPT-5` in `GPT-5.2`, `Claude` in `Claude 9`), and they need the capitals of
the name.
"""

import re

from app.normalize.entities.affixes import VARIANTS
from app.normalize.lexicon import vocabulary
from app.normalize.text.folding import is_han

_MAX_ABBREVIATION_CHARS = 5
# Names of these types are written with a capital, in the text as well.
_CAPITALISED_TYPES = frozenset(
    ["org", "model", "product", "person", "chip", "dataset", "event", "place"]
)
# Every word of such a name has a capital in the catalogue; one of them has it in the text.
_NAMED_TYPES = frozenset(["org", "person", "place", "event"])
# In capitals as written; in lower case they are words: reinforces.
_UPPER_CASE_TYPES = frozenset(["method", "dataset"])
_VERSIONED_TYPES = frozenset(["model", "product", "chip", "dataset"])
_VARIANT_WORDS = "|".join(sorted(map(re.escape, VARIANTS), key=len, reverse=True))
_VARIANT = re.compile(rf"[ -](?:{_VARIANT_WORDS})(?![a-z])")
_NUMBER = re.compile(
    r" ?v?\d+(?:\.\d+)*(?! ?[\d%倍萬万億亿個个款項项種种年月日天名家篇])",
)
# A plural or possessive is the same name.
_INFLECTION = re.compile(r"(?:'s|s)?(?![a-z0-9])")


def starts_a_name(folded: str, start: int) -> bool:
    """Return whether no longer word or compound begins before `start`."""
    if not _is_word(folded[start]):
        return True

    before = folded[start - 1 : start]
    if _is_word(before):
        return False
    if before in ("-", "."):
        return not _is_word(folded[start - 2 : start - 1])

    return True


def ends_a_name(entity_type: str, text: str, folded: str, end: int) -> bool:
    """Return whether no longer word, compound, version or variant continues after `end`."""
    last_char = folded[end - 1]
    if not _is_word(last_char):
        return True

    inflection = _INFLECTION.match(folded, end)
    if not inflection:
        return False

    end = inflection.end()
    if _continues_compound(text, folded, end):
        return False
    if entity_type not in _VERSIONED_TYPES:
        return True
    if _VARIANT.match(folded, end):
        return False

    return not _NUMBER.match(folded, end)


def _continues_compound(text: str, folded: str, end: int) -> bool:
    """Return whether a version or a capitalised part follows: `-5`, `.2`, `-Image`."""
    joint = folded[end : end + 1]
    following = folded[end + 1 : end + 2]
    if joint not in ("-", ".") or not following:
        return False
    if following.isdigit():
        return True

    return joint == "-" and _is_word(following) and text[end + 1].isupper()


def _is_word(char: str) -> bool:
    return bool(char) and char.isalnum() and not is_han(char)


def has_capitals_of(written: str, entity_type: str, surface: str) -> bool:
    """Return whether a Latin name has the capitals it needs.

    Abbreviations are in capitals, and a single English word has its capital.
    """
    if not surface.isascii():
        return True

    is_capitalised = entity_type in _CAPITALISED_TYPES
    has_capital = any(map(str.isupper, written))
    if not has_capital:
        # A name in lower case that is also a word of the vocabulary is usually just the word.
        word = surface.lower()
        return not is_capitalised or word not in vocabulary.english()
    is_upper = written.isupper()
    if is_upper and len(written) <= _MAX_ABBREVIATION_CHARS:
        return surface.isupper()
    if is_upper and written.isalpha() and entity_type in _UPPER_CASE_TYPES:
        return surface.isupper()
    if " " in written:
        return _has_capitals_of_words(entity_type, surface)

    return not is_capitalised or any(map(str.isupper, surface))


def _has_capitals_of_words(entity_type: str, surface: str) -> bool:
    """Return whether a name of several words has a capital where its type asks for one.

    Check Point is neither "check point" nor "Checkpoint", an everyday word.
    """
    if entity_type not in _NAMED_TYPES:
        return True
    if " " not in surface and surface.lower() in vocabulary.english():
        return False
    return any(map(str.isupper, surface))
