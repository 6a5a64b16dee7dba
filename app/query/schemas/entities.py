"""The shapes of entities."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.schemas.related import RelatedOut
from app.query.schemas.shared import EntityRef, MentionKind, Out


class EntityCounts(Out):
    items: int
    mentions: int
    briefings: int


class EntityLinks(Out):
    self: str
    items: str
    timeline: str
    related: str
    history: str


class EntitySummary(EntityRef):
    """An entity in a list; its counts are those under the filters given."""

    counts: EntityCounts
    first_seen: date | None
    last_seen: date | None
    links: EntityLinks


class AliasOut(Out):
    """A spelling. `origin`: of the `catalogue`, of a `curator`, or of a `document` alone."""

    id: Annotated[str, Field(examples=["a_6mxd453iatx2"])]
    name: str
    lang: str | None
    kind: str
    origin: Literal["catalogue", "curator", "document"]


class MovedOut(Out):
    """What comes with a redirect away from an entity that was merged."""

    id: str
    merged_into: str


class EntityOut(EntitySummary):
    names: dict[str, str]
    aliases: list[AliasOut]
    family: EntityRef | None
    maker: EntityRef | None
    members: Annotated[
        list[EntityRef],
        Field(description="The members of its family that are named, however far down."),
    ]
    mentions: Annotated[
        dict[MentionKind, int], Field(description="How often it is named, by the kind of place.")
    ]
    related: Annotated[
        list[RelatedOut], Field(description="The three it is named with furthest beyond chance.")
    ]
    external_ids: Annotated[
        dict[str, str], Field(description="Its ids elsewhere.", examples=[{"wikidata": "Q182477"}])
    ]


class EntityItems(Page[ItemOut]):
    """The items that name an entity, or, with `family=true`, one of its members."""

    family: bool
    members: list[EntityRef]


class EntityBuckets(Page[BucketOut]):
    """The same as buckets."""

    family: bool
    members: list[EntityRef]
