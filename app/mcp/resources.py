"""Resources: outlines of briefings and profiles of entities, bounded like answers of tools."""

from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

import orjson

from app.errors import NotFound
from app.mcp.citing import Asked
from app.mcp.tools import BRIEFING, TOOLS, answer
from app.query.documents import briefings
from app.query.entities import lists as entity_lists
from app.query.request.briefing_params import BriefingList
from app.query.request.entity_params import EntityList

SCHEME = "briefbase"
MAX_TOKENS = 9_000
MAX_LISTED = 20
"""Briefings and entities that the list of resources names; the templates reach all."""
MEDIA = "application/json"


class ResourceSpec(NamedTuple):
    """A resource in a list."""

    uri: str
    name: str
    description: str


TEMPLATES = (
    ResourceSpec(
        "briefbase://briefings/{id}",
        "Briefing",
        "Outline of a briefing by its id, such as 2025-12-23: items with ids and lines.",
    ),
    ResourceSpec(
        "briefbase://entities/{id}",
        "Entity",
        "Profile of an entity by id, slug or any spelling, with the newest items that name it.",
    ),
)


def listed(asked: Asked) -> list[ResourceSpec]:
    """Return the newest briefings and the entities that are named most."""
    resources = []
    newest = briefings.find(asked.session, BriefingList.model_validate({"limit": MAX_LISTED}), None)
    for entry in newest.entries:
        briefing = orjson.loads(entry) if isinstance(entry, bytes) else entry.model_dump()
        resources.append(
            ResourceSpec(address("briefings", briefing["id"]), briefing["title"], briefing["id"])
        )
    top = entity_lists.find(asked.session, EntityList.model_validate({"limit": MAX_LISTED}), None)
    for entity in top.entries:
        resources.append(
            ResourceSpec(address("entities", entity.id), entity.name, str(entity.type))
        )
    return resources


def address(collection: str, name: str, cursor: str | None = None) -> str:
    """Return the URI of a resource; with a cursor, of its next entries."""
    query = f"?cursor={cursor}" if cursor else ""
    return f"{SCHEME}://{collection}/{quote(name, safe=':')}{query}"


def read(asked: Asked, uri: str) -> bytes:
    """Return a resource in JSON. Raises NotFound for a URI of another form."""
    parts = urlsplit(uri)
    name = unquote(parts.path.removeprefix("/"))
    values: dict[str, Any] = {"limit": 50, "max_tokens": MAX_TOKENS}
    cursors = parse_qs(parts.query).get("cursor")
    if cursors:
        values["cursor"] = cursors[0]
    if parts.scheme == SCHEME and name and parts.netloc == "briefings":
        body = answer(asked, BRIEFING, values | {"id": name})
    elif parts.scheme == SCHEME and name and parts.netloc == "entities":
        body = answer(asked, TOOLS["entity_profile"], values | {"entity": name})
    else:
        expected = " or ".join(template.uri for template in TEMPLATES)
        raise NotFound(f"There is no resource {uri[:200]!r}; expected {expected}.")
    content = orjson.loads(body)
    if cursor := content.get("next_cursor"):
        content["next_uri"] = address(parts.netloc, name, cursor)
    return orjson.dumps(content)
