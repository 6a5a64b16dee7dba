"""The items and mentions of a briefing as columns of numbers: their bytes, and their codes.

A code is an index into one of the tuples below and is stored. A new word goes to the end, here and
in `parse.kinds.SectionKind`.
"""

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from app.parse.kinds import SectionKind

SECTIONS = get_args(SectionKind)
"""Kinds of sections."""
IMPORTANCE = ("none", "low", "medium_low", "medium", "medium_high", "high", "unknown")
"""Levels in order of rank; `none` without a label, `unknown` for an unrecognised label."""
KINDS = ("listed", "title", "body", "keyword", "tag", "watchlist", "insight", "context")
"""Kinds of mentions. Sets of them are one byte, so there can be eight."""

ITEM = ("pk", "ordinal", "position", "section", "importance")
"""Columns of an item; rows are in order of ordinals."""
NAMED = ("place", "entity", "kind", "count")
"""Columns of mentions: `count` of them have the same place, entity and kind.

`place` is n for the nth item, 0 outside of items. Rows are in order of entity, place, kind.
"""

_NUMBER = np.dtype("<u4")


def pack(rows: Sequence[Sequence[int]]) -> bytes:
    """Encode rows of numbers below 2³², one row after the other.

    Raises `OverflowError` for a larger number.
    """
    return np.array(rows, dtype=_NUMBER).tobytes()


def unpack(data: bytes, columns: Sequence[str]) -> NDArray[np.uint32]:
    """Decode the bytes of `pack` to an array of shape (n_rows, n_columns)."""
    return np.frombuffer(data, dtype=_NUMBER).reshape(-1, len(columns))
