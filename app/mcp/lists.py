"""Tools that answer lists of the API: headlines, search, digest, related things, trends."""

import html
import re
from collections.abc import Sequence
from typing import Any

import orjson

from app.errors import BadRequest
from app.mcp.arguments import (
    DigestArguments,
    HeadlinesArguments,
    RelatedArguments,
    SearchArguments,
    TrendsArguments,
)
from app.mcp.citing import Asked, cites, newest_naming, stories
from app.mcp.fitting import Slice, fitted, walk_of
from app.mcp.shapes import (
    Cite,
    FoundThing,
    RelatedAnswer,
    RelatedThing,
    SearchAnswer,
    StoriesAnswer,
    Story,
    Trend,
    TrendsAnswer,
)
from app.query import search
from app.query.documents import briefings
from app.query.entities import references, related
from app.query.publishing import digest
from app.query.request.briefing_params import HeadlinesQuery
from app.query.request.digest_params import DigestQuery
from app.query.request.entity_params import RelatedQuery, TrendsQuery
from app.query.request.item_params import RelatedItemsQuery, SearchList
from app.query.schemas.digest import StoryOut
from app.query.snapshot import dataset
from app.query.stories import related_items
from app.query.time import trends

_EXCERPT_CHARS = 160
_MARK = re.compile(r"</?mark>")
_COLLECTIONS = {
    "item": "items",
    "entity": "entities",
    "source": "sources",
    "briefing": "briefings",
}


def one_clause(value: str | None) -> list[str]:
    """Return the values of a repeatable parameter."""
    return [] if value is None else [value]


def headlines(asked: Asked, arguments: HeadlinesArguments) -> bytes:
    """Return the focus sections of a day or several, in the editor's order."""
    query = HeadlinesQuery.model_validate(
        {
            "day": arguments.date,
            "from_": arguments.from_,
            "to": arguments.to,
            "channel": one_clause(arguments.channel),
            "importance": one_clause(arguments.importance),
        }
    )
    days = briefings.of_headlines(asked.session, query, asked.channel)
    items: list[bytes] = []
    for briefing in days:
        section = briefings.headlines(asked.session, briefing, arguments.lang, query.importance)
        items.extend(section)
    version = dataset.version(asked.session).text

    def entries(start: int, end: int) -> list[Story]:
        return stories(asked, items[start:end], arguments.detail)

    head = {"dataset_version": version, "from_": days[-1].date, "to": days[0].date}
    walk = walk_of(version, arguments, len(items), entries)
    return fitted(StoriesAnswer, head, walk, arguments)


def find(asked: Asked, arguments: SearchArguments) -> bytes:
    """Return what matches a query."""
    values = arguments.filters() | {"q": arguments.query, "type": one_clause(arguments.type)}
    head: dict[str, Any] = {"dataset_version": dataset.version(asked.session).text}

    def walk(limit: int) -> Slice:
        query = SearchList.model_validate(values | {"limit": limit, "cursor": arguments.cursor})
        listing = search.find(asked.session, query, arguments.lang)
        head["warnings"] = listing.warnings
        head["counts"] = listing.extra["counts"]
        hits = [orjson.loads(hit) for hit in listing.entries]
        rows = listing.rows
        return Slice.of(_things(asked, hits), rows)

    return fitted(SearchAnswer, head, walk, arguments)


def _things(asked: Asked, hits: Sequence[dict[str, Any]]) -> list[FoundThing]:
    cited: dict[tuple[str, str], Cite] = {}
    for kind, collection in _COLLECTIONS.items():
        ids = [hit["id"] for hit in hits if hit["type"] == kind]
        if ids:
            for thing_id, cite in cites(asked, ids, collection).items():
                cited[kind, thing_id] = cite
    things = []
    for hit in hits:
        thing = FoundThing(
            type=hit["type"],
            id=hit["id"],
            title=hit["title"],
            date=hit["date"],
            excerpt=_excerpt(hit["match"]["highlights"]),
            cite=cited.get((hit["type"], hit["id"])),
        )
        things.append(thing)
    return things


def _excerpt(highlights: Sequence[dict[str, Any]]) -> str | None:
    """Return the first highlighted text besides the title."""
    for highlight in highlights:
        if highlight["field"] not in ("title", "name"):
            text = html.unescape(_MARK.sub("", highlight["marked"]))
            return text if len(text) <= _EXCERPT_CHARS else text[:_EXCERPT_CHARS] + "…"
    return None


def write_digest(asked: Asked, arguments: DigestArguments) -> bytes:
    """Return the stories of a period by salience, one item a thread, sections in turn."""
    query = DigestQuery.model_validate(arguments.filters() | {"days": arguments.days})
    period = digest.find(asked.session, query, arguments.lang)
    cited = cites(asked, [story.id for story in period.stories])

    def entries(start: int, end: int) -> list[Story]:
        return [_digest_story(story, cited[story.id]) for story in period.stories[start:end]]

    head = {
        "dataset_version": period.version,
        "warnings": period.warnings,
        "from_": period.first,
        "to": period.last,
    }
    walk = walk_of(period.version, arguments, len(period.stories), entries)
    return fitted(StoriesAnswer, head, walk, arguments)


def _digest_story(story: StoryOut, cite: Cite) -> Story:
    return Story(
        id=story.id,
        title=story.title,
        date=story.date,
        section=story.section,
        importance=story.importance,
        summary=story.summary,
        thread=story.thread,
        reports=story.reports,
        cite=cite,
    )


def find_related(asked: Asked, arguments: RelatedArguments) -> bytes:
    """Return what is related to an item or an entity."""
    if arguments.item and not arguments.entity:
        return _related_items(asked, arguments, arguments.item)
    if arguments.entity and not arguments.item:
        return _related_entities(asked, arguments, arguments.entity)
    raise BadRequest("item, entity: expected exactly one of them.")


def _period(arguments: RelatedArguments, limit: int) -> dict[str, Any]:
    return {
        "from_": arguments.from_,
        "to": arguments.to,
        "channel": one_clause(arguments.channel),
        "limit": limit,
        "cursor": arguments.cursor,
    }


def _related_items(asked: Asked, arguments: RelatedArguments, item_id: str) -> bytes:
    head: dict[str, Any] = {"dataset_version": dataset.version(asked.session).text}

    def walk(limit: int) -> Slice:
        query = RelatedItemsQuery.model_validate(_period(arguments, limit))
        listing = related_items.find(asked.session, item_id, query, arguments.lang)
        head["warnings"], head["formula"] = listing.warnings, listing.extra["formula"]
        cited = cites(asked, [entry.id for entry in listing.entries])
        things = []
        for entry in listing.entries:
            thing = RelatedThing(
                id=entry.id,
                name=entry.title,
                date=entry.date,
                score=entry.score,
                reasons=[reason.text for reason in entry.reasons],
                cite=cited[entry.id],
            )
            things.append(thing)
        return Slice.of(things, listing.rows)

    return fitted(RelatedAnswer, head, walk, arguments)


def _related_entities(asked: Asked, arguments: RelatedArguments, name: str) -> bytes:
    head: dict[str, Any] = {"dataset_version": dataset.version(asked.session).text}
    pk = references.resolve(asked.session, name)
    subject = references.id_of(asked.session, pk)
    period = _period(arguments, 1)
    days = {key: period[key] for key in ("from_", "to", "channel")}

    def walk(limit: int) -> Slice:
        query = RelatedQuery.model_validate(_period(arguments, limit))
        listing = related.find(asked.session, pk, query, arguments.lang)
        head["warnings"] = listing.warnings
        head["formula"] = listing.extra["statistic"]["formula"]
        evidence = {}
        for entry in listing.entries:
            evidence[entry.id] = newest_naming(asked, subject, entry.id, **days)
        cited = cites(asked, filter(None, evidence.values()))
        things = []
        for entry in listing.entries:
            thing = RelatedThing(
                id=entry.id,
                name=entry.name,
                type=entry.type,
                score=entry.g2,
                together=entry.count,
                cite=cited.get(evidence[entry.id] or ""),
            )
            things.append(thing)
        return Slice.of(things, listing.rows)

    return fitted(RelatedAnswer, head, walk, arguments)


def find_trends(asked: Asked, arguments: TrendsArguments) -> bytes:
    """Return the entities that rise and fall."""
    head: dict[str, Any] = {"dataset_version": dataset.version(asked.session).text}
    values = {
        "window": arguments.window,
        "baseline": arguments.baseline,
        "until": arguments.until,
        "direction": arguments.direction,
        "support": arguments.support,
        "entity_type": one_clause(arguments.entity_type),
        "cursor": arguments.cursor,
    }

    def walk(limit: int) -> Slice:
        query = TrendsQuery.model_validate(values | {"limit": limit})
        listing = trends.find(asked.session, query, arguments.lang)
        window, baseline = listing.extra["window"], listing.extra["baseline"]
        head["warnings"] = listing.warnings
        head["from_"], head["to"] = window["from"], window["to"]
        head["statistic"] = listing.extra["statistic"]["formula"]
        evidence = {}
        for entry in listing.entries:
            days = {"from_": baseline["from"], "to": window["to"]}
            evidence[entry.id] = newest_naming(asked, entry.id, **days)
        cited = cites(asked, filter(None, evidence.values()))
        rising = []
        for entry in listing.entries:
            rising.append(_trend(entry, cited.get(evidence[entry.id] or "")))
        return Slice.of(rising, listing.rows)

    return fitted(TrendsAnswer, head, walk, arguments)


def _trend(entry: Any, cite: Cite | None) -> Trend:
    return Trend(
        id=entry.id,
        slug=entry.slug,
        name=entry.name,
        type=entry.type,
        items=entry.items,
        baseline=entry.baseline,
        expected=entry.expected,
        residual=entry.residual,
        new=entry.new,
        cite=cite,
    )
