"""The names in the running text of a document: known ones, and what looks like an unknown one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

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


class Scan:
    """The names in the running text of a document, and what else looks like a name there."""

    def __init__(
        self, draft: DraftText, text: str, spellings: Mapping[str, str], scanner: Scanner
    ) -> None:
        self._text = text
        self._index = TextRangeIndex(running_text(draft, text))
        self._context = ContextIndex(draft, text)
        self._describing = TextRangeIndex(describing_ranges(draft, text))
        keywords = self._index.of_kind("keyword")
        self._matches: list[NameMatch] = scanner.scan(text, spellings, keywords)

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
