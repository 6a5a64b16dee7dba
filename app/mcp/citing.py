"""Citations of facts: the version of the document and its lines, and items that stand for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.mcp.shapes import Cite, SourceOfItem, Story, TopItem
from app.query import items as item_query
from app.query.entities import references
from app.query.names.autocomplete import latest_items
from app.query.publishing import citations
from app.query.request.item_params import ItemList
from app.query.schemas.citations import DocumentPlace
from app.query.schemas.shared import ItemRef
from app.query.snapshot.refs import path
from app.store.db import Session


@dataclass(frozen=True, slots=True)
class Asked:
    """The circumstances of a call: `home` begins every address."""

    session: Session
    home: str
    channel: str


def cites(asked: Asked, ids: Iterable[str], collection: str = "items") -> dict[str, Cite]:
    """Return the citations of things by id; those without a place in a document have none."""
    cited = {}
    for thing_id, place in citations.places(asked.session, collection, set(ids)).items():
        url = asked.home + path(collection, thing_id)
        cited[thing_id] = Cite(id=thing_id, url=url, sha256=place.sha256, lines=_lines(place))
    return cited


def _lines(place: DocumentPlace) -> str | None:
    if not place.first_line:
        return None
    return line_range(place.first_line, place.last_line or place.first_line)


def line_range(first: int, last: int) -> str:
    """Return lines as text: `84-90`, or `84` for one."""
    return str(first) if first == last else f"{first}-{last}"


def stories(asked: Asked, items: Sequence[bytes], detail: str) -> list[Story]:
    """Return items in JSON as stories; `full` ones have entities and sources."""
    parsed = [orjson.loads(item) for item in items]
    cited = cites(asked, [item["id"] for item in parsed])
    return [story(item, cited[item["id"]], detail) for item in parsed]


def story(item: dict[str, Any], cite: Cite, detail: str) -> Story:
    """Return an item of the API as a story."""
    thread = item["thread"]
    entry = Story(
        id=item["id"],
        title=item["title"],
        date=item["date"],
        section=item["section"]["kind"],
        importance=importance(item),
        summary=item["summary"],
        thread=thread and thread["id"],
        cite=cite,
    )
    if detail == "full":
        entry.entities = [name["surface"] for name in item.get("entities", ())] or None
        entry.sources = source_links(item.get("sources", ())) or None
    return entry


def importance(item: dict[str, Any]) -> str | None:
    """Return the level of importance of an item, else its label; None without one."""
    stated = item["importance"]
    return str(stated["level"] or stated["label"]) if stated else None


def source_links(sources: Iterable[dict[str, Any]]) -> list[SourceOfItem]:
    """Return the sources of an item as links."""
    links = []
    for source in sources:
        links.append(SourceOfItem(id=source["id"], label=source["label"], url=source["url"]))
    return links


def top_item(ref: ItemRef | dict[str, Any], cited: dict[str, Cite]) -> TopItem:
    """Return an item that stands for a number, with its citation."""
    item = ItemRef.model_validate(ref)
    return TopItem(title=item.title, date=item.date, cite=cited[item.id])


def newest_naming(asked: Asked, *names: str, **filters: Any) -> str | None:
    """Return the id of the newest item that names all of some entities, None without one."""
    query = ItemList.model_validate({"entity": list(names), "limit": 1, **filters})
    recent_items = item_query.find(asked.session, query, None).entries
    for item in recent_items:
        return str(orjson.loads(item)["id"])
    return None


def newest_cites(asked: Asked, entity_ids: Iterable[str]) -> dict[str, Cite]:
    """Return the citation of the newest item that names each entity, by entity id."""
    pks = {}
    for entity_id in entity_ids:
        pk = references.of_id(asked.session, entity_id)
        if pk is not None:
            pks[pk] = entity_id
    newest = {}
    for pk, items in latest_items(asked.session, sorted(pks), 1).items():
        newest[pks[pk]] = items[0].id
    cited = cites(asked, newest.values())
    return {entity_id: cited[item_id] for entity_id, item_id in newest.items()}
