"""The outline of a briefing: its items with their lines."""

from typing import Any

import orjson

from app.mcp.arguments import Walked
from app.mcp.citing import Asked, cites, importance, line_range
from app.mcp.fitting import fitted, walk_of
from app.mcp.shapes import BriefingAnswer, OutlineItem
from app.query.documents import briefings
from app.query.documents.ids import stored_id
from app.query.request.params import Text
from app.query.snapshot import dataset

MAX_SUMMARY_CHARS = 600


class BriefingArguments(Walked):
    """Arguments of the outline of a briefing."""

    id: Text


def outline(asked: Asked, arguments: BriefingArguments) -> bytes:
    """Return the outline of a briefing."""
    briefing_id = stored_id(asked.session, arguments.id, asked.channel)
    known = briefings.get(asked.session, briefing_id)
    briefing = orjson.loads(briefings.whole(asked.session, known, arguments.lang))
    listed = []
    for section in briefing["sections"]:
        for item in section["items"]:
            listed.append(_item(section["kind"], item))
    version = dataset.version(asked.session).text
    head: dict[str, Any] = {
        "dataset_version": version,
        "id": briefing["id"],
        "title": briefing["title"],
        "date": briefing["date"],
        "cite": cites(asked, [known.id], "briefings")[known.id],
    }
    if not arguments.cursor:
        head["summary"] = (briefing["summary"] or "")[:MAX_SUMMARY_CHARS]
    walk = walk_of(
        version,
        arguments,
        len(listed),
        lambda start, end: listed[start:end],
    )
    return fitted(BriefingAnswer, head, walk, arguments)


def _item(section: str, item: dict[str, Any]) -> OutlineItem:
    return OutlineItem(
        id=item["id"],
        section=section,
        title=item["title"],
        importance=importance(item),
        lines=line_range(item["lines"]["first"], item["lines"]["last"]),
    )
