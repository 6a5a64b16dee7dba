"""The number a thing has in the search index: its kind, the day it is found by, and which of that day it is.

The index goes by that number, so that it alone can say which hits are the newest and how many there are of each kind. Entities
have no day in theirs: most of them move to another with every document.
"""

from datetime import date

KINDS = ("briefing", "item", "entity", "source")
UNDATED = "entity"
_SLOTS, _DAYS = 20, 22


def span(kind: str, first: int | None = None, last: int | None = None) -> tuple[int, int]:
    """The lowest and the highest number of a kind, from a day to another (proleptic ordinals; None: any)."""
    start = KINDS.index(kind) << _DAYS
    lowest, highest = (0, None) if kind == UNDATED else (first or 0, last)
    end = start + (highest if highest is not None else (1 << _DAYS) - 1)
    return (start + lowest) << _SLOTS, ((end + 1) << _SLOTS) - 1


def spot(kind: str, day: date) -> tuple[int, int]:
    """The lowest and the highest number of a kind that a thing of this day may have."""
    return span(kind, day.toordinal(), day.toordinal())


def day_of(number: int) -> int:
    """The day (ordinal) of what has this number; 0 if it is undated."""
    return (number >> _SLOTS) & ((1 << _DAYS) - 1)


def kind_of(number: int) -> str:
    """The kind of what has this number."""
    return KINDS[number >> (_SLOTS + _DAYS)]
