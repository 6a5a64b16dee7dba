"""Items read as they tell a story: what threads and echoes are decided on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from app.normalize.stories.features import (
    IN_TEXT,
    LISTED,
    NAMED,
    TITLED,
    EntityMention,
    StoryFeatures,
)
from app.store.tables import Briefing, Channel, Citation, Entity, Item, Mention, Source


def features_of(session: Session, first: date, last: date) -> dict[int, StoryFeatures]:
    """The items of some days, as far as they tell a story, by `pk`."""
    return _under(session, (col(Item.date) >= first, col(Item.date) <= last))


class FeatureWindow:
    """Tellings kept by day from one transaction to the next, for whoever writes many: those around the days written last.

    They hold at one version of the base; whoever keeps them says `at` which they are wanted, and forgets them where a transaction fails.
    """

    def __init__(self) -> None:
        """Of nothing yet."""
        self._version: int | None = None
        self._days: dict[date, dict[int, StoryFeatures]] = {}

    def at(self, version: int | None) -> None:
        """Forget all, unless it is of this version."""
        if version != self._version or version is None:
            self._days.clear()

    def move(self, version: int) -> None:
        """What is kept holds at this version, too."""
        self._version = version

    def forget(self, days: Iterable[date]) -> None:
        """Forget days that changed."""
        for day in days:
            self._days.pop(day, None)

    def keep(self, first: date, last: date) -> None:
        """Forget all days but these."""
        self.forget([day for day in self._days if not first <= day <= last])

    def tellings(self, session: Session, first: date, last: date) -> dict[int, StoryFeatures]:
        """The items of some days, as `tellings` reads them, those of days that are not kept read now."""
        wanted = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
        missing = [day for day in wanted if day not in self._days]
        if missing:
            self._days |= {day: {} for day in missing}
            for pk, telling in features_of(session, missing[0], missing[-1]).items():
                self._days[telling.day][pk] = telling
        return {pk: telling for day in wanted for pk, telling in self._days[day].items()}


def of_briefing(session: Session, briefing_pk: int) -> dict[int, StoryFeatures]:
    """The items of a briefing, by `pk`, in its order."""
    return _under(session, (col(Item.briefing_pk) == briefing_pk,))


def _under(session: Session, within: Any) -> dict[int, StoryFeatures]:
    rows = session.execute(
        select(
            col(Item.pk), col(Item.id), col(Briefing.id), col(Item.date), col(Channel.id), col(Item.ordinal), col(Item.title),
            col(Item.summary), col(Item.extra),
        )
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .where(*within)
        .order_by(col(Item.date), col(Item.ordinal))
    ).all()  # fmt: skip
    names = _names(session, within)
    sources, papers = _cited(session, within)
    return {
        pk: StoryFeatures(
            id=item,
            briefing=briefing,
            place=(day, channel, ordinal),
            title=title,
            # What stands besides the summary tells no story (who posted it and when), but it is all there is of a stub.
            text=summary or "\n".join(field["text"] or "" for field in extra),
            sources=frozenset(sources[pk]),
            papers=frozenset(papers[pk]),
            names=names[pk],
            addresses=sources[pk],
        )
        for pk, item, briefing, day, channel, ordinal, title, summary, extra in rows
    }


def _names(session: Session, within: Any) -> defaultdict[int, dict[str, EntityMention]]:
    in_title = case((col(Mention.kind) == "title", col(Mention.start_char)))
    listed = func.max(case((col(Mention.kind) == "listed", 1), else_=0))
    own = (col(Mention.item_pk), col(Entity.id), col(Entity.type), col(Mention.surface))
    rows = session.execute(
        select(*own, func.min(in_title), listed)
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(*within, col(Mention.field) != "extra")
        .group_by(*own)
    )
    found: defaultdict[int, dict[str, tuple[str, list[int], int, set[str]]]] = defaultdict(dict)
    for item, entity, kind, surface, at, is_listed in rows:
        _, places, was_listed, surfaces = found[item].get(entity) or (kind, [], 0, set())
        surfaces.add(surface)
        found[item][entity] = (
            kind,
            places if at is None else [*places, at],
            was_listed or is_listed,
            surfaces,
        )
    names: defaultdict[int, dict[str, EntityMention]] = defaultdict(dict)
    for item, named in found.items():
        for entity, (kind, places, is_listed, surfaces) in named.items():
            # What no catalogue knows is a name where it is written like one.
            kind = NAMED if kind == "other" and any(map(str.isupper, "".join(surfaces))) else kind
            weight = TITLED if places else LISTED if is_listed else IN_TEXT
            names[item][entity] = EntityMention(
                kind, weight, min(places, default=0), frozenset(surfaces)
            )
    return names


def _cited(
    session: Session, within: Any
) -> tuple[defaultdict[int, dict[str, str]], defaultdict[int, set[str]]]:
    """Articles by item (id → URL without `www.`) and papers. A placeholder, plain text or a home page is neither."""
    rows = session.execute(
        select(col(Citation.item_pk), col(Source.id), col(Source.url), col(Source.arxiv_id))
        .join(Item, col(Item.pk) == col(Citation.item_pk))
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .where(*within, col(Source.url).is_not(None))
    )
    sources: defaultdict[int, dict[str, str]] = defaultdict(dict)
    papers: defaultdict[int, set[str]] = defaultdict(set)
    for item, source, url, arxiv in rows:
        parts = urlsplit(url)
        if arxiv:
            papers[item].add(source)
        elif parts.path.strip("/") or parts.query:
            sources[item][source] = url.replace("://www.", "://", 1)
    return sources, papers
