"""Names in running text that no catalogue has and the document does not list, with sentences."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.normalize.context import ContextIndex
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import name_key
from app.normalize.entities.unlisted import unlisted_names
from app.normalize.hedges import sentence
from app.normalize.kinds import UnlistedForm
from app.normalize.text_ranges import LineIndex, TextRangeIndex
from app.parse.draft import TextSpan
from app.parse.markup import plain_text

_MAX_KEY_CHARS = 200
# These are lists of names or of topics, not text.
_LISTING_KINDS = frozenset(["keyword", "tag"])


@dataclass(frozen=True, slots=True)
class UnlistedMention:
    """A place that looks like an unknown name: its form, its key and its sentence (`text`)."""

    form: UnlistedForm
    field: str
    surface: str
    key: str
    text: str
    span: TextSpan


def unlisted_mentions(
    text: str,
    known: Iterable[tuple[int, int]],
    ranges: TextRangeIndex,
    context: ContextIndex,
    catalogue: Catalogue,
) -> defaultdict[int, list[UnlistedMention]]:
    """Return unknown names by ordinal of their item, 0 outside of items; a sentence counts once.

    `known` are the (start, end) of the known names in `text`.
    """
    lines = LineIndex(text)
    mentions: defaultdict[int, list[UnlistedMention]] = defaultdict(list)
    seen: set[tuple[int, str, str]] = set()
    for start, end, form in unlisted_names(text, known):
        text_range = ranges.containing(start, end) or context.containing(start, end)
        if not text_range or text_range.kind in _LISTING_KINDS:
            continue
        surface = text[start:end]
        key = name_key(surface)
        # Of a repository, the project may be known: vllm-project/vllm.
        project = name_key(surface.rpartition("/")[2])
        if not key or len(key) > _MAX_KEY_CHARS:
            continue
        if catalogue.slugs_by_key(key) or catalogue.slugs_by_key(project):
            continue
        words = sentence(text, start, end, text_range.start, text_range.end)
        if text_range.kind == "title" and plain_text(words) == surface:
            # A title that is only the name, such as a repository, says more with its line.
            words = sentence(text, start, end, *_line(text, start, end))
        place = text_range.ordinal, key, words
        if place in seen:
            continue
        seen.add(place)
        mention = UnlistedMention(
            form=form,
            field=text_range.field,
            surface=surface,
            key=key,
            text=words,
            span=lines.span(start, end),
        )
        mentions[text_range.ordinal].append(mention)

    return mentions


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the start and the end of the line with characters `start` to `end`."""
    last = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, last if last >= 0 else len(text)
