"""Whether Latin characters that spell a known name are a mention of it.

No longer word, compound, version or variant may reach across their edges (`Qwen` in
`Qwen-Image-Layered`, `GPT-5` in `GPT-5.2`, `Claude` in `Claude 9`), they need the capitals of the
name, and no word beside them tells of another meaning (`lexicon/other_meanings.py`).
"""

import re
from collections.abc import Sequence

from app.normalize.entities.affixes import VARIANTS
from app.normalize.entities.identifiers import is_in_identifier
from app.normalize.lexicon import vocabulary
from app.normalize.lexicon.other_meanings import OWN_WORDS, OtherMeaning, other_meanings
from app.normalize.text.counted import COUNTED
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
_NUMBER = re.compile(rf" ?v?\d+(?:\.\d+)*(?!\d|{COUNTED})")
# A plural or possessive is the same name.
_INFLECTION = re.compile(r"(?:'s|s)?(?![a-z0-9])")


_MAX_EVERYDAY_WORDS = 2
# With the dot of compounds and the long-vowel mark; folding makes half-width letters wide.
_KATAKANA = frozenset(map(chr, range(0x30A1, 0x3100)))
_MAX_BEFORE_CHARS = 24
_FIRST_KANA = "\u3041"
# "a Gemini model": a word of the name's own beside it outweighs the one before it.
_MAX_ADJACENT_CHARS = 3
_FAR_CHARS = 1_000
_MAX_SENTENCE_CHARS = 80
_PREFIX_BEFORE = re.compile(r"(?<![^\W_\u3400-\u9fff])(?<!-)(?:ex|non|anti|pro)-$")
_MAX_PREFIX_CHARS = 6
# A Latin stop ends a sentence only before a space: 3.5, example.com.
_SENTENCE_END = re.compile(r"[。！？；\n]|[.!?;](?=\s)")


_ROLE_BEFORE = re.compile(
    r"(?:研究员|作家|诗人|导演|演员|歌手|记者|主厨|议员|教授|博士|律师|医师|医生|选手|球员|画家|作曲家|声优|"
    r"(?<![a-z])(?:mrs?\.?|ms\.?|dr\.?|prof\.?|professor|researcher|poet|actor|actress|chef|"
    r"senator|singer|director|author|reporter|journalist|painter|composer|judge)) ?$"
)
_MAX_ROLE_CHARS = 14
_SURNAME_AFTER = re.compile(
    r" (?!(?:Code|Pro|Max|Mini|Model|Team|Labs?|Studio|Agent|Desktop|Cloud|Ultra|Flash)\b)"
    r"[A-Z][a-z]+(?![\w])"
)


def starts_a_name(folded: str, start: int) -> bool:
    """Return whether no longer word or compound begins before `start`."""
    if not _is_word(folded[start]):
        return True

    before = folded[start - 1 : start]
    if _is_word(before) and not _is_edge_of_scripts(before, folded[start]):
        return False
    if before in ("-", "."):
        return not _is_word(folded[start - 2 : start - 1]) or _has_prefix(folded, start)

    return True


def _has_prefix(folded: str, start: int) -> bool:
    """Return whether a prefix with a dash is before a name: ex-Google, non-NVIDIA."""
    return _PREFIX_BEFORE.search(folded, max(start - _MAX_PREFIX_CHARS, 0), start) is not None


def ends_a_name(entity_type: str, text: str, folded: str, end: int) -> bool:
    """Return whether no longer word, compound, version or variant continues after `end`."""
    last_char = folded[end - 1]
    if not _is_word(last_char):
        return True
    if last_char in _KATAKANA:
        return not _is_word(folded[end : end + 1]) or _is_edge_of_scripts(last_char, folded[end])

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


def _is_edge_of_scripts(char: str, following: str) -> bool:
    """Return whether a word ends between two letters of unlike scripts: のアマゾン, とOpenAI."""
    return _script(char) != _script(following)


def _script(char: str) -> str:
    """Return "katakana", "hiragana" or "hangul"; "" for all other letters and digits."""
    if char < _FIRST_KANA:
        return ""
    if char in _KATAKANA:
        return "katakana"
    if char < "\u30a0":
        return "hiragana"
    return "hangul" if "\uac00" <= char <= "\ud7a3" else ""


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

    Check Point is neither "check point" nor "Checkpoint", an everyday word. An app store is not
    Apple's App Store.
    """
    if entity_type == "product" and surface.islower():
        words = re.split(r"[ -]", surface)
        is_everyday = all(word in vocabulary.english() for word in words)
        return not is_everyday or len(words) > _MAX_EVERYDAY_WORDS
    if entity_type not in _NAMED_TYPES:
        return True
    if " " not in surface and surface.lower() in vocabulary.english():
        return False
    return any(map(str.isupper, surface))


def has_other_meaning(folded: str, start: int, end: int, context: Sequence[str] = ()) -> bool:
    """Return whether the words beside a Latin name tell of another meaning (Claude Monet).

    `context` are the name's own words; the nearest word of either kind decides.
    """
    if is_in_identifier(folded, start, end):
        return True
    for meaning in other_meanings().get(folded[start:end], ()):
        if _is_meant(meaning, folded, start, end, context):
            return True
    return False


def is_first_name(text: str, folded: str, start: int, end: int) -> bool:
    """Return whether a role is before a name of one word, and a surname after it: 研究員 Phi Nguyen.

    A tool or a model that a person uses has a noun in lower case or another name after it.
    """
    if not _SURNAME_AFTER.match(text, end) or " " in text[start:end]:
        return False
    first = max(start - _MAX_ROLE_CHARS, 0)
    return _ROLE_BEFORE.search(folded, first, start) is not None


def is_company(folded: str, start: int, end: int) -> bool:
    """Return whether a word of a company or a model is in the sentence around a name."""
    return _distance(OWN_WORDS, folded, start, end) < _FAR_CHARS


def _is_meant(
    meaning: OtherMeaning, folded: str, start: int, end: int, context: Sequence[str]
) -> bool:
    """Return whether a name has another meaning, by the words beside it or the nearest word."""
    if meaning.after.match(folded, end):
        return True
    before = folded[max(start - _MAX_BEFORE_CHARS, 0) : start]
    is_before = meaning.before.search(before)
    nearest = _own_distance(folded, start, end, context)
    if is_before and nearest > _MAX_ADJACENT_CHARS:
        return True
    return _distance(meaning.nearby, folded, start, end) < nearest


def _own_distance(folded: str, start: int, end: int, context: Sequence[str]) -> int:
    """Return the characters between a name and the nearest of its own words in the sentence."""
    distance = _distance(OWN_WORDS, folded, start, end)
    for word in context:
        distance = min(distance, _distance(re.compile(re.escape(word)), folded, start, end))
    return distance


def _distance(words: re.Pattern[str], folded: str, start: int, end: int) -> int:
    """Return the characters between a name and the nearest word in its sentence."""
    first, last = _sentence(folded, start, end)
    distance = _FAR_CHARS
    for match in words.finditer(folded, end, last):
        distance = match.start() - end
        break
    for match in words.finditer(folded, first, start):
        distance = min(distance, start - match.end())
    return distance


def _sentence(folded: str, start: int, end: int) -> tuple[int, int]:
    """Return the ends of the sentence around a name, at most the limit on either side."""
    first = max(start - _MAX_SENTENCE_CHARS, 0)
    for stop in _SENTENCE_END.finditer(folded, first, start):
        first = stop.end()
    last = min(end + _MAX_SENTENCE_CHARS, len(folded))
    stopped = _SENTENCE_END.search(folded, end, last)
    return first, stopped.start() if stopped else last
