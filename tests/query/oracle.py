"""The seeds, read once, and the grammar of filters applied to them in plain Python."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.query import items
from app.query.documents import briefings
from app.query.request.briefing_params import BriefingList
from app.query.request.item_params import ItemList
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.items import ItemOut
from app.query.taxonomy import tags
from app.store.tables import Briefing, Change, Entity, WatchlistEntry
from tests import shapes

Facts = dict[str, set[str]]
"""Values that match a thing, by parameter."""


@dataclass
class Oracle:
    """The items and briefings of a database, each with its facts."""

    items: dict[str, ItemOut]
    facts: dict[str, Facts]
    briefings: dict[str, BriefingOut]
    briefing_facts: dict[str, Facts]

    def matching(self, facts: Mapping[str, Facts], texts: Mapping[str, Any]) -> set[str]:
        """Return the ids of the things that match every clause of `texts`."""
        return {
            entry
            for entry, entry_facts in facts.items()
            if all(meets(entry_facts, name, spellings) for name, spellings in texts.items())
        }


def meets(facts: Facts, name: str, spellings: Any) -> bool:
    """Return whether a thing matches a parameter: a day, or a list of clauses."""
    (day,) = facts["day"]
    if name in ("from", "to"):
        return day >= spellings if name == "from" else day <= spellings
    if name == "updated_since":
        return all(_is_changed(facts, clause) for clause in spellings)
    return all(
        bool(set(clause.lstrip("!").split("|")) & facts[name]) != clause.startswith("!")
        for clause in spellings
    )


def _is_changed(facts: Facts, clause: str) -> bool:
    """Return whether a clause of times matches the times at which a thing changed."""
    since = min(clause.lstrip("!").split("|"))
    is_changed = any(at >= since for at in facts["updated_since"])
    return is_changed != clause.startswith("!")


def _changes(session: Session) -> dict[tuple[str, str], set[str]]:
    """Return the times of changes of items, briefings and watch-list entries, by kind and id."""
    times: dict[tuple[str, str], set[str]] = {}
    for change in session.exec(select(Change)):
        at = change.at.isoformat(timespec="microseconds")
        if change.object in ("item", "watch"):
            times.setdefault((change.object, change.object_id), set()).add(at)
        if change.briefing:
            times.setdefault(("briefing", change.briefing), set()).add(at)
    return times


def changed_at(session: Session) -> tuple[dict[str, Facts], dict[str, Facts]]:
    """Return the day and the times of changes of watch-list entries and of quality reports.

    An entry also changes when an item answers it.
    """
    times = _changes(session)
    entries = {}
    for row in session.exec(select(WatchlistEntry, Briefing).join(Briefing)):
        entry, briefing = row
        at = times["briefing", briefing.id] | times.get(("watch", entry.id), set())
        entries[entry.id] = {"day": {str(entry.date)}, "updated_since": at}
    reports = {}
    for briefing in session.exec(select(Briefing).where(col(Briefing.draft).is_(False))):
        at = times["briefing", briefing.id]
        reports[briefing.id] = {"day": {str(briefing.date)}, "updated_since": at}
    return entries, reports


def read(session: Session) -> Oracle:
    """Return the oracle of a database with at most a hundred items."""
    every = ItemList.model_validate(
        {"limit": 100, "include": "details,entities,sources,extra,mentions"}
    )
    item_shapes = shapes.items(items.find(session, every, None))
    rows = session.exec(select(Briefing).where(col(Briefing.draft).is_(False))).all()
    whole = {row.id: shapes.whole(session, row.id) for row in rows}
    listed = {
        entry.id: entry
        for entry in shapes.briefings(briefings.find(session, BriefingList(limit=100)))
    }
    assert listed.keys() == whole.keys()

    def slugs(names: Iterable[str]) -> set[str]:
        return {tags.one(session, name).slug for name in names}

    filed = {entry.id: (slugs(entry.tags), slugs(entry.keywords)) for entry in whole.values()}
    facts = {entry.id: _of_item(entry, *filed[entry.briefing.id]) for entry in item_shapes}
    by_briefing = {
        entry.id: _of_briefing(
            entry, *filed[entry.id], [facts[i.id] for i in item_shapes if i.briefing.id == entry.id]
        )
        for entry in whole.values()
    }
    times = _changes(session)
    for entry_id, entry_facts in facts.items():
        entry_facts["updated_since"] = times["item", entry_id]
    for entry_id, entry_facts in by_briefing.items():
        entry_facts["updated_since"] = times["briefing", entry_id]
    return Oracle({entry.id: entry for entry in item_shapes}, facts, whole, by_briefing)


def _calendar(day: date) -> Facts:
    return {
        "day": {str(day)},
        "week": {str(day - timedelta(days=day.weekday()))},
        "month": {f"{day:%Y-%m}"},
    }


def _having(parts: Mapping[str, Any]) -> set[str]:
    return {name for name, content in parts.items() if content}


PARTS_OF_ITEM: dict[str, Callable[[ItemOut], Any]] = {
    "summary": lambda entry: entry.summary is not None,
    "technical": lambda entry: entry.details.technical,
    "applications": lambda entry: entry.details.applications,
    "takeaways": lambda entry: entry.details.takeaways,
    "importance": lambda entry: entry.importance,
    "reason": lambda entry: entry.importance and entry.importance.reason is not None,
    "entities": lambda entry: any(named.listed for named in entry.entities),
    "sources": lambda entry: entry.sources,
    "publisher": lambda entry: any(source.publisher for source in entry.sources),
    "parent": lambda entry: entry.parent is not None,
    "extra": lambda entry: entry.extra,
}
"""Values of `has` that the answer itself shows: whether an item has the part."""


def _of_item(entry: ItemOut, tags: set[str], keywords: set[str]) -> Facts:
    named = [mention.entity for mention in entry.mentions if mention.entity]
    publishers = {source.publisher.id for source in entry.sources if source.publisher}
    level = "none" if entry.importance is None else entry.importance.level or "unknown"
    having = {name: has_part(entry) for name, has_part in PARTS_OF_ITEM.items()}
    having |= {"mentions": named, "tags": tags, "keywords": keywords}
    return {
        "section": {entry.section.kind},
        "importance": {level},
        "kind": {entry.kind},
        "entity": {entity.id for entity in named},
        "entity_type": {entity.type for entity in named},
        "tag": tags,
        "keyword": keywords,
        "source": {source.id for source in entry.sources},
        "publisher": publishers,
        "source_status": {source.status for source in entry.sources},
        "channel": {entry.briefing.channel},
        "has": _having(having),
        **_calendar(entry.date),
    }


def _of_briefing(
    entry: BriefingOut, tags: set[str], keywords: set[str], items: list[Facts]
) -> Facts:
    having = {
        "summary": entry.summary is not None,
        "description": entry.description is not None,
        "items": items,
        "insight": entry.insight,
        "watchlist": entry.watchlist,
        "readings": entry.readings,
        "background": entry.background,
        "tags": tags,
        "keywords": keywords,
    }
    return {
        "section": _union(items, "section"),
        "tag": tags,
        "keyword": keywords,
        "channel": {entry.channel},
        "has": _having(having),
        **_calendar(entry.date),
    }


def _union(items: list[Facts], name: str) -> set[str]:
    return set().union(*(facts[name] for facts in items))


ITEM_PARAMETERS: tuple[str, ...] = (
    "section",
    "importance",
    "kind",
    "entity",
    "entity_type",
    "tag",
    "keyword",
    "source",
    "publisher",
    "source_status",
    "channel",
    "has",
    "updated_since",
)
BRIEFING_PARAMETERS: tuple[str, ...] = (
    *("section", "tag", "keyword", "channel", "has"),
    "updated_since",
)


def _children(rows: Iterable[Entity], parent: str) -> dict[int, set[int]]:
    """Return the entities below each one by a column, methods left out of what a maker makes."""
    children: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.merged_into_pk is None and (parent != "maker_pk" or row.type != "method"):
            children[getattr(row, parent)].add(row.pk or 0)
    return children


def members(session: Session, relation: str) -> dict[int, set[int]]:
    """Return the members that each entity has by a roll-up, itself left out, by its pk.

    Entities merged into a member are members, because what is below them is below it.
    """
    rows = list(session.exec(select(Entity)))
    below = {name: _children(rows, name) for name in ("family_pk", "maker_pk")}
    merged: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.merged_into_pk is not None:
            merged[row.merged_into_pk].add(row.pk or 0)

    def descendants(pks: set[int], parents: tuple[str, ...]) -> set[int]:
        reached, waiting = set(pks), list(pks)
        while waiting:
            pk = waiting.pop()
            children = merged.get(pk, set()).union(*(below[name].get(pk, ()) for name in parents))
            waiting.extend(children - reached)
            reached |= children
        return reached

    def products(pk: int) -> set[int]:
        made: set[int] = set()
        for maker in {pk} | merged.get(pk, set()):
            made |= below["maker_pk"].get(maker, set())
        return made

    result = {}
    for pk in [row.pk or 0 for row in rows]:
        if relation == "family":
            reached = descendants({pk}, ("family_pk",))
        elif relation == "maker":
            reached = descendants(products(pk), ("family_pk",))
        else:
            reached = descendants({pk}, ("family_pk", "maker_pk"))
        if reached - {pk}:
            result[pk] = reached - {pk}
    return result
