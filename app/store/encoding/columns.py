"""What a briefing says of whom, as columns of numbers: how they are kept as bytes, and what the numbers stand for.

Codes are kept: a word that is new goes to the end of its tuple.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SECTIONS = (
    "headlines",
    "research",
    "tools",
    "industry",
    "trends",
    "market",
    "editorial",
    "resources",
    "other",
)
IMPORTANCE = ("none", "low", "medium_low", "medium", "medium_high", "high", "unknown")
"""A level by its rank; `none` without a label, `unknown` where nobody knows the one written."""
KINDS = ("listed", "title", "body", "keyword", "tag", "watchlist", "insight")
"""Of mentions."""

ITEM = ("pk", "ordinal", "position", "section", "importance")
"""An item, in the order of ordinals."""
NAMED = ("place", "entity", "kind", "count")
"""So many mentions of a kind; `place` is 0 outside of items, n for the nth item. In the order of entity, place, kind."""

_NUMBER = np.dtype("<u4")


def pack(rows: Sequence[Sequence[int]]) -> bytes:
    """Rows of numbers below 2³², one after the other."""
    return np.array(rows, dtype=_NUMBER).tobytes()


def unpack(data: bytes, columns: Sequence[str]) -> NDArray[np.uint32]:
    """What `pack` made: one row a line, one of `columns` each."""
    return np.frombuffer(data, dtype=_NUMBER).reshape(-1, len(columns))
