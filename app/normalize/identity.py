"""Ids that are a function of content, and the matching of items of an edited document."""

import hashlib
import re
import unicodedata
from base64 import b32encode
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from app.normalize.text.folding import fold
from app.parse.draft import ItemDraft, Node

_MIN_TITLE_RATIO = 80.0
"""Lowest rapidfuzz ratio, of 100, of two titles of one item."""
# With more pairs the document was rewritten, and comparing costs more than new ids do.
_MAX_COMPARISONS = 40_000
_MAX_COMPARED_TEXTS = 2_000
_MIN_TEXT_RATIO = 50.0
"""Lowest rapidfuzz ratio, of 100, of two texts below one title."""
_MAX_COMPARED_CHARS = 2_000
_MAX_SLUG_CHARS = 80
_SLUG_WORD = re.compile(r"[^\W_]+(?:[.+#][^\W_]+|\+\+|#)*\+?")
_NUMBERING = re.compile(r"^\s*(?:\d{1,3}[.、)）:：]|[（(]\d{1,3}[)）])\s*")
_PUNCTUATION = re.compile(r"[\W_]+")
_UNIT_SEPARATOR = "\x1f"
_APOSTROPHES = "'’"


def stable_id(prefix: str, *parts: str) -> str:
    """Return `prefix` and 60 bits of the SHA-256 of `parts` in base 32.

    Equal parts have equal ids, whatever the order of ingestion.
    """
    content = _UNIT_SEPARATOR.join(parts)
    encoded = content.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(encoded).digest()
    # Ten bytes are sixteen characters in base 32; twelve of them are 60 bits.
    text = b32encode(digest[:10]).decode()
    short = text[:12].lower()
    return f"{prefix}_{short}"


def slugify(name: str) -> str:
    """Return a readable path segment for `name`; empty for a name of symbols.

    It is in lower case, with hyphens between words; Han characters stay.
    """
    text = unicodedata.normalize("NFKC", name)
    text = text.lower()
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "")

    words = _SLUG_WORD.findall(text)
    slug = "-".join(words)
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


def content_hash(item: ItemDraft) -> str:
    """Return the SHA-256 of the content of an item; its place in the document has no effect."""
    details = item.details
    importance = item.importance
    # The hash is stored: the shape of this tuple must not change.
    content = (
        item.kind,
        item.parent,
        item.title.text,
        [paragraph.text for paragraph in item.summary],
        [
            list(map(_node_texts, details.technical)),
            list(map(_node_texts, details.applications)),
            list(map(_node_texts, details.takeaways)),
        ],
        (importance.label, importance.reason) if importance else None,
        [cell.text for cell in item.entities],
        [(source.label, source.target) for source in item.sources],
        [(extra.label, extra.text) for extra in item.extra],
    )
    encoded = repr(content).encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest()


def _node_texts(node: Node) -> tuple[Any, ...]:
    """Return (text, texts of the children) of a list node."""
    children = tuple(map(_node_texts, node.children))
    return node.text, children


@dataclass(frozen=True, slots=True)
class ItemTrait:
    """Features by which an item is recognised: its title, the ids of the sources it cites, the
    hash of its content, and its text."""

    title: str
    sources: frozenset[str]
    content: str = ""
    text: str = ""


def match_items(old: Sequence[ItemTrait], new: Sequence[ItemTrait]) -> dict[int, int]:
    """Return which old item each new one is, as {index in `new`: index in `old`}.

    Of equal titles, those with equal content match first, then those with shared sources, then
    those with similar texts, then the others in their order. Equal sources come next, and the most
    similar titles last. Each item matches at most once.
    """
    matcher = _ItemMatcher(old, new)
    matcher.match_contents()
    matcher.match_titles_by_source()
    matcher.match_titles_by_text()
    matcher.match_titles()
    matcher.match_sources()
    matcher.match_similar_titles()
    return matcher.matches


def _by_title(items: Mapping[int, ItemTrait]) -> dict[str, list[int]]:
    """Return the indexes of items by the key of their title, in order."""
    indexes: defaultdict[str, list[int]] = defaultdict(list)
    for index, item in items.items():
        indexes[title_key(item.title)].append(index)
    return indexes


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

    def match_contents(self) -> None:
        """Match items with equal titles and contents, in their order."""
        old_by_content: defaultdict[tuple[str, str], deque[int]] = defaultdict(deque)
        for old_index, item in self._unmatched_old.items():
            if item.content:
                old_by_content[item.title, item.content].append(old_index)

        for new_index, item in list(self._unmatched_new.items()):
            candidates = old_by_content.get((item.title, item.content))
            if candidates:
                self._match(new_index, candidates.popleft())

    def match_titles_by_source(self) -> None:
        """Match items with equal titles that share sources, those that share most first."""
        old_by_title = _by_title(self._unmatched_old)
        pairs: list[tuple[float, int, int]] = []
        for new_index, item in self._unmatched_new.items():
            for old_index in old_by_title.get(title_key(item.title), ()):
                shared = item.sources & self._unmatched_old[old_index].sources
                if shared and len(pairs) < _MAX_COMPARISONS:
                    pairs.append((-len(shared), new_index, old_index))

        self._match_best(pairs)

    def _match_best(self, pairs: Iterable[tuple[float, int, int]]) -> None:
        """Match pairs of (rank, index in `new`, index in `old`) in order while both are free."""
        for _, new_index, old_index in sorted(pairs):
            is_new_free = new_index in self._unmatched_new
            is_old_free = old_index in self._unmatched_old
            if is_new_free and is_old_free:
                self._match(new_index, old_index)

    def match_titles_by_text(self) -> None:
        """Match items with equal titles by their texts, the most similar first.

        Only a title that several items have needs it.
        """
        old_by_title = _by_title(self._unmatched_old)
        new_by_title = _by_title(self._unmatched_new)
        pairs: list[tuple[float, int, int]] = []
        for key, new_indexes in new_by_title.items():
            old_indexes = old_by_title.get(key, [])
            pair_count = len(old_indexes) * len(new_indexes)
            if pair_count > 1 and len(pairs) + pair_count <= _MAX_COMPARED_TEXTS:
                pairs.extend(self._similar_texts(new_indexes, old_indexes))
        self._match_best(pairs)

    def _similar_texts(
        self, new_indexes: Iterable[int], old_indexes: Sequence[int]
    ) -> Iterator[tuple[float, int, int]]:
        """Yield (negative ratio, index in `new`, index in `old`) of similar texts."""
        for new_index in new_indexes:
            new_text = self._unmatched_new[new_index].text[:_MAX_COMPARED_CHARS]
            for old_index in old_indexes:
                old_text = self._unmatched_old[old_index].text[:_MAX_COMPARED_CHARS]
                ratio = fuzz.ratio(new_text, old_text) if new_text and old_text else 0.0
                if ratio >= _MIN_TEXT_RATIO:
                    yield -ratio, new_index, old_index

    def match_titles(self) -> None:
        """Match items with equal titles, in their order."""
        old_by_title: defaultdict[str, deque[int]] = defaultdict(deque)
        for old_index, item in self._unmatched_old.items():
            key = title_key(item.title)
            old_with_title = old_by_title[key]
            old_with_title.append(old_index)

        for new_index, item in list(self._unmatched_new.items()):
            key = title_key(item.title)
            candidates = old_by_title[key]
            if candidates:
                old_index = candidates.popleft()
                self._match(new_index, old_index)

    def match_sources(self) -> None:
        """Match items that cite the same sources."""
        old_by_sources: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for old_index, item in self._unmatched_old.items():
            old_with_sources = old_by_sources[item.sources]
            old_with_sources.append(old_index)

        for new_index, item in list(self._unmatched_new.items()):
            if not item.sources:
                continue

            candidates = old_by_sources[item.sources]
            # Sources that two old items share identify neither.
            if len(candidates) == 1:
                old_index = candidates.pop()
                self._match(new_index, old_index)

    def match_similar_titles(self) -> None:
        """Match items with similar titles, the most similar first."""
        comparison_count = len(self._unmatched_new) * len(self._unmatched_old)
        if comparison_count > _MAX_COMPARISONS:
            return

        self._match_best(self._similar_titles())

    def _similar_titles(self) -> Iterator[tuple[float, int, int]]:
        """Yield (negative ratio, index in `new`, index in `old`) of similar titles."""
        for new_index, new_item in self._unmatched_new.items():
            new_title = fold(new_item.title)
            for old_index, old_item in self._unmatched_old.items():
                old_title = fold(old_item.title)
                ratio = fuzz.ratio(new_title, old_title)
                if ratio < _MIN_TITLE_RATIO:
                    continue

                yield -ratio, new_index, old_index
