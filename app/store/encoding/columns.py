"""The items and mentions of a briefing as columns of numbers: their bytes, and their codes.

A code is an index into one of the tuples below and is stored. A new word goes to the end, here and
in `parse.section_kinds.SectionKind`.
"""

import sys
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from app.parse.section_kinds import SectionKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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

_NUMBER = "<u4"


def pack(rows: Sequence[Sequence[int]]) -> bytes:
    """Encode rows of numbers below 2³², one row after the other.

    Raises `OverflowError` for a larger number.
    """
    numbers = array("I")
    for row in rows:
        numbers.extend(row)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpack(data: bytes, columns: Sequence[str]) -> "NDArray[np.uint32]":
    """Decode the bytes of `pack` to an array of shape (n_rows, n_columns)."""
    # Imported here: taking in documents only packs, and numpy takes 40 ms and 15 MB.
    import numpy as np  # noqa: PLC0415 - commands need none of it

    return np.frombuffer(data, dtype=_NUMBER).reshape(-1, len(columns))
