"""Known names in running text: one automaton over folded spellings, then word edges, guards, and the longest match.

Offsets are exact: folding keeps every character's place. URLs and code are not read. A match is refused where the text goes
on with what would make it another name (`Qwen` in `Qwen-Image-Layered`, `GPT-5` in `GPT-5.2`, `Claude` in `Claude 9`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import ahocorasick

from app.normalize.entities.catalogue import TYPES, Catalogue
from app.normalize.entities.spelling import VARIANTS
from app.normalize.lexicon import vocabulary
from app.normalize.text.folding import fold, is_han

# Two letters stand in too many words and abbreviations to say who is meant.
_SHORTEST_LATIN, _SHORTEST_HAN = 3, 2
_LONGEST = 80
# Types whose names are written with a capital; their spelling in the text must have it, too.
_PROPER = frozenset(["org", "model", "product", "person", "chip", "dataset", "event", "place"])
_VERSIONED = frozenset(["model", "product", "chip", "dataset"])
_HIDDEN = re.compile(
    r"`{3}.*?(?:`{3}|\Z)|`[^`\n]*`|\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|<[^<>\s]+>|(?:https?://|www\.)[^\s<>|）)」』，。；、]+",
    re.DOTALL,
)
_VARIANT_WORDS = "|".join(sorted(map(re.escape, VARIANTS), key=len, reverse=True))
_VARIANT = re.compile(rf"[ -](?:{_VARIANT_WORDS})(?![a-z])")
_NUMBER = re.compile(r" ?v?\d+(?:\.\d+)*(?! ?[\d%倍萬万億亿個个款項项種种年月日天名家篇])")
_GAPS = re.compile(r"[\s\-]+|(?<=[㐀-鿿])(?=[a-z0-9])|(?<=[a-z0-9])(?=[㐀-鿿])")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A known name in a text: characters `start` to `end`, and the node it names (see `clusters`)."""

    start: int
    end: int
    node: str


@dataclass(frozen=True, slots=True)
class _Name:
    """One spelling of one entity, and what must hold for it to count."""

    node: str
    kind: str
    written: str
    context: tuple[str, ...] | None


class Scanner:
    """The names to look for. Made once for a catalogue, cheap to ask for each text."""

    def __init__(
        self, catalogue: Catalogue | None = None, own: Mapping[str, str] | None = None
    ) -> None:
        """The names of `catalogue`, or those a document itself lists: `own`, spelling → node."""
        self._names: defaultdict[str, list[_Name]] = defaultdict(list)
        for entity in catalogue.entities.values() if catalogue else ():
            guards = {fold(name): words for name, words in (entity.homonym or {}).items()}
            for name in entity.spellings:
                self._add(_Name(f"c:{entity.slug}", entity.type, name, guards.get(fold(name))))
        for name, node in sorted((own or {}).items()):
            self._add(_Name(node, "product", name, None))

    def _add(self, name: _Name) -> None:
        if len(name.written) <= _LONGEST and _long_enough(name.written):
            for form in _forms(fold(name.written)):
                self._names[form].append(name)

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for form in self._names:
            automaton.add_word(form, form)
        automaton.make_automaton()
        return automaton

    def _matches(self, text: str, folded: str) -> Iterator[NameMatch]:
        for last, form in self._automaton.iter(folded) if self._names else ():
            start, end = last - len(form) + 1, last + 1
            if name := self._meant(self._names[form], text, folded, start, end):
                yield NameMatch(start, end, name.node)

    def scan(
        self, text: str, own: Mapping[str, str] | None = None, shown: Iterable[tuple[int, int]] = ()
    ) -> list[NameMatch]:
        """Every known name in `text`, in order, none overlapping another; the earliest wins, then the longest.

        `own` are names the document itself lists (spelling → node). `shown` are stretches that are read although
        they are code, such as keywords.
        """
        folded = masked(text, shown)
        found = [
            *(Scanner(own=own)._matches(text, folded) if own else ()),
            *self._matches(text, folded),
        ]
        return longest(found)

    def _meant(
        self, names: Iterable[_Name], text: str, folded: str, start: int, end: int
    ) -> _Name | None:
        """The one entity meant, if the text allows it at all: the first by type, unless two share that place."""
        fitting = {name.node: name for name in names if _holds(name, text, folded, start, end)}
        ranked = sorted(fitting.values(), key=lambda name: (TYPES.index(name.kind), name.node))
        if not ranked or (len(ranked) > 1 and ranked[0].kind == ranked[1].kind):
            return None
        return ranked[0]


def _long_enough(name: str) -> bool:
    if any(map(is_han, name)):
        return len(name) >= _SHORTEST_HAN
    return sum(map(str.isalnum, name)) >= _SHORTEST_LATIN


def _forms(folded: str) -> set[str]:
    """The ways a name is spaced: as written, closed, with blanks, with hyphens."""
    folded = " ".join(folded.split())
    pieces = _GAPS.split(folded)
    return (
        {folded, *(joint.join(pieces) for joint in ("", " ", "-"))} if len(pieces) > 1 else {folded}
    )


def may_hold(text: str, name: str) -> bool:
    """Whether a scan of `text` can find `name`; it need not."""
    folded = fold(text)
    return any(form in folded for form in _forms(fold(name)))


def masked(text: str, shown: Iterable[tuple[int, int]] = ()) -> str:
    """`text` folded, with URLs and code blanked out, but for what is `shown`."""
    kept = list(shown)
    folded = list(fold(text))
    for match in _HIDDEN.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in kept):
            folded[match.start() : match.end()] = "\0" * len(match.group())
    return "".join(folded)


def _holds(name: _Name, text: str, folded: str, start: int, end: int) -> bool:
    return (
        _stands_alone(name, text, folded, start, end)
        and _is_written(name, text[start:end])
        and (name.context is None or any(fold(word) in folded for word in name.context))
    )


def _stands_alone(name: _Name, text: str, folded: str, start: int, end: int) -> bool:
    before, after = folded[start - 1 : start], folded[end : end + 1]
    if _is_word(folded[start]) and (
        _is_word(before) or (before and before in "-." and _is_word(folded[start - 2 : start - 1]))
    ):
        return False
    if not _is_word(folded[end - 1]):
        return True
    # A plural or possessive is the same name.
    following = re.match(r"(?:'s|s)?(?![a-z0-9])", folded[end : end + 3])
    if not following:
        return False
    rest = end + following.end()
    after = folded[rest : rest + 2]
    if after[:1] in ("-", ".") and after[1:]:
        goes_on = after[1].isdigit() or (
            after[0] == "-" and _is_word(after[1]) and text[rest + 1].isupper()
        )
        if goes_on:
            return False
    if name.kind in _VERSIONED:
        return not (_VARIANT.match(folded, rest) or _NUMBER.match(folded, rest))
    return True


def _is_word(char: str) -> bool:
    return bool(char) and char.isalnum() and not is_han(char)


def _is_written(name: _Name, surface: str) -> bool:
    """Whether a Latin name is written as one: abbreviations in capitals, a single English word with its capital."""
    if not surface.isascii():
        return True
    capitals = [c for c in name.written if c.isupper()]
    if not capitals:
        return (
            name.kind not in _PROPER or surface.lower() not in vocabulary.english()
        )  # a name that is always written small
    if name.written.isupper() and len(name.written) <= 5:
        return surface.isupper()
    if name.kind in _PROPER and " " not in name.written:
        return any(map(str.isupper, surface))
    return True


def longest(found: Iterable[NameMatch]) -> list[NameMatch]:
    """`found` in order, none overlapping another; the earliest wins, then the longest, then what stands first."""
    kept: list[NameMatch] = []
    for match in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept
