"""Counts of entities with their members, each item and briefing once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from app.query.columns.arrays import EntityTally, Ints, Mask, empty_tally
from app.query.columns.mentions import MentionColumns

Tally = tuple[Ints, EntityTally, dict[int, list[int]]]
"""Entities (sorted pks), their counts with members, and the counted members by head."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """Mentions of `kinds` in `rows` (None: all), and the `counts` of each entity alone."""

    columns: MentionColumns
    rows: Mask | None
    kinds: Mask | None
    counts: EntityTally

    def tally(self, members_by_head: Mapping[int, Collection[int]]) -> Tally:
        """Return the counts of each entity with its members.

        A head without a mention of its own is added if one of its members is counted.
        """
        alone = self.columns.entities.astype(np.int64)
        counted = set(alone[self.counts.mentions > 0].tolist())
        members: dict[int, list[int]] = {}
        for head, below in members_by_head.items():
            counted_below = sorted(counted.intersection(below))
            if counted_below:
                members[head] = counted_below
        pks = np.union1d(alone, np.fromiter(members, np.int64, len(members)))
        tally = empty_tally(len(pks))
        alone_index = pks.searchsorted(alone)
        for name in EntityTally.__slots__:
            getattr(tally, name)[alone_index] = getattr(self.counts, name)
        for head, member_pks in members.items():
            self._count(tally, int(pks.searchsorted(head)), [head, *member_pks])
        return pks, tally, members

    def _count(self, tally: EntityTally, index: int, pks: Collection[int]) -> None:
        """Write the counts of some entities together into `tally` at an index."""
        columns = self.columns
        mentions = columns.mentions(pks)
        selected = np.ones(len(mentions.row), np.bool_)
        if self.rows is not None:
            selected &= self.rows[mentions.row]
        if self.kinds is not None:
            selected &= self.kinds[mentions.kind]
        rows = np.unique(mentions.row[selected])
        briefings = np.unique(columns.briefing[rows])
        days = columns.days[briefings]
        tally.items[index] = columns.is_item[rows].sum()
        tally.mentions[index] = mentions.count[selected].sum()
        tally.briefings[index] = len(briefings)
        tally.first[index] = days.min()
        tally.last[index] = days.max()
