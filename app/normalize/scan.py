"""The names in the running text of a document: known ones, and what looks like an unknown one."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from app.normalize.context import ContextIndex
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.mentions import NameMatch, Scanner
from app.normalize.front_ranges import describing_ranges
from app.normalize.kinds import MentionKind
from app.normalize.text_ranges import LineIndex, TextRangeIndex, running_text
from app.normalize.unlisted import UnlistedMention, unlisted_mentions
from app.parse.draft import DraftText, TextSpan


@dataclass(frozen=True)
class NamedMention:
    """A place where something is named.

    `node` is `c:slug` for a catalogued entity, or `k:key` for a name that no catalogue has. It is
    None for a composite, whose `parts` have their own nodes, and for a cell that is no name.
    """

    # No slots: pickle would set each of them in Python, for 600 mentions a dense document.
    kind: MentionKind
    field: str
    surface: str
    span: TextSpan
    position: int
    node: str | None
    method: str
    score: float = 1.0
    inferred: bool = False
    parts: tuple["NamedMention", ...] = ()


@dataclass(frozen=True, slots=True)
class PartialScan:
    """The (start, end) of the lines to search, and the matches that are known outside of them."""

    lines: Sequence[tuple[int, int]]
    matches: Sequence[NameMatch]


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return whole lines in order, each once."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            first, last = merged.pop()
            merged.append((first, max(last, end)))
        else:
            merged.append((start, end))
    return merged


def _is_in(match: NameMatch, lines: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(lines, match.start, key=itemgetter(0)) - 1
    return index >= 0 and match.start < lines[index][1]


class Scan:
    """The names in the running text of a document, and what else looks like a name there."""

    def __init__(
        self,
        draft: DraftText,
        text: str,
        spellings: Mapping[str, str],
        scanner: Scanner,
        partial: PartialScan | None = None,
    ) -> None:
        self._text = text
        self._index = TextRangeIndex(running_text(draft, text))
        self._context = ContextIndex(draft, text)
        self._describing = TextRangeIndex(describing_ranges(draft, text))
        keywords = self._index.of_kind("keyword")
        self._matches: list[NameMatch] = []
        if partial is None:
            self._matches = scanner.scan(text, spellings, keywords)
        else:
            # A name counts once in them, so all of them are searched again.
            lines = _merged([*partial.lines, *self._describing.whole_lines(text)])
            for match in partial.matches:
                if not _is_in(match, lines):
                    self._matches.append(match)
            self._matches += scanner.scan(text, spellings, keywords, lines)
            self._matches.sort()

    def mentions(self) -> defaultdict[int, list[NamedMention]]:
        """Return the mentions by ordinal of their item; 0 is outside of items.

        Title, description and heading repeat each other: a name counts there once.
        """
        text = self._text
        lines = LineIndex(text)
        mentions: defaultdict[int, list[NamedMention]] = defaultdict(list)
        describing: set[str | None] = set()
        for match in self._matches:
            text_range = self._index.containing(match.start, match.end)
            text_range = text_range or self._context.containing(match.start, match.end)
            if not text_range:
                text_range = self._describing.containing(match.start, match.end)
                if not text_range or match.node in describing:
                    continue
                describing.add(match.node)
            earlier = mentions[text_range.ordinal]
            mention = NamedMention(
                kind=text_range.kind,
                field=text_range.field,
                surface=text[match.start : match.end],
                span=lines.span(match.start, match.end),
                position=len(earlier) + 1,
                node=match.node,
                method="scan",
            )
            earlier.append(mention)

        return mentions

    def unlisted(self, catalogue: Catalogue) -> defaultdict[int, list[UnlistedMention]]:
        """Return the unknown names by ordinal of their item; 0 is outside of items."""
        known = [(match.start, match.end) for match in self._matches]
        return unlisted_mentions(self._text, known, self._index, self._context, catalogue)
