"""Tools about one thing: an item, an entity, a story, a text."""

from typing import Any

import orjson

from app import knowledge
from app.errors import NotFound
from app.mcp.arguments import AnnotateArguments, EntityArguments, ItemArguments, ThreadArguments
from app.mcp.citing import Asked, cites, newest_cites, stories, story
from app.mcp.fitting import Slice, fitted, walk_of
from app.mcp.shapes import (
    AnnotateAnswer,
    CitedClaim,
    EntityAnswer,
    ItemAnswer,
    Member,
    ProfileName,
    SourceLine,
    ThreadAnswer,
)
from app.parse.lines import cut_lines
from app.query import items
from app.query.entities import lists as entity_lists
from app.query.entities import references
from app.query.filters import families
from app.query.names import annotate as annotations
from app.query.names import autocomplete
from app.query.request.item_params import ItemList
from app.query.schemas.threads import ThreadMemberOut, ThreadOut
from app.query.snapshot import dataset
from app.query.stories import threads

MAX_ALIASES = 10


def get_item(asked: Asked, arguments: ItemArguments) -> bytes:
    """Return an item with its exact lines."""
    item = orjson.loads(items.one(asked.session, arguments.id, arguments.lang))
    passage = items.passage(asked.session, item["id"])
    cite = cites(asked, [item["id"]])[item["id"]]
    texts = [line.text for line in cut_lines(passage.text)]
    first = passage.lines.first

    def entries(start: int, end: int) -> list[SourceLine]:
        numbers = range(first + start, first + end)
        lines = []
        for number, text in zip(numbers, texts[start:end], strict=True):
            lines.append(SourceLine(line=number, text=text))
        return lines

    version = dataset.version(asked.session).text
    head: dict[str, Any] = {"dataset_version": version, "cite": cite}
    if not arguments.cursor:
        described = story(item, cite, "full")
        # The lines below have both in the words of the document.
        described.summary = None
        head["item"] = described
        head["certainty"] = _claims(item)
    walk = walk_of(version, arguments, len(texts), entries)
    return fitted(ItemAnswer, head, walk, arguments)


def _claims(item: dict[str, Any]) -> list[CitedClaim]:
    claims = []
    for claim in item["certainty"]:
        claims.append(CitedClaim(kind=claim["kind"], text=claim["text"], line=claim["line"]))
    return claims


def entity_profile(asked: Asked, arguments: EntityArguments) -> bytes:
    """Return an entity with the newest items that name it."""
    session, lang = asked.session, arguments.lang
    pk = references.resolve(session, arguments.entity)
    entity = entity_lists.one(session, pk, lang)
    pks = families.with_members(session, [pk], arguments.rollup)
    include = "entities,sources" if arguments.detail == "full" else None

    def walk(limit: int) -> Slice:
        values = {"limit": limit, "cursor": arguments.cursor, "include": include}
        query = ItemList.model_validate(values | {"rollup": arguments.rollup})
        listing = items.find(
            session,
            query,
            lang,
            entity_pks=pks,
            entity=entity,
        )
        naming = stories(asked, list(listing.entries), arguments.detail)
        return Slice.of(naming, listing.rows)

    head: dict[str, Any] = {
        "dataset_version": dataset.version(session).text,
        "entity": {"id": entity.id, "slug": entity.slug, "name": entity.name, "type": entity.type},
    }
    if not arguments.cursor:
        aliases = [alias.name for alias in entity.aliases if alias.name != entity.name]
        head |= {
            "names": entity.names,
            "aliases": aliases[:MAX_ALIASES],
            "family": entity.family and f"{entity.family.name} ({entity.family.id})",
            "maker": entity.maker and f"{entity.maker.name} ({entity.maker.id})",
            "items": entity.counts.items,
            "mentions": entity.counts.mentions,
            "briefings": entity.counts.briefings,
            "first_seen": entity.first_seen,
            "last_seen": entity.last_seen,
            "related": [f"{other.name} ({other.id})" for other in entity.related],
            "external_ids": entity.external_ids,
            "cite": cites(asked, [entity.id], "entities").get(entity.id),
        }
    return fitted(EntityAnswer, head, walk, arguments)


def get_thread(asked: Asked, arguments: ThreadArguments) -> bytes:
    """Return a story across days, by its id or that of an item of it."""
    thread = threads.one(asked.session, _thread_id(asked, arguments.id), arguments.lang)
    version = dataset.version(asked.session).text

    def entries(start: int, end: int) -> list[Member]:
        return _members(asked, thread.members[start:end])

    head: dict[str, Any] = {
        "dataset_version": version,
        "id": thread.id,
        "title": thread.title,
        "entities": _names(thread),
    }
    walk = walk_of(version, arguments, len(thread.members), entries)
    return fitted(ThreadAnswer, head, walk, arguments)


def _thread_id(asked: Asked, thread_or_item: str) -> str:
    """Return the id of a thread. Raises NotFound for an item that no other item reports."""
    if not thread_or_item.startswith("i_"):
        return thread_or_item
    item = orjson.loads(items.one(asked.session, thread_or_item, None))
    if item["thread"] is None:
        raise NotFound(f"The item {thread_or_item!r} is in no thread: no other item reports it.")
    return str(item["thread"]["id"])


def _names(thread: ThreadOut) -> list[str]:
    return [f"{about.entity.name} ({about.entity.id})" for about in thread.entities]


def _members(asked: Asked, members: list[ThreadMemberOut]) -> list[Member]:
    cited = cites(asked, [member.item.id for member in members])
    reports = []
    for member in members:
        joined = member.joined
        reports.append(
            Member(
                id=member.item.id,
                title=member.item.title,
                date=member.item.date,
                role=member.role,
                signal=joined.signal if joined else None,
                score=joined.score if joined else None,
                cite=cited[member.item.id],
            )
        )
    return reports


def annotate(asked: Asked, arguments: AnnotateArguments) -> bytes:
    """Return the known names in a text, each with the newest item that names it."""
    result = annotations.annotate(
        asked.session,
        knowledge.knowledge().scanner,
        autocomplete.name_lookup(asked.session),
        arguments.text,
        arguments.lang,
    )
    refs = {entity.id: entity for entity in result.entities}

    def entries(start: int, end: int) -> list[ProfileName]:
        part = result.annotations[start:end]
        cited = newest_cites(asked, {annotation.entity for annotation in part})
        names = []
        for annotation in part:
            entity = refs[annotation.entity]
            names.append(
                ProfileName(
                    **dict(annotation),
                    name=entity.name,
                    type=entity.type,
                    cite=cited.get(entity.id),
                )
            )
        return names

    version = result.dataset_version
    walk = walk_of(version, arguments, len(result.annotations), entries)
    return fitted(AnnotateAnswer, {"dataset_version": version}, walk, arguments)
