"""Shapes of feeds: entries with their briefings and instants, and places in an archive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from app.query.schemas.briefings import BriefingSummary
from app.query.schemas.shared import ItemRef


@dataclass(frozen=True, slots=True)
class Origin:
    """A briefing as the origin of entries; `first_at` is None if its document has one version."""

    pk: int
    id: str
    author: str
    date: date
    moment: datetime
    language: str | None
    front_matter: Mapping[str, Any]
    is_primary: bool
    first_at: datetime | None
    tags: Sequence[str]

    def instant(self, ordinal: int) -> datetime:
        """Return the instant of the entry at a position from 1: one second earlier each.

        Readers sort by it, so that they show the editor's order.
        """
        return self.moment - timedelta(seconds=ordinal - 1)

    def changed(self, published: datetime, updated_at: datetime) -> datetime:
        """Return when an entry changed: `published` unless a later version changed it."""
        updated_at = zoned(updated_at)
        if self.first_at is None or updated_at <= self.first_at:
            return published
        return max(published, updated_at.replace(microsecond=0))


@dataclass(frozen=True, slots=True)
class Archive:
    """The week of an archive document, None for the newest; the weeks before and after it."""

    week: str | None
    older: str | None
    newer: str | None = None


class FeedItem(NamedTuple):
    """An item, as `ItemOut` in JSON, with its briefing and its instants."""

    body: bytes
    origin: Origin
    published: datetime
    updated: datetime


class FeedBriefing(NamedTuple):
    """A briefing with the text of its document."""

    briefing: BriefingSummary
    origin: Origin
    updated: datetime
    markdown: str


class WatchChange(NamedTuple):
    """A change of the watch list: an entry that was added, or with `answer`, answered."""

    entry_id: str
    text: str
    origin: Origin
    published: datetime
    answer: ItemRef | None


@dataclass(frozen=True)
class FeedPage:
    """One document of a feed."""

    archive: Archive
    description: str | None = None
    items: list[FeedItem] = field(default_factory=list)
    briefings: list[FeedBriefing] = field(default_factory=list)
    changes: list[WatchChange] = field(default_factory=list)


def zoned(moment: datetime) -> datetime:
    """Return a stored moment with its zone: SQLite stores UTC without one."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
