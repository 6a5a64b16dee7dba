"""All that the seeds hold, read once, and the grammar of filters worked out on it in plain Python."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.query import briefings, items, taxonomy
from app.query.request.briefing_params import BriefingList
from app.query.request.item_params import ItemList
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.items import ItemOut
from app.store.tables import Briefing
from tests import shapes

Facts = dict[str, set[str]]
"""What a thing is filed under, by parameter: everything a value may match."""


@dataclass
class Oracle:
    """The items and briefings of a base, each with its facts."""

    items: dict[str, ItemOut]
    facts: dict[str, Facts]
    briefings: dict[str, BriefingOut]
    briefing_facts: dict[str, Facts]

    def matching(self, facts: Mapping[str, Facts], given: Mapping[str, Any]) -> set[str]:
        """The ids of what meets every clause of `given`."""
        return {
            one
            for one, own in facts.items()
            if all(meets(own, name, said) for name, said in given.items())
        }


def meets(facts: Facts, name: str, said: Any) -> bool:
    """Whether a thing meets a parameter: a day, or a list of clauses."""
    (day,) = facts["day"]
    if name in ("from", "to"):
        return day >= said if name == "from" else day <= said
    return all(
        bool(set(clause.lstrip("!").split("|")) & facts[name]) != clause.startswith("!")
        for clause in said
    )


def read(session: Session) -> Oracle:
    """All of a base that holds no more than a hundred items."""
    every = ItemList.model_validate(
        {"limit": 100, "include": "details,entities,sources,extra,mentions"}
    )
    shown = shapes.items(items.find(session, every, None))
    rows = session.exec(select(Briefing).where(col(Briefing.draft).is_(False))).all()
    whole = {row.id: shapes.whole(session, row.id) for row in rows}
    listed = {
        one.id: one for one in shapes.briefings(briefings.find(session, BriefingList(limit=100)))
    }
    assert listed.keys() == whole.keys()

    def slugs(names: Iterable[str]) -> set[str]:
        return {taxonomy.tag(session, name).slug for name in names}

    filed = {one.id: (slugs(one.tags), slugs(one.keywords)) for one in whole.values()}
    facts = {one.id: _of_item(one, *filed[one.briefing.id]) for one in shown}
    by_briefing = {
        one.id: _of_briefing(
            one, *filed[one.id], [facts[i.id] for i in shown if i.briefing.id == one.id]
        )
        for one in whole.values()
    }
    return Oracle({one.id: one for one in shown}, facts, whole, by_briefing)


def _calendar(day: date) -> Facts:
    return {
        "day": {str(day)},
        "week": {str(day - timedelta(days=day.weekday()))},
        "month": {f"{day:%Y-%m}"},
    }


def _having(parts: Mapping[str, Any]) -> set[str]:
    return {name for name, held in parts.items() if held}


def _of_item(one: ItemOut, tags: set[str], keywords: set[str]) -> Facts:
    named = [mention.entity for mention in one.mentions if mention.entity]
    publishers = {source.publisher.id for source in one.sources if source.publisher}
    level = "none" if one.importance is None else one.importance.level or "unknown"
    having = {
        "summary": one.summary is not None, "technical": one.details.technical, "applications": one.details.applications,
        "takeaways": one.details.takeaways, "importance": one.importance, "reason": one.importance and one.importance.reason is not None,
        "entities": any(name.listed for name in one.entities), "mentions": named, "sources": one.sources, "publisher": publishers,
        "tags": tags, "keywords": keywords, "parent": one.parent is not None, "extra": one.extra,
    }  # fmt: skip
    return {
        "section": {one.section.kind},
        "importance": {level},
        "kind": {one.kind},
        "entity": {entity.id for entity in named},
        "entity_type": {entity.type for entity in named},
        "tag": tags,
        "keyword": keywords,
        "source": {source.id for source in one.sources},
        "publisher": publishers,
        "source_status": {source.status for source in one.sources},
        "channel": {one.briefing.channel},
        "has": _having(having),
        **_calendar(one.date),
    }


def _of_briefing(one: BriefingOut, tags: set[str], keywords: set[str], items: list[Facts]) -> Facts:
    having = {
        "summary": one.summary is not None, "description": one.description is not None, "items": items, "insight": one.insight,
        "watchlist": one.watchlist, "readings": one.readings, "background": one.background, "tags": tags, "keywords": keywords,
    }  # fmt: skip
    return {
        "section": _union(items, "section"),
        "tag": tags,
        "keyword": keywords,
        "channel": {one.channel},
        "has": _having(having),
        **_calendar(one.date),
    }


def _union(items: list[Facts], name: str) -> set[str]:
    return set().union(*(facts[name] for facts in items))


ITEM_PARAMETERS: tuple[str, ...] = (
    "section", "importance", "kind", "entity", "entity_type", "tag", "keyword", "source", "publisher", "source_status", "channel", "has",
)  # fmt: skip
BRIEFING_PARAMETERS: tuple[str, ...] = ("section", "tag", "keyword", "channel", "has")
Check = Callable[..., None]
