"""The shapes of entities."""

from datetime import date

from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.schemas.shared import EntityRef, Out


class EntityCounts(Out):
    items: int
    mentions: int
    briefings: int


class EntityLinks(Out):
    self: str
    items: str
    timeline: str


class EntitySummary(EntityRef):
    """An entity in a list; its counts are those under the filters given."""

    counts: EntityCounts
    first_seen: date | None
    last_seen: date | None
    links: EntityLinks


class AliasOut(Out):
    name: str
    lang: str | None
    kind: str


class EntityOut(EntitySummary):
    names: dict[str, str]
    aliases: list[AliasOut]
    family: EntityRef | None
    maker: EntityRef | None


class EntityItems(Page[ItemOut]):
    """The items that name an entity, or, with `family=true`, one of its members."""

    family: bool
    members: list[EntityRef]
