"""Ids that are a function of content, and what makes an item of an edited document the same item."""

import hashlib
import re
import unicodedata
from base64 import b32encode
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.normalize.text.folding import fold

_SAME_TITLE = 80.0
# Beyond this many pairs the document was rewritten, and guessing costs more than new ids do.
_MOST_COMPARISONS = 40_000


def stable_id(prefix: str, *parts: str) -> str:
    """`prefix` and sixty bits of the parts' SHA-256 in base 32: equal parts, equal id, in any order of ingestion."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return f"{prefix}_{b32encode(digest[:10]).decode().lower()[:12]}"


def slugify(name: str) -> str:
    """A readable path segment: lower case, words joined by hyphens, Han characters kept. Empty for symbols alone."""
    words = re.findall(
        r"[^\W_]+(?:[.+#][^\W_]+|\+\+|#)*\+?",
        unicodedata.normalize("NFKC", name).lower().replace("'", "").replace("’", ""),
    )
    return "-".join(words)[:80].strip("-.")


def slugs(name: str, own_id: str) -> tuple[str, ...]:
    """Path segments for `name`, the most readable first. The last is the id: its underscore keeps it from being a name's."""
    slug = slugify(name)
    return (slug, f"{slug}-{own_id[-4:]}", own_id) if slug else (own_id,)


def title_key(title: str) -> str:
    """A title for comparison: folded, numbering and punctuation dropped."""
    return re.sub(
        r"[\W_]+", "", re.sub(r"^\s*(?:\d{1,3}[.、)）:：]|[（(]\d{1,3}[)）])\s*", "", fold(title))
    )


@dataclass(frozen=True, slots=True)
class ItemTrait:
    """What an item is recognised by: its title, and the keys of the sources it cites."""

    title: str
    sources: frozenset[str]


def match_items(old: Sequence[ItemTrait], new: Sequence[ItemTrait]) -> dict[int, int]:
    """Which old item each new one is: `{index in new: index in old}`, each at most once.

    Equal titles first, in their order; then equal sources; then the most alike titles, best first.
    """
    found: dict[int, int] = {}
    free = dict(enumerate(old))

    def take(at: int, was: int) -> None:
        found[at] = was
        del free[was]

    titled: defaultdict[str, deque[int]] = defaultdict(deque)
    for was, item in free.items():
        titled[title_key(item.title)].append(was)
    for at, item in enumerate(new):
        if same := titled[title_key(item.title)]:
            take(at, same.popleft())
    citing: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for was, item in free.items():
        citing[item.sources].append(was)
    for at, item in enumerate(new):
        # Sources shared by two items of the old document tell neither from the other.
        if at not in found and item.sources and len(alike := citing[item.sources]) == 1:
            take(at, alike.pop())
    unmatched = [at for at in range(len(new)) if at not in found]
    if len(unmatched) * len(free) <= _MOST_COMPARISONS:
        pairs = [
            (-fuzz.ratio(fold(new[at].title), fold(was.title)), at, i)
            for at in unmatched
            for i, was in free.items()
        ]
        for score, at, i in sorted(pairs):
            if -score >= _SAME_TITLE and at not in found and i in free:
                take(at, i)
    return found
