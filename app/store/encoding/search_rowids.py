"""Row numbers of the search index: kind, day, and a serial number within that day.

The index is ordered by row number. So it can tell the newest hits, and the number of hits of each
kind, without reading a document. Entities have no day in theirs: most of them would move to
another row with every document.
"""

from datetime import date

KINDS = ("briefing", "item", "entity", "source")
UNDATED = "entity"
_SERIAL_BITS, _DAY_BITS = 20, 22


def rowid_range(kind: str, first: int | None = None, last: int | None = None) -> tuple[int, int]:
    """Return the lowest and the highest row number of a kind between two ordinal days.

    None leaves that end open.
    """
    lowest_day, highest_day = 0, (1 << _DAY_BITS) - 1
    if kind != UNDATED:
        lowest_day = first or lowest_day
        highest_day = highest_day if last is None else last

    start = KINDS.index(kind) << _DAY_BITS
    lowest = (start + lowest_day) << _SERIAL_BITS
    highest = ((start + highest_day + 1) << _SERIAL_BITS) - 1
    return lowest, highest


def rowid_range_of_day(kind: str, day: date) -> tuple[int, int]:
    """Return the lowest and the highest row number of a kind on a day."""
    return rowid_range(kind, day.toordinal(), day.toordinal())


def day_of(rowid: int) -> int:
    """Return the ordinal day of a row number; 0 if it is undated."""
    return (rowid >> _SERIAL_BITS) & ((1 << _DAY_BITS) - 1)


def kind_of(rowid: int) -> str:
    """Return the kind of a row number."""
    return KINDS[rowid >> (_SERIAL_BITS + _DAY_BITS)]
