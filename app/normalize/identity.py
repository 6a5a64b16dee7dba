"""Ids that are a function of content, and the matching of items of an edited document."""

import hashlib
import re
import unicodedata
from base64 import b32encode
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.normalize.text.folding import fold

_MIN_TITLE_RATIO = 80.0
"""Lowest rapidfuzz ratio, of 100, of two titles of one item."""
# With more pairs the document was rewritten, and comparing costs more than new ids do.
_MAX_COMPARISONS = 40_000
_MAX_SLUG_CHARS = 80
_SLUG_WORD = re.compile(r"[^\W_]+(?:[.+#][^\W_]+|\+\+|#)*\+?")
_NUMBERING = re.compile(r"^\s*(?:\d{1,3}[.、)）:：]|[（(]\d{1,3}[)）])\s*")
_PUNCTUATION = re.compile(r"[\W_]+")
_UNIT_SEPARATOR = "\x1f"


def stable_id(prefix: str, *parts: str) -> str:
    """Return `prefix` and 60 bits of the SHA-256 of `parts` in base 32.

    Equal parts have equal ids, whatever the order of ingestion.
    """
    content = _UNIT_SEPARATOR.join(parts)
    encoded = content.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(encoded).digest()
    text = b32encode(digest[:10]).decode()
    return f"{prefix}_{text[:12].lower()}"


def slugify(name: str) -> str:
    """Return a readable path segment for `name`; empty for a name of symbols.

    It is in lower case, with hyphens between words; Han characters stay.
    """
    text = unicodedata.normalize("NFKC", name).lower()
    text = text.replace("'", "").replace("’", "")
    slug = "-".join(_SLUG_WORD.findall(text))
    return slug[:_MAX_SLUG_CHARS].strip("-.")


def slugs(name: str, own_id: str) -> tuple[str, ...]:
    """Return the path segments `name` may get, the most readable first.

    The last is the id. No name has an id as its slug, because slugs have no underscore.
    """
    slug = slugify(name)
    if not slug:
        return (own_id,)
    return (
        slug,
        f"{slug}-{own_id[-4:]}",
        own_id,
    )


def title_key(title: str) -> str:
    """Return a title for comparison: folded, without numbering and punctuation."""
    folded = fold(title)
    text = _NUMBERING.sub("", folded)
    return _PUNCTUATION.sub("", text)


@dataclass(frozen=True, slots=True)
class ItemTrait:
    """Features by which an item is recognised: its title, and the ids of the sources it cites."""

    title: str
    sources: frozenset[str]


def match_items(old: Sequence[ItemTrait], new: Sequence[ItemTrait]) -> dict[int, int]:
    """Return which old item each new one is, as {index in `new`: index in `old`}.

    Equal titles match first, in their order; then equal sources; then the most similar titles. Each
    item matches at most once.
    """
    matcher = _ItemMatcher(old, new)
    matcher.match_titles()
    matcher.match_sources()
    matcher.match_similar_titles()
    return matcher.matches


class _ItemMatcher:
    """Matches of the items of two versions of a document."""

    def __init__(self, old: Sequence[ItemTrait], new: Sequence[ItemTrait]) -> None:
        self.matches: dict[int, int] = {}
        """Index in `new` → index in `old`."""
        self._unmatched_old = dict(enumerate(old))
        self._unmatched_new = dict(enumerate(new))

    def _match(self, new_index: int, old_index: int) -> None:
        self.matches[new_index] = old_index
        del self._unmatched_new[new_index]
        del self._unmatched_old[old_index]

    def match_titles(self) -> None:
        """Match items with equal titles, in their order."""
        old_by_title: defaultdict[str, deque[int]] = defaultdict(deque)
        for old_index, item in self._unmatched_old.items():
            key = title_key(item.title)
            old_by_title[key].append(old_index)

        for new_index, item in list(self._unmatched_new.items()):
            candidates = old_by_title[title_key(item.title)]
            if candidates:
                self._match(new_index, candidates.popleft())

    def match_sources(self) -> None:
        """Match items that cite the same sources."""
        old_by_sources: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for old_index, item in self._unmatched_old.items():
            old_by_sources[item.sources].append(old_index)

        for new_index, item in list(self._unmatched_new.items()):
            candidates = old_by_sources[item.sources]
            # Sources that two old items share identify neither.
            if item.sources and len(candidates) == 1:
                self._match(new_index, candidates.pop())

    def match_similar_titles(self) -> None:
        """Match items with similar titles, the most similar first."""
        comparison_count = len(self._unmatched_new) * len(self._unmatched_old)
        if comparison_count > _MAX_COMPARISONS:
            return

        pairs: list[tuple[float, int, int]] = []
        for new_index, new_item in self._unmatched_new.items():
            new_title = fold(new_item.title)
            for old_index, old_item in self._unmatched_old.items():
                ratio = fuzz.ratio(new_title, fold(old_item.title))
                if ratio >= _MIN_TITLE_RATIO:
                    pairs.append((-ratio, new_index, old_index))

        for _, new_index, old_index in sorted(pairs):
            if new_index in self._unmatched_new and old_index in self._unmatched_old:
                self._match(new_index, old_index)
