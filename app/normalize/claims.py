"""Claims of items that the document marks as uncertain."""

from collections import defaultdict
from dataclasses import dataclass

from app.normalize.entities.mentions import masked
from app.normalize.hedges import find_hedges, sentence
from app.normalize.kinds import Certainty
from app.normalize.text_ranges import LineIndex, TextRangeIndex, listed_cells, running_text
from app.parse.draft import BriefingDraft, TextSpan


@dataclass(frozen=True, slots=True)
class MarkedClaim:
    """A claim marked as uncertain: the words that mark it (`surface`), and their sentence."""

    kind: Certainty
    field: str
    surface: str
    text: str
    span: TextSpan


def marked_claims(draft: BriefingDraft, text: str) -> defaultdict[int, list[MarkedClaim]]:
    """Return the claims marked as uncertain by ordinal of their item; those outside are ignored."""
    index = TextRangeIndex([*running_text(draft, text), *listed_cells(draft)])
    lines = LineIndex(text)
    claims: defaultdict[int, list[MarkedClaim]] = defaultdict(list)
    for hedge in find_hedges(masked(text)):
        start = hedge.start
        end = hedge.end
        text_range = index.containing(start, end)
        if not text_range or not text_range.ordinal:
            continue
        claim = MarkedClaim(
            kind=hedge.kind,
            field=text_range.field,
            surface=text[start:end],
            text=sentence(text, start, end, text_range.start, text_range.end),
            span=lines.span(start, end),
        )
        claims[text_range.ordinal].append(claim)

    return claims
