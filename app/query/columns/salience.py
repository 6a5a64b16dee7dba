"""How much is made of an entity: the weights, all of them, in one place; every answer that holds a salience holds them, too."""

import numpy as np

from app.query.columns.arrays import Floats, RowSets
from app.query.columns.mentions import MentionColumns
from app.query.schemas.timelines import SalienceOut
from app.store.encoding import columns

KINDS = {
    "title": 1.0,
    "listed": 0.8,
    "body": 0.5,
    "insight": 0.6,
    "watchlist": 0.4,
    "keyword": 0.4,
    "tag": 0.3,
}
SECTIONS = {
    "headlines": 1.5,
    "research": 1.0,
    "tools": 1.0,
    "industry": 1.0,
    "trends": 1.0,
    "market": 1.0,
    "editorial": 0.8,
    "resources": 0.6,
    "other": 0.8,
}
LEVELS = {
    "high": 1.5,
    "medium_high": 1.25,
    "medium": 1.0,
    "medium_low": 0.75,
    "low": 0.5,
    "none": 0.8,
}
HEADLINE = 0.5
"""What the first headline has over one far down: the nth weighs 1 + HEADLINE / n."""


UNIT = 1_000_000_000
"""Weights are added up in whole billionths: in any order, over any intervals, the sum is the same."""
_SECTION = np.array([SECTIONS[name] for name in columns.SECTIONS])
_LEVEL = np.array([LEVELS.get(name, LEVELS["none"]) for name in columns.IMPORTANCE])
# By the kinds named, a bit each.
_KIND = [
    [KINDS[kind] for bit, kind in enumerate(columns.KINDS) if kinds >> bit & 1]
    for kinds in range(1 << len(columns.KINDS))
]
_STRONGEST = np.array([max(weights, default=0.0) for weights in _KIND])
_TOGETHER = np.array([sum(weights) for weights in _KIND])


def weights(held: MentionColumns, named: RowSets) -> Floats:
    """What is made of an entity at each place that names it, in billionths.

    In an item its strongest kind of mention counts, however often it is named; outside of items, each kind once.
    """
    place, inside = named.place, held.inside[named.place]
    own = np.where(inside, _STRONGEST[named.kinds], _TOGETHER[named.kinds])
    made: Floats = np.rint(
        own * held.remember("prominence", lambda: _prominence(held))[place] * UNIT
    )
    return made


def _prominence(held: MentionColumns) -> Floats:
    """What the strongest kind is multiplied with in each item; 1 outside of items."""
    headline = np.where(
        held.section == columns.SECTIONS.index("headlines"),
        1 + HEADLINE / np.maximum(held.position, 1),
        1.0,
    )
    prominence: Floats = np.where(
        held.inside, _SECTION[held.section] * _LEVEL[held.importance] * headline, 1.0
    )
    return prominence


WEIGHTS = SalienceOut(
    formula="sum over items: max(kind) * section * importance * place, place = 1 + headline_position / n for the nth headline, else 1; "
    "plus, for each briefing, kind once for each of insight, watchlist, keyword and tag that names it",
    kind=KINDS,
    section=SECTIONS,
    importance=LEVELS,
    headline_position=HEADLINE,
)
