"""Known names in running text.

The folded spellings are looked up where a name may begin. The longest match with the right edges,
capitals and context wins. A version that no catalogue has is a new member of its family. Folding
keeps the place of every character, so offsets are exact. URLs and code are skipped.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from app.normalize.entities.catalogue import Catalogue, preferred_entity
from app.normalize.entities.chinese_context import (
    ends_inside_a_thing,
    has_everyday_use,
    is_business,
    stands_alone,
)
from app.normalize.entities.latin_context import (
    ends_a_name,
    has_capitals_of,
    has_other_meaning,
    is_company,
    is_first_name,
)
from app.normalize.entities.name_forms import (
    KnownName,
    NameForm,
    NameForms,
    compiled_forms,
    forms_of,
    written_forms,
)
from app.normalize.entities.names import invisible_places, name_key, with_width
from app.normalize.entities.resolve import resolve_names
from app.normalize.entities.versions import is_head, versions_of
from app.normalize.lexicon.other_meanings import COMPANIES
from app.normalize.text.counted import ends_with_count
from app.normalize.text.folding import fold, is_han

# The common ideographs: most characters are settled by two comparisons.
_FIRST_HAN = "\u3400"
_LAST_HAN = "\u9fff"
_MAX_RESOLVED_MEMBERS = 4096
_AFTER_HEAD = frozenset(" -0123456789v")
# A list of names is context enough for names of these types.
_LISTED_TYPES = frozenset(["org", "model", "product", "chip"])
_TYPE_OF_MEMBERS = "model"
_VERSIONED_TYPES = frozenset(["model", "product"])
_LIST_JOINT = re.compile(
    r" ?(?:[、,，/&+]|与|和|及|以及|或|跟|and|or|with|vs\.?|versus|对比|对决)(?: (?:and|or))? ?"
)
_LIST_JOINT_BEFORE = re.compile(rf"(?:{_LIST_JOINT.pattern})$")
_MAX_JOINT_CHARS = 8
_POSSESSIVE = re.compile(r"^[\w.-]+['’]s (?=\S)")
_HIDDEN = re.compile(
    r"`{3}.*?(?:`{3}|\Z)|`[^`\n]*`"
    r"|\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)"
    r"|<[^<>\s]+>"
    r"|(?:https?://|www\.)[^\s<>|）)」』，。；、]+",
    re.DOTALL,
)


class NameMatch(NamedTuple):
    """A known name in a text: its characters from `start` to `end`, and its node (`clusters`)."""

    start: int
    end: int
    node: str


class _MatchCandidate(NamedTuple):
    """Characters that spell a name, before the words around them are checked."""

    start: int
    end: int
    node: str
    entity_type: str
    has_context: bool = True
    context: tuple[str, ...] = ()
    """Words that tell of the name, one of which is in the text."""

    @property
    def match(self) -> NameMatch:
        """The candidate as a match."""
        return NameMatch(self.start, self.end, self.node)


class _ContextWords:
    """Context words in a folded text; the text is searched once for each."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._results: dict[tuple[str, ...], bool] = {}

    def has_any(self, words: tuple[str, ...]) -> bool:
        """Return whether one of some folded words is in the text."""
        result = self._results.get(words)
        if result is None:
            result = any(word in self._folded for word in words)
            self._results[words] = result
        return result


class Scanner:
    """Names to search for: prepared once for a catalogue, then fast for each text."""

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        spellings: Mapping[str, str] | None = None,
    ) -> None:
        """Take the names of `catalogue` and further `spellings` (spelling → node)."""
        self._catalogue = catalogue
        self._versions = versions_of(catalogue) if catalogue else None
        self._members: dict[str, str] = {}
        """Version of a family as written → node."""
        compiled = catalogue.compiled if catalogue and not spellings else None
        if compiled:
            self._forms: NameForms = compiled_forms(compiled)
        else:
            self._forms = forms_of(catalogue, self._versions, spellings or {})

    def scan(
        self,
        text: str,
        spellings: Mapping[str, str] | None = None,
        visible: Iterable[tuple[int, int]] = (),
        lines: Sequence[tuple[int, int]] | None = None,
    ) -> list[NameMatch]:
        """Return all known names in `text`, in order, none overlapping another.

        `spellings` are further names to search for (spelling → node). `visible` are (start, end)
        ranges that are read although they are code, such as keywords. `lines` are the (start, end)
        of the lines to search, in order; all by default. No name reaches across lines.
        """
        folded = masked(text, visible)
        hidden = invisible_places(text)
        if not hidden:
            return self._scan(text, folded, spellings, lines)

        places = [place for place in range(len(text)) if place not in hidden]
        seen_text = "".join([text[place] for place in places])
        seen_folded = "".join([folded[place] for place in places])
        matches: list[NameMatch] = []
        for match in self._scan(seen_text, seen_folded, spellings):
            start = places[match.start]
            end = places[match.end - 1] + 1
            if lines is None or _overlaps(start, end, lines):
                matches.append(NameMatch(start, end, match.node))
        return matches

    def _scan(
        self,
        text: str,
        folded: str,
        spellings: Mapping[str, str] | None,
        lines: Sequence[tuple[int, int]] | None = None,
    ) -> list[NameMatch]:
        candidates: list[_MatchCandidate] = []
        if spellings:
            scanner = Scanner(spellings=spellings)
            candidates.extend(scanner._candidates(text, folded, lines))

        candidates.extend(self._candidates(text, folded, lines))
        certain = [candidate for candidate in candidates if candidate.has_context]
        chosen = _longest_in_context(certain, folded)
        matches = [candidate.match for candidate in chosen]
        if len(certain) == len(candidates):
            return matches

        listed = list(_in_lists(candidates, chosen, folded))
        for candidate in listed:
            if _stands_alone(candidate, folded):
                matches.append(candidate.match)
        return longest_matches(matches) if listed else matches

    def _candidates(
        self, text: str, folded: str, lines: Sequence[tuple[int, int]] | None
    ) -> list[_MatchCandidate]:
        """Return the characters that spell a name; they may overlap."""
        candidates: list[_MatchCandidate] = []
        words = _ContextWords(folded)
        places = None if lines is None else _places(lines)
        for start, form in self._forms.in_text(folded, places):
            end = start + form.size
            if form.names:
                candidate = _candidate(form.names, words, text, folded, start, end)
                if candidate:
                    candidates.append(candidate)
            if not form.head_size or (form.head_context and not words.has_any(form.head_context)):
                continue
            head_end = start + form.head_size
            # The first two characters of a version, or the joint alone.
            following = folded[head_end : end + 1]
            if following[:1].isdigit() or following[-1:] in _AFTER_HEAD:
                candidate = self._member(form, text, folded, start)
                if candidate:
                    candidates.append(candidate)

        return candidates

    def _member(self, form: NameForm, text: str, folded: str, start: int) -> _MatchCandidate | None:
        """Return the version of a family whose head begins at `start`; None if none follows."""
        head_end = start + form.head_size
        if self._versions is None:
            return None
        end = self._versions.end_of_member(text, folded, start, head_end)
        if end == head_end or not is_head(text, start, head_end):
            return None
        if self._versions.follows_another_name(text, folded, start, head_end):
            return None

        node = self._node_of_member(text[start:end])
        return _MatchCandidate(start, end, node, _TYPE_OF_MEMBERS)

    def _node_of_member(self, surface: str) -> str:
        """Return the node of a version: of the catalogue if it has it, else by its key."""
        node = self._members.get(surface)
        if node is not None:
            return node

        # Alibaba's Qwen 3.7 is Qwen 3.7.
        name = _POSSESSIVE.sub("", surface)
        node = f"k:{name_key(name)}"
        if self._catalogue is not None and self._versions is not None:
            full_name = self._versions.full_name(name)
            node = f"k:{name_key(full_name)}"
            for written in (name, full_name):
                (decision,) = resolve_names([written], self._catalogue)
                if decision.outcome == "link":
                    node = f"c:{decision.entity}"
                    break
        if len(self._members) < _MAX_RESOLVED_MEMBERS:
            self._members[surface] = node
        return node


def _candidate(
    names: Sequence[KnownName],
    words: _ContextWords,
    text: str,
    folded: str,
    start: int,
    end: int,
) -> _MatchCandidate | None:
    """Return the entity that `names` of one form stand for; None if none is named here."""
    with_context: list[KnownName] = []
    without_context: list[KnownName] = []
    for name in names:
        if not _is_accepted(name, text, folded, start, end):
            continue
        if _has_context(name, words, folded, start, end):
            with_context.append(name)
        elif name.entity_type in _LISTED_TYPES:
            without_context.append(name)

    if with_context:
        preferred = _preferred(with_context)
        if preferred is None:
            return None
        context = preferred.context or ()
        return _MatchCandidate(start, end, preferred.node, preferred.entity_type, context=context)
    if len(without_context) != 1:
        return None

    (name,) = without_context
    return _MatchCandidate(start, end, name.node, name.entity_type, has_context=False)


def _preferred(names: Sequence[KnownName]) -> KnownName | None:
    """Return the name that a spelling shared by several stands for, if it stands for one."""
    if len(names) == 1:
        return names[0]
    node = preferred_entity([(name.entity_type, name.node) for name in names])
    for name in names:
        if name.node == node:
            return name
    return None


def _in_lists(
    candidates: Iterable[_MatchCandidate], chosen: Iterable[_MatchCandidate], folded: str
) -> Iterator[_MatchCandidate]:
    """Yield candidates without context that "and" or a comma separates from a chosen one.

    Claude 與 Gemini: the list is the context.
    """
    starts: dict[int, str] = {}
    ends: dict[int, str] = {}
    for candidate in chosen:
        if candidate.entity_type in _LISTED_TYPES:
            starts[candidate.start] = candidate.node
            ends[candidate.end] = candidate.node

    waiting = [candidate for candidate in candidates if not candidate.has_context]
    while True:
        listed = [other for other in waiting if _has_neighbour(other, starts, ends, folded)]
        if not listed:
            return
        # Claude、Gemini或Grok: each that is found is context of the next.
        for candidate in listed:
            waiting.remove(candidate)
            starts.setdefault(candidate.start, candidate.node)
            ends.setdefault(candidate.end, candidate.node)
            yield candidate


def _has_neighbour(
    candidate: _MatchCandidate, starts: Mapping[int, str], ends: Mapping[int, str], folded: str
) -> bool:
    """Return whether a joint of a list separates a candidate from another name.

    `starts` and `ends` have the nodes of names by their places.
    """
    first = max(candidate.start - _MAX_JOINT_CHARS, 0)
    before = _LIST_JOINT_BEFORE.search(folded, first, candidate.start)
    after = _LIST_JOINT.match(folded, candidate.end)
    neighbours = (
        ends.get(before.start()) if before else None,
        starts.get(after.end()) if after else None,
    )
    return any(node and node != candidate.node for node in neighbours)


def _longest_in_context(
    candidates: Iterable[_MatchCandidate], folded: str
) -> list[_MatchCandidate]:
    """Return candidates in order, none overlapping another, whose context is right.

    The earliest wins, then the longest, then the one that comes first. The context is checked of
    those alone that would win: it costs the most.
    """
    result: list[_MatchCandidate] = []
    end = 0
    refused: tuple[int, str] | None = None
    for candidate in sorted(candidates, key=_candidate_order):
        if candidate.start < end or (candidate.start, candidate.node) == refused:
            continue
        if not _stands_alone(candidate, folded):
            if _is_of_a_thing(candidate, folded):
                refused = (candidate.start, candidate.node)
            continue
        result.append(candidate)
        end = candidate.end
    return result


def _is_of_a_thing(candidate: _MatchCandidate, folded: str) -> bool:
    """Return whether a refused name runs into a thing, so that no shorter one is meant: 小鵬汽車站."""
    start, end = candidate.start, candidate.end
    return folded[start] >= _FIRST_HAN and ends_inside_a_thing(folded, start, end)


def _candidate_order(candidate: _MatchCandidate) -> tuple[int, int]:
    """Sort key of a candidate: the earliest, then the longest."""
    return candidate.start, -candidate.end


def _stands_alone(candidate: _MatchCandidate, folded: str) -> bool:
    """Return whether a candidate is no part of a Chinese word and has no other meaning here."""
    start, end = candidate.start, candidate.end
    if folded[start] < _FIRST_HAN and folded[end - 1] < _FIRST_HAN:
        return not has_other_meaning(
            folded,
            start,
            end,
            candidate.context,
        )
    if not is_han(folded[start]) and not is_han(folded[end - 1]):
        return True
    return stands_alone(folded, start, end, candidate.entity_type)


def _places(lines: Iterable[tuple[int, int]]) -> Iterator[int]:
    return chain.from_iterable(range(start, end) for start, end in lines)


def lines_with(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Return the (start, end) of the lines of `text` in which a scan may find one of `names`."""
    forms: set[str] = set()
    for name in names:
        forms |= written_forms(fold(name))
    if invisible_places(text):
        folded = fold(with_width(text))
        return [(0, len(text))] if any(form in folded for form in forms) else []

    folded = fold(text)
    starts: set[int] = set()
    for form in forms:
        place = folded.find(form)
        while place >= 0:
            starts.add(folded.rfind("\n", 0, place) + 1)
            line_end = folded.find("\n", place)
            place = folded.find(form, line_end) if line_end >= 0 else -1
    return [(start, line_end_of(text, start)) for start in sorted(starts)]


def line_end_of(text: str, place: int) -> int:
    """Return where the line that has the character at `place` ends."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def masked(text: str, visible: Iterable[tuple[int, int]] = ()) -> str:
    """Return `text` folded, with NUL for URLs and code outside the `visible`."""
    ranges = list(visible)
    chars = list(fold(text))
    for match in _HIDDEN.finditer(text):
        start, end = match.span()
        if _overlaps(start, end, ranges):
            continue

        length = end - start
        chars[start:end] = "\0" * length

    return "".join(chars)


def _overlaps(start: int, end: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first < end and start < last for first, last in ranges)


def _is_accepted(name: KnownName, text: str, folded: str, start: int, end: int) -> bool:
    """Return whether characters `start` to `end` are written and end like `name`."""
    # Edges and capitals are of Latin letters.
    if _FIRST_HAN <= folded[end - 1] <= _LAST_HAN:
        return True
    if not ends_a_name(name.entity_type, text, folded, end):
        return False
    if ends_with_count(folded, start, end):
        return False
    if name.entity_type in _VERSIONED_TYPES and is_first_name(text, folded, start, end):
        return False

    return has_capitals_of(name.written, name.entity_type, text[start:end])


def _has_context(name: KnownName, words: _ContextWords, folded: str, start: int, end: int) -> bool:
    """Return whether a name needs no context, or one of its context words is in the text."""
    if name.context is None:
        return True
    if words.has_any(name.context):
        return True
    # 小米公布營收: its other meanings are known, and a word of business is beside it.
    spelling = folded[start:end]
    if has_everyday_use(spelling):
        return is_business(folded, start, end)
    return spelling in COMPANIES and is_company(folded, start, end)


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
