"""Versions of families as a grammar: head, tier, version, size, date.

The catalogue's members tell which heads take versions (`Claude Opus` of Claude Opus 4.5). An
unknown version of such a head is a new member of the head's family, never the family itself and
never another version: Claude Opus 9, Kimi K9, Llama 9 Scout. One letter is a head where a maker
numbers by it (o1, o3, o4-mini); it needs a sign of the series: a tier, a noun or the maker.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from app.normalize.entities import letter_series
from app.normalize.entities.affixes import VARIANTS
from app.normalize.entities.catalogue import Catalogue, CatalogueEntity
from app.normalize.entities.names import name_key
from app.normalize.lexicon import english_words, vocabulary
from app.normalize.text.counted import counts_something
from app.normalize.text.folding import fold

_VERSIONED_TYPES = frozenset(["model", "product", "chip"])
_MIN_HEAD_CHARS = 2
_MIN_LETTER_VERSIONS = 3
_MIN_LETTER_SHARE = 2 / 3
_MAX_VERSION_DIGITS = 2
# These tiers follow a version in lower case, too; other words do only with a capital or a dash.
_LOWER_CASE_TIERS = frozenset("mini nano pro flash lite max turbo ultra".split())
_VERSION = r"(?:[ -]?v?|[ -][a-z])(?P<number>\d+(?:\.\d+)*)(?:[a-z](?![a-z]))?"
_SIZE = r"[ -]?\d+(?:x\d+)?(?:\.\d+)?[bmt](?:[ -]?a\d+(?:\.\d+)?b)?"
_DATE = r"-\d{4}(?:-?\d\d-?\d\d)?| \d{8}"
_WORD_END = r"(?![a-z0-9])(?!\.\d)"
_SIZE_PATTERN = re.compile(_SIZE + _WORD_END)
_VERSION_PATTERN = re.compile(_VERSION + _WORD_END)
_DATE_PATTERN = re.compile(f"(?:{_DATE}){_WORD_END}")
_WORD_PATTERN = re.compile(r"([ -])([a-z]+)(?![a-z0-9])")
_COMPOUND_PATTERN = re.compile(r"(?:-[A-Z][A-Za-z0-9]*)+(?![A-Za-z0-9])")
# After a number that no member of the catalogue has, these words are counted, too.
_COUNTED_WORDS = re.compile(r" ?(?:times|users|models|of)\b")
_WORD_BEFORE = re.compile(r"(?<![A-Za-z0-9])([A-Z]+[a-z][A-Za-z]*) $")
_MAX_BEFORE_CHARS = 30
_LEARNED_VERSION = re.compile(r"[ -]?(?:(?<=[ -])[a-z])?(?<![\d.])v?(\d+)")


@dataclass(frozen=True, slots=True)
class NewMember:
    """A version that the catalogue lacks: its type, and the slugs of its family and maker."""

    type: str
    family: str
    maker: str | None


@dataclass(slots=True)
class _Head:
    """The words before a version, as the catalogue's members have them."""

    families: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    full_heads: Counter[str] = field(default_factory=Counter)
    """Heads of the titles of the members: claude opus for opus."""
    tiers: set[str] = field(default_factory=set)
    max_digits: int = _MAX_VERSION_DIGITS
    lettered: set[str] = field(default_factory=set)
    """Versions of a head of one letter, as they are written: o1, M5."""


class Versions:
    """Heads of a catalogue that take versions. Immutable."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Learn the heads from the names of all members of families, unless they are compiled."""
        self._catalogue = catalogue
        self._heads: Mapping[str, _Head]
        if catalogue.compiled:
            self._heads = _CompiledHeads(catalogue.compiled["heads"])
        else:
            self._heads = _learned_heads(catalogue)

    def heads(self) -> Iterator[str]:
        """Yield the folded heads."""
        yield from self._heads

    def count(self, head: str) -> int:
        """Return how many names of the catalogue have a folded head before a version."""
        known = self._heads.get(head)
        return known.families.total() if known else 0

    def count_with_tiers(self, head: str) -> int:
        """Return the count of a head, or of its family if that has several tiers: Haiku, Opus."""
        known = self._heads.get(head)
        if known is None:
            return 0
        is_tier = known.families.total() > 1 and any(" " in full for full in known.full_heads)
        return self._family_counts[_most_frequent(known.families)] if is_tier else self.count(head)

    @cached_property
    def _family_counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for head in self._heads:
            counts[_most_frequent(self._heads[head].families)] += self.count(head)
        return counts

    def full_name(self, name: str) -> str:
        """Return a version with the full head: Claude Opus 9 for Opus 9."""
        text = " ".join(name.split())
        folded = fold(text)
        series = letter_series.version_of(text)
        letter = self._heads.get(series[0].lower()) if series else None
        if letter:
            return _most_frequent(letter.full_heads) + folded[1:]
        end = self._end_of_head(text, folded)
        if not end:
            return name
        if self._has_maker_before_letter(folded, end):
            return folded[end + 1 :]
        full_heads = self._heads[_spaced(folded[:end])].full_heads
        return _most_frequent(full_heads) + folded[end:] if full_heads else name

    def _has_maker_before_letter(self, folded: str, end: int) -> bool:
        """Return whether a version is named without the maker that ends at `end`: OpenAI o9."""
        series = letter_series.version_of(folded[end + 1 :])
        head = self._heads.get(series[0]) if series else None
        if head is None or series is None or _most_frequent(head.full_heads) != series[0]:
            return False
        return folded[:end] in self._makers(head)

    def _end_of_head(self, text: str, folded: str) -> int:
        """Return where the longest head of a version ends; 0 if it has none."""
        for end in range(len(folded) - 1, 0, -1):
            if folded[end - 1] in " -" or _spaced(folded[:end]) not in self._heads:
                continue
            # Tiers in lower case count in a name by itself: claude opus 9 thinking.
            written = text if end < _MIN_HEAD_CHARS else folded
            if self.end_of_member(written, folded, 0, end) > end:
                return end
        return 0

    def end_of_member(self, text: str, folded: str, start: int, end: int) -> int:
        """Return where a version of the head at `start` to `end` ends; `end` if none follows.

        `folded` is `text` folded; tiers that are everyday words need a capital there.
        """
        head = self._heads.get(_spaced(folded[start:end]))
        if head is None:
            return end
        position = self._end_of_version(head, text, folded, end)
        if end - start < _MIN_HEAD_CHARS and not self._is_in_series(
            head, text, folded, start, position
        ):
            return end
        return position

    def _is_in_series(self, head: _Head, text: str, folded: str, start: int, position: int) -> bool:
        """Return whether a letter and a number at `start` to `position` are of its series."""
        return letter_series.is_member(
            text,
            folded,
            start,
            position,
            known=head.lettered,
            entity_type=_most_frequent(head.types),
            makers=self._makers(head),
        )

    def _makers(self, head: _Head) -> set[str]:
        """Return the folded names of the makers of a head's families."""
        makers: set[str] = set()
        for slug in head.families:
            maker = self._catalogue.entities.get(self._catalogue.entities[slug].maker or "")
            makers.update(map(fold, maker.spellings if maker else ()))
        return makers

    def _end_of_version(self, head: _Head, text: str, folded: str, end: int) -> int:
        """Return where the version of a head that ends at `end` ends; `end` if none follows."""
        after_tiers = _after_words(head, text, folded, end)
        version = _VERSION_PATTERN.match(folded, after_tiers)
        size = _SIZE_PATTERN.match(folded, after_tiers)
        if size and not (version and version.end() > size.end()):
            position = size.end()
        elif version and _is_version(head, version, folded):
            position = version.end()
        else:
            return end

        while True:
            following = _after_part(head, text, folded, position)
            if following == position:
                return _after_compound(text, position)
            position = following

    def follows_another_name(self, text: str, folded: str, start: int, end: int) -> bool:
        """Return whether the head at `start` to `end` is part of another name.

        Coined heads are none. SteelSeries Arctis Nova 3P is no Amazon Nova: nova is a word, and
        Arctis is neither a word nor the maker.
        """
        before = _WORD_BEFORE.search(text, max(start - _MAX_BEFORE_CHARS, 0), start)
        head = _spaced(folded[start:end])
        if not before or not english_words.count(head) or english_words.count(before[1]):
            return False
        known_words: set[str] = set()
        for slug in self._heads[head].families:
            family = self._catalogue.entities[slug]
            maker = self._catalogue.entities.get(family.maker or "")
            for name in (*family.spellings, *(maker.spellings if maker else ())):
                known_words.update(fold(name).split())
        return fold(before[1]) not in known_words

    def new_member(self, name: str) -> NewMember | None:
        """Return the family and maker of a version that the catalogue lacks; None for others."""
        text = " ".join(name.split())
        folded = fold(text)
        end = self._end_of_head(text, folded)
        if not end or self.end_of_member(text, folded, 0, end) != len(folded):
            return None
        return self._member(folded, end)

    def _member(self, folded: str, end: int) -> NewMember | None:
        """Return the member of a head that ends at `end`, of the closest known version."""
        head = self._heads[_spaced(folded[:end])]
        family = ""
        for cut in range(len(folded) - 1, end, -1):
            slugs = self._catalogue.slugs_by_key(name_key(folded[:cut]))
            if folded[cut] in " -" and len(slugs) == 1:
                family = slugs[0]
                break
        if not family:
            family = _most_frequent(head.families)

        entity = self._catalogue.entities.get(family)
        if entity is None:
            return None
        return NewMember(_most_frequent(head.types), family, entity.maker)


@lru_cache(maxsize=2)
def versions_of(catalogue: Catalogue) -> Versions:
    """Return the versioned heads of a catalogue."""
    return Versions(catalogue)


class _CompiledHeads(Mapping[str, _Head]):
    """Heads of a compiled map, read when they are looked up."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._rows = rows
        self._heads: dict[str, _Head] = {}

    def __getitem__(self, name: str) -> _Head:
        head = self._heads.get(name)
        if head is None:
            families, types, full_heads, tiers, max_digits, lettered = self._rows[name]
            head = _Head(
                families=Counter(families),
                types=Counter(types),
                full_heads=Counter(full_heads),
                tiers=set(tiers),
                max_digits=max_digits,
                lettered=set(lettered),
            )
            self._heads[name] = head
        return head

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def compile_heads(catalogue: Catalogue) -> dict[str, list[Any]]:
    """Return the heads of a catalogue as JSON values."""
    rows: dict[str, list[Any]] = {}
    for name, head in _learned_heads(catalogue).items():
        tiers = sorted(head.tiers)
        lettered = sorted(head.lettered)
        rows[name] = [head.families, head.types, head.full_heads, tiers, head.max_digits, lettered]
    return rows


def _learned_heads(catalogue: Catalogue) -> dict[str, _Head]:
    """Learn the heads from the names of all members of families."""
    heads: defaultdict[str, _Head] = defaultdict(_Head)
    for entity in catalogue.entities.values():
        if entity.type in _VERSIONED_TYPES and entity.family:
            makers = _maker_names(catalogue, entity)
            family = _family_of(catalogue, entity)
            for name in entity.spellings:
                _learn(heads, _without_maker(fold(name), makers), entity, family)
                _learn_letter(heads, name, entity, family)

    for entity in catalogue.entities.values():
        if entity.type != "model" or entity.family:
            continue
        for name in entity.spellings:
            folded = fold(name)
            if folded.isascii() and not any(map(str.isdigit, folded)):
                head = heads[folded]
                head.families[entity.slug] += 1
                head.types[entity.type] += 1

    return {name: head for name, head in heads.items() if len(name) > 1 or _is_series(head)}


def _is_series(head: _Head) -> bool:
    """Return whether several versions of a head of one letter are of one family."""
    ((_, count),) = head.families.most_common(1)
    share = count / head.families.total()
    return len(head.lettered) >= _MIN_LETTER_VERSIONS and share >= _MIN_LETTER_SHARE


def _maker_names(catalogue: Catalogue, entity: CatalogueEntity) -> tuple[str, ...]:
    """Return the folded names of an entity's maker, each with a space."""
    maker = catalogue.entities.get(entity.maker or "")
    if maker is None:
        return ()
    return tuple([f"{fold(name)} " for name in maker.spellings])


def _family_of(catalogue: Catalogue, entity: CatalogueEntity) -> str:
    """Return the closest family without a version in its name: llama for Llama 4 Scout."""
    family = entity.family or ""
    for _ in range(3):
        parent = catalogue.entities.get(family)
        has_version = parent is not None and any(map(str.isdigit, parent.title))
        if parent is None or not has_version or not parent.family:
            break
        family = parent.family
    return family


def is_head(text: str, start: int, end: int) -> bool:
    """Return whether a head before a version is written as a name.

    Steps have numbers, too: "Step 3" is none, Step-3 is one. The conference Ai4 is no AI4.
    """
    head = text[start:end]
    joint = text[end : end + 1]
    if len(head) == _MIN_HEAD_CHARS and head.istitle() and head.lower() in vocabulary.english():
        return False
    if joint == " " and head.lower() in vocabulary.english():
        return False
    return joint != " " or any(map(str.isupper, head))


def _without_maker(name: str, makers: tuple[str, ...]) -> str:
    """Return a folded name without its maker, if what remains has a head: Google Pixel 11."""
    for maker in makers:
        rest = name.removeprefix(maker)
        first_word = re.match("[a-z]*", rest)
        if rest == name or first_word is None:
            continue
        word = first_word.group()
        if len(word) >= _MIN_HEAD_CHARS and word not in VARIANTS:
            return rest
    return name


def _head_of(name: str) -> tuple[str, re.Match[str]] | None:
    """Return the head of a folded name and the match of its version; None without a version."""
    match = _LEARNED_VERSION.search(name)
    if not name.isascii() or not match or match.start() < _MIN_HEAD_CHARS:
        return None
    head = _spaced(name[: match.start()])
    return (head, match) if head[-1:].isalpha() else None


def _learn(heads: defaultdict[str, _Head], name: str, entity: CatalogueEntity, family: str) -> None:
    """Record the head and the tiers of one name of a member."""
    parts = _head_of(name)
    if parts is None:
        return

    text, match = parts
    head = heads[text]
    head.families[family] += 1
    head.types[entity.type] += 1
    head.max_digits = max(head.max_digits, len(match[1]))
    head.tiers.update(re.findall(r"(?<![a-z0-9])[a-z]{3,}", name[match.end() :]))
    title = _head_of(fold(entity.title))
    if title and title[0] != text and title[0].endswith(text):
        head.full_heads[title[0]] += 1


def _learn_letter(
    heads: defaultdict[str, _Head], name: str, entity: CatalogueEntity, family: str
) -> None:
    """Record a letter with a number that begins a name of a member: o1-mini, M5 Pro."""
    version = letter_series.version_of(name)
    if not version:
        return
    folded = fold(name)
    letter = folded[0]
    head = heads[letter]
    head.families[family] += 1
    head.types[entity.type] += 1
    head.lettered.add(version)
    head.max_digits = max(head.max_digits, len(version) - 1)
    for word in re.findall(r"(?<![a-z0-9])[a-z]{3,}", folded[len(version) :]):
        if not letter_series.is_noun(word, entity.type):
            head.tiers.add(word)
    head.full_heads[letter_series.head_of(fold(entity.title), letter)] += 1


def _spaced(head: str) -> str:
    """Return a folded head with single spaces for dashes."""
    return " ".join(head.replace("-", " ").split())


def _most_frequent(counts: Counter[str]) -> str:
    """Return the most frequent key, the first in order among equals."""
    return min(counts, key=lambda key: (-counts[key], key))


def _is_version(head: _Head, version: re.Match[str], folded: str) -> bool:
    """Return whether a number is a version and counts nothing."""
    whole = version["number"].partition(".")[0]
    if len(whole) > head.max_digits:
        return False
    end = version.end()
    return not counts_something(folded, end) and not _COUNTED_WORDS.match(folded, end)


def _after_part(head: _Head, text: str, folded: str, position: int) -> int:
    """Return the end of the size, date or tier at `position`; `position` if there is none."""
    for pattern in (_SIZE_PATTERN, _DATE_PATTERN):
        match = pattern.match(folded, position)
        if match and not folded[position].isalnum():
            return match.end()
    return _after_word(head, text, folded, position)


def _after_compound(text: str, position: int) -> int:
    """Return the end of capitalised parts after a dash: LFM2.5-DSpark is no LFM2.5."""
    match = _COMPOUND_PATTERN.match(text, position)
    return match.end() if match else position


def _after_words(head: _Head, text: str, folded: str, position: int) -> int:
    """Return the end of the tiers at `position`."""
    while True:
        end = _after_word(head, text, folded, position)
        if end == position:
            return position
        position = end


def _after_word(head: _Head, text: str, folded: str, position: int) -> int:
    """Return the end of the tier at `position`; `position` if there is none."""
    match = _WORD_PATTERN.match(folded, position)
    if not match:
        return position
    joint, word = match.groups()
    if word not in head.tiers and word not in VARIANTS:
        return position

    is_capitalised = text[match.start(2)].isupper()
    if is_capitalised or joint == "-" or word in _LOWER_CASE_TIERS:
        return match.end()
    return position
