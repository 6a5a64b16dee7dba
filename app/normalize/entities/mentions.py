"""Known names in running text.

One automaton finds the folded spellings. Word edges and guards then refuse matches that are part
of another name (`Qwen` in `Qwen-Image-Layered`, `GPT-5` in `GPT-5.2`, `Claude` in `Claude 9`). The
longest match wins. Folding keeps the place of every character, so offsets are exact. URLs and code
are skipped.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import ahocorasick

from app.normalize.entities.affixes import VARIANTS
from app.normalize.entities.catalogue import Catalogue, CatalogueEntity, preferred_entity
from app.normalize.lexicon import vocabulary
from app.normalize.text.folding import fold, is_han

# Two Latin letters occur in too many words and abbreviations to be a name.
_MIN_LATIN_CHARS = 3
_MIN_HAN_CHARS = 2
_MAX_NAME_CHARS = 80
_MAX_ABBREVIATION_CHARS = 5
# Names of these types are written with a capital, in the text as well.
_CAPITALISED_TYPES = frozenset(
    ["org", "model", "product", "person", "chip", "dataset", "event", "place"]
)
_VERSIONED_TYPES = frozenset(["model", "product", "chip", "dataset"])
_TYPE_OF_LISTED_NAMES = "product"
_HIDDEN = re.compile(
    r"`{3}.*?(?:`{3}|\Z)|`[^`\n]*`"
    r"|\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)"
    r"|<[^<>\s]+>"
    r"|(?:https?://|www\.)[^\s<>|）)」』，。；、]+",
    re.DOTALL,
)
_VARIANT_WORDS = "|".join(sorted(map(re.escape, VARIANTS), key=len, reverse=True))
_VARIANT = re.compile(rf"[ -](?:{_VARIANT_WORDS})(?![a-z])")
_NUMBER = re.compile(
    r" ?v?\d+(?:\.\d+)*(?! ?[\d%倍萬万億亿個个款項项種种年月日天名家篇])",
)
# A plural or possessive is the same name.
_INFLECTION = re.compile(r"(?:'s|s)?(?![a-z0-9])")
_GAPS = re.compile(r"[\s\-]+|(?<=[㐀-鿿])(?=[a-z0-9])|(?<=[a-z0-9])(?=[㐀-鿿])")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A known name in a text: its characters from `start` to `end`, and its node (`clusters`)."""

    start: int
    end: int
    node: str


@dataclass(frozen=True, slots=True)
class _Name:
    """One spelling of one entity, with the conditions for a match."""

    node: str
    entity_type: str
    written: str
    context: tuple[str, ...] | None
    """Folded words, one of which must occur in the text; None for a name that needs none."""


class Scanner:
    """Automaton of names: built once for a catalogue, then fast for each text."""

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        spellings: Mapping[str, str] | None = None,
    ) -> None:
        """Take the names of `catalogue` and further `spellings` (spelling → node)."""
        self._names: defaultdict[str, list[_Name]] = defaultdict(list)
        if catalogue:
            self._add_catalogue(catalogue)

        for spelling, node in sorted((spellings or {}).items()):
            name = _Name(
                node=node,
                entity_type=_TYPE_OF_LISTED_NAMES,
                written=spelling,
                context=None,
            )
            self._add(name)

    def _add_catalogue(self, catalogue: Catalogue) -> None:
        for slug, entity in catalogue.entities.items():
            contexts = _contexts(entity)
            for spelling in entity.spellings:
                name = _Name(
                    node=f"c:{slug}",
                    entity_type=entity.type,
                    written=spelling,
                    context=contexts.get(fold(spelling)),
                )
                self._add(name)

    def _add(self, name: _Name) -> None:
        written = name.written
        if len(written) > _MAX_NAME_CHARS:
            return
        if not _is_long_enough(written):
            return

        for form in _forms(fold(written)):
            names = self._names[form]
            names.append(name)

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for form in self._names:
            automaton.add_word(form, form)
        automaton.make_automaton()
        return automaton

    def scan(
        self,
        text: str,
        spellings: Mapping[str, str] | None = None,
        visible: Iterable[tuple[int, int]] = (),
    ) -> list[NameMatch]:
        """Return all known names in `text`, in order, none overlapping another.

        `spellings` are further names to search for (spelling → node). `visible` are (start, end)
        ranges that are read although they are code, such as keywords.
        """
        folded = masked(text, visible)
        matches: list[NameMatch] = []
        if spellings:
            scanner = Scanner(spellings=spellings)
            matches.extend(scanner._matches(text, folded))

        matches.extend(self._matches(text, folded))
        return longest_matches(matches)

    def _matches(self, text: str, folded: str) -> Iterator[NameMatch]:
        """Yield every accepted match; matches may overlap."""
        # An automaton without words cannot be searched.
        if not self._names:
            return

        for last, form in self._automaton.iter(folded):
            end = last + 1
            start = end - len(form)
            candidates: list[tuple[str, str]] = []
            for name in self._names[form]:
                if _is_accepted(name, text, folded, start, end):
                    candidates.append((name.entity_type, name.node))

            if not candidates:
                continue

            node = preferred_entity(candidates)
            if node:
                yield NameMatch(start, end, node)


def _is_long_enough(name: str) -> bool:
    if any(map(is_han, name)):
        return len(name) >= _MIN_HAN_CHARS

    letter_count = sum(map(str.isalnum, name))
    return letter_count >= _MIN_LATIN_CHARS


def _contexts(entity: CatalogueEntity) -> dict[str, tuple[str, ...]]:
    """Return folded name → folded context words, for the names that need a context."""
    contexts: dict[str, tuple[str, ...]] = {}
    if not entity.homonym:
        return contexts

    for name, words in entity.homonym.items():
        key = fold(name)
        contexts[key] = tuple(map(fold, words))

    return contexts


def _forms(folded: str) -> set[str]:
    """Return a folded name as written, closed, with spaces and with hyphens."""
    folded = " ".join(folded.split())
    forms = {folded}
    pieces = _GAPS.split(folded)
    if len(pieces) > 1:
        for joint in ("", " ", "-"):
            forms.add(joint.join(pieces))

    return forms


def may_contain(text: str, name: str) -> bool:
    """Return False if a scan of `text` can never find `name`."""
    folded = fold(text)
    return any(form in folded for form in _forms(fold(name)))


def masked(text: str, visible: Iterable[tuple[int, int]] = ()) -> str:
    """Return `text` folded, with NUL for URLs and code outside the `visible` ranges."""
    visible_ranges = list(visible)
    chars = list(fold(text))
    for match in _HIDDEN.finditer(text):
        start, end = match.span()
        if _overlaps(start, end, visible_ranges):
            continue

        length = end - start
        chars[start:end] = "\0" * length

    return "".join(chars)


def _overlaps(start: int, end: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first < end and start < last for first, last in ranges)


def _is_accepted(name: _Name, text: str, folded: str, start: int, end: int) -> bool:
    """Return whether characters `start` to `end` are a mention of `name`."""
    if not _starts_a_name(folded, start):
        return False
    if not _ends_a_name(name, text, folded, end):
        return False
    if not _has_capitals_of(name, text[start:end]):
        return False
    if name.context is None:
        return True

    return any(word in folded for word in name.context)


def _starts_a_name(folded: str, start: int) -> bool:
    """Return whether no longer word or compound begins before `start`."""
    if not _is_word(folded[start]):
        return True

    before = folded[start - 1 : start]
    if _is_word(before):
        return False
    if before in ("-", "."):
        return not _is_word(folded[start - 2 : start - 1])

    return True


def _ends_a_name(name: _Name, text: str, folded: str, end: int) -> bool:
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
    if name.entity_type not in _VERSIONED_TYPES:
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


def _has_capitals_of(name: _Name, surface: str) -> bool:
    """Return whether a Latin name has the capitals it needs.

    Abbreviations are in capitals, and a single English word has its capital.
    """
    if not surface.isascii():
        return True

    written = name.written
    is_capitalised = name.entity_type in _CAPITALISED_TYPES
    has_capital = any(map(str.isupper, written))
    if not has_capital:
        # A name in lower case that is also a word of the vocabulary is usually just the word.
        word = surface.lower()
        return not is_capitalised or word not in vocabulary.english()
    if written.isupper() and len(written) <= _MAX_ABBREVIATION_CHARS:
        return surface.isupper()
    if is_capitalised and " " not in written:
        return any(map(str.isupper, surface))

    return True


def longest_matches(matches: Iterable[NameMatch]) -> list[NameMatch]:
    """Return `matches` in order, none overlapping another.

    The earliest match wins, then the longest, then the one that comes first in `matches`.
    """
    result: list[NameMatch] = []
    end = 0
    for match in sorted(matches, key=_match_order):
        if match.start >= end:
            result.append(match)
            end = match.end

    return result


def _match_order(match: NameMatch) -> tuple[int, int]:
    """Sort key of a match: the earliest, then the longest."""
    return match.start, -match.end
