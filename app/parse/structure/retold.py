"""Leaves that only list, or tell again more shortly, what other parts of the document tell."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import References, block_lines, text_links
from app.parse.structure.leaves import Leaf
from app.parse.structure.units import Unit
from app.parse.titles import title_key
from app.parse.vocabulary import section_kind

_MIN_RETOLD = 2
_RETOLD_SHARE = 0.6
_MAX_UNITS = 30
_MAX_EARLY_LEAVES = 8
_MAX_DIGEST_CHARS = 400
_MIN_KEY_CHARS = 7
_MIN_CONTAINED_CHARS = 11
_MAX_COMPARED = 1_000
_MAX_CANDIDATES = 50
_MAX_HEADINGS = 200
_SHORTER = 1.5
_MUCH_SHORTER = 2.0
_ALIKE_SHARE = 0.7
_PARAPHRASED_SHARE = 0.4
_FOCUS_SHARE = 0.12
_MIN_SHARED_WORDS = 3
_LINKED_SHARE = 0.6
_RARE_SHARE = 0.25
_MIN_RARE = 2
_WORD_CHARS = 6
_NAMED_SHARE = 0.5
_MAX_TEXT_CHARS = 4_000
_FOCUS = re.compile(
    r"聚焦|焦[點点]|重[點点]|看[點点]|要[聞闻]|注目|ハイライト|\b(?:highlights?|focus|key|top|changed)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[a-z0-9][a-z0-9.]{2,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@dataclass
class Telling:
    """One unit, or the text below one heading: its name, sources and length, for comparison."""

    leaf: int
    parent: int
    key: str
    links: frozenset[str]
    chars: int
    blocks: Sequence[Block]
    title: str
    words: frozenset[str] = field(default_factory=frozenset)


def mark_digests(
    leaves: Sequence[Leaf],
    parents: dict[int, int],
    references: References,
) -> None:
    """Mark the leaves that hold no news of their own: others tell the same, and more of it."""
    ordered = [leaf for leaf in leaves if not leaf.barred]
    comparison = _Comparison(ordered, parents, references)
    for index, leaf in enumerate(ordered):
        if leaf.branch.apparatus == "digest":
            leaf.digest = not comparison.has_news(index)
            continue
        early = index < _MAX_EARLY_LEAVES and not leaf.branch.is_headline
        leaf.digest = early and comparison.is_listed_later(index)
        if leaf.balance > 0:
            # The units of an item are its fields and points.
            continue
        elsewhere = comparison.is_listed_elsewhere(index) or comparison.is_paraphrase(index)
        leaf.digest = leaf.digest or elsewhere
    for index in comparison.retold_headings():
        ordered[index].digest = True


class _Comparison:
    """Everything that a document tells, by its sources, names and words."""

    def __init__(
        self,
        leaves: Sequence[Leaf],
        parents: dict[int, int],
        references: References,
    ) -> None:
        self.leaves = leaves
        self.units: list[list[Telling]] = []
        self.headings: list[Telling | None] = []
        self.tellings: list[Telling] = []
        self.by_link: dict[str, list[Telling]] = {}
        self.rare: dict[str, list[Telling]] | None = None
        for index, leaf in enumerate(leaves):
            self._add(index, leaf, parents, references)
        self.linked = sum(bool(telling.links) for telling in self.tellings)
        several = (index for index, units in enumerate(self.units) if len(units) >= _MIN_RETOLD)
        self.first = next(several, -1)
        """The first leaf that lists several matters, -1 without any."""

    def _add(
        self,
        index: int,
        leaf: Leaf,
        parents: dict[int, int],
        references: References,
    ) -> None:
        parent = parents.get(id(leaf.branch), 0)
        units: list[Telling] = []
        for unit in leaf.units.units if leaf.units else []:
            name = unit.title.text if unit.title else ""
            links = _links(unit.blocks, references)
            if unit.title:
                links |= {link.target for link in unit.title.links if link.target}
            units.append(
                Telling(
                    index,
                    parent,
                    title_key(name),
                    links,
                    unit.text_chars,
                    unit.blocks,
                    name,
                )
            )
        self.units.append(units)
        title = leaf.branch.title
        heading: Telling | None = None
        if leaf.whole and title:
            links = _links(leaf.blocks, references)
            links |= {link.target for link in title.links if link.target}
            heading = Telling(
                index,
                parent,
                title_key(title.text),
                links,
                sum(len(plain_text(line.text)) for line in block_lines(leaf.blocks)),
                leaf.blocks,
                title.text,
            )
        self.headings.append(heading)
        # A section's name covers all of its units; only an item's heading is one matter.
        alone = [heading] if heading and (leaf.balance > 0 or not units) else []
        for telling in [*units, *alone]:
            self.tellings.append(telling)
            for link in telling.links:
                self.by_link.setdefault(link, []).append(telling)

    def is_listed_later(self, index: int) -> bool:
        """Return whether most units of an early leaf have a title that comes again later."""
        unit_list = self.leaves[index].units
        units = unit_list.units[:_MAX_UNITS] if unit_list else []
        if len(units) < _MIN_RETOLD:
            return False
        later: list[Telling] = []
        for following in range(index + 1, len(self.leaves)):
            heading = self.headings[following]
            name = heading or _named(self.leaves[following], following)
            later.extend([name, *self.units[following]])
            if len(later) >= _MAX_COMPARED:
                break
        later = [telling for telling in later if len(telling.key) >= _MIN_KEY_CHARS]
        retold = sum(_comes_again(unit, later) for unit in units)
        return retold >= _RETOLD_SHARE * len(units)

    def is_listed_elsewhere(self, index: int) -> bool:
        """Return whether most units name what another leaf names, with its sources, more fully."""
        units = self.units[index][:_MAX_UNITS]
        alone = len(units) < _MIN_RETOLD
        retold = sum(self._is_told_more_fully(telling, alone=alone) for telling in units)
        return bool(units) and retold >= _RETOLD_SHARE * len(units)

    def _is_told_more_fully(self, telling: Telling, *, alone: bool) -> bool:
        """Return whether another leaf tells more with the same sources.

        A unit that is `alone` in its leaf has to have the same name there, too.
        """
        for link in telling.links:
            for other in self.by_link.get(link, [])[:_MAX_CANDIDATES]:
                same = other.key == telling.key
                if alone and not same:
                    continue
                least = _SHORTER if same else _MUCH_SHORTER
                longer = other.chars > least * telling.chars
                elsewhere = other.leaf != telling.leaf and telling.links <= other.links
                if elsewhere and longer and _names_words_of(telling, other):
                    return True
        return False

    def is_paraphrase(self, index: int) -> bool:
        """Return whether a leaf without sources says what others, most with sources, tell."""
        units = self.units[index][:_MAX_UNITS]
        if len(units) < _MIN_RETOLD or any(telling.links for telling in units):
            return False
        if any(telling.chars > _MAX_DIGEST_CHARS for telling in units):
            return False
        linked = self.linked
        others = len(self.tellings) - len(units)
        if linked < _MIN_RETOLD or linked < _LINKED_SHARE * others:
            return False
        least = _PARAPHRASED_SHARE
        if index == self.first and _names_focus(self.leaves[index]):
            least = _FOCUS_SHARE
        retold = sum(self._is_paraphrased(telling, least) for telling in units)
        return retold >= _RETOLD_SHARE * len(units)

    def has_news(self, index: int) -> bool:
        """Return whether a digest by name lists sources and matters that are nowhere else."""
        units = self.units[index]
        if len(units) < _MIN_RETOLD:
            return False
        news = 0
        for telling in units:
            others = [
                other
                for link in telling.links
                for other in self.by_link.get(link, [])[:_MAX_CANDIDATES]
                if other.leaf != index
            ]
            news += bool(telling.links) and not others and not self._is_paraphrased(telling)
        return news * 2 >= len(units)

    def _is_paraphrased(self, telling: Telling, least: float = _PARAPHRASED_SHARE) -> bool:
        """Return whether another telling with a source has many of the rarer words of this."""
        if self.rare is None:
            self.rare = self._rare_words()
        rare = [word for word in _words(telling) if word in self.rare]
        shared: dict[int, int] = {}
        for word in rare:
            for other in self.rare[word]:
                if other.leaf != telling.leaf and other.links:
                    shared[id(other)] = shared.get(id(other), 0) + 1
        highest = max(shared.values(), default=0)
        return highest >= max(_MIN_SHARED_WORDS, least * len(rare))

    def _rare_words(self) -> dict[str, list[Telling]]:
        """Return the tellings that have a word, for the words that few of them have."""
        index: dict[str, list[Telling]] = {}
        compared = self.tellings[:_MAX_COMPARED]
        for telling in compared:
            for word in _words(telling):
                index.setdefault(word, []).append(telling)
        highest = max(_MIN_RARE, min(_MAX_CANDIDATES, int(_RARE_SHARE * len(compared))))
        return {word: tellings for word, tellings in index.items() if len(tellings) <= highest + 1}

    def retold_headings(self) -> list[int]:
        """Return the leaves of groups of headings that come again, without sources of theirs."""
        groups: dict[int, list[Telling]] = {}
        for heading in self.headings:
            if heading and len(heading.key) >= _MIN_KEY_CHARS:
                groups.setdefault(heading.parent, []).append(heading)
        retold: list[int] = []
        compared = 0
        for group in groups.values():
            compared += len(group)
            if compared > _MAX_HEADINGS:
                break
            if len(group) < _MIN_RETOLD or any(telling.links for telling in group):
                continue
            again = [telling.leaf for telling in group[:_MAX_UNITS] if self._is_alike(telling)]
            if len(again) >= max(_MIN_RETOLD, _RETOLD_SHARE * len(group)):
                retold.extend(again)
        return retold

    def _is_alike(self, telling: Telling) -> bool:
        """Return whether a telling with a source, elsewhere, has the same or a like name."""
        pairs = _pairs(telling.key)
        for other in self.tellings[:_MAX_HEADINGS]:
            if not other.links or other.parent == telling.parent:
                continue
            if other.key == telling.key:
                return True
            if len(pairs & _pairs(other.key)) >= _ALIKE_SHARE * len(pairs):
                return True
        return False


def _names_words_of(telling: Telling, other: Telling) -> bool:
    """Return whether most words of a title are in another report."""
    words = _words_in(telling.title)
    return len(words & _words(other)) >= _NAMED_SHARE * len(words) if words else False


def _names_focus(leaf: Leaf) -> bool:
    """Return whether a heading announces what matters most, such as 今日焦點 or Highlights."""
    return bool(_FOCUS.search(leaf.branch.text)) or section_kind(leaf.branch.text) == "headlines"


def _links(blocks: Iterable[Block], references: References) -> frozenset[str]:
    targets: set[str] = set()
    for line in block_lines(blocks):
        targets.update(link.target for link in text_links(line, references) if link.target)
    return frozenset(targets)


def _named(leaf: Leaf, index: int) -> Telling:
    """Return a section's name as a telling without text."""
    text = leaf.branch.text
    return Telling(index, 0, title_key(text), frozenset(), len(text), (), text)


def _comes_again(unit: Unit, later: Iterable[Telling]) -> bool:
    """Return whether a unit's title is repeated where the text is at least as long."""
    if unit.title is None or unit.text_chars > _MAX_DIGEST_CHARS:
        return False
    key = title_key(unit.title.text)
    long = len(key) >= _MIN_CONTAINED_CHARS
    for other in later:
        named = key == other.key or (long and key in other.key)
        shorter = not other.blocks or unit.text_chars <= _SHORTER * other.chars
        if named and shorter:
            return True
    return False


def _words(telling: Telling) -> frozenset[str]:
    """Return the stems of Latin words and the pairs of other characters of a telling."""
    if telling.words:
        return telling.words
    texts = [telling.title]
    texts.extend(plain_text(line.text) for line in block_lines(telling.blocks))
    telling.words = _words_in(" ".join(texts))
    return telling.words


def _words_in(text: str) -> frozenset[str]:
    words: set[str] = set()
    for word in _WORDS.findall(text.lower()[:_MAX_TEXT_CHARS]):
        if word.isascii():
            words.add(word.rstrip(".")[:_WORD_CHARS])
        else:
            words |= _pairs(word)
    return frozenset(words)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[start : start + 2] for start in range(len(text) - 1))
