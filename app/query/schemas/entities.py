"""Shapes of entities."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.schemas.related import RelatedOut
from app.query.schemas.shared import EntityRef, MentionKind, Out, Rollup


class EntityCounts(Out):
    """Frequency of an entity."""

    items: int = Field(description="Number of items that mention the entity.")
    mentions: int = Field(description="Number of mentions.")
    briefings: int = Field(description="Number of briefings that mention the entity.")


class EntityLinks(Out):
    """Addresses of an entity."""

    self: str = Field(description="The entity.")
    items: str = Field(description="The items that mention the entity.")
    timeline: str = Field(description="The mentions over time.")
    related: str = Field(description="The co-occurring entities.")
    history: str = Field(description="The judgements about the entity.")


class EntitySummary(EntityRef):
    """Entity in a list, counted under the filters of the list."""

    counts: EntityCounts = Field(description="Frequency under the filters.")
    first_seen: date | None = Field(description="Date of the first mention under the filters.")
    last_seen: date | None = Field(description="Date of the last mention under the filters.")
    members: list[EntityRef] = Field(
        description="Mentioned entities that a roll-up counts as the entity."
    )
    links: EntityLinks = Field(description="Addresses of the entity.")


SpellingKind = Literal[
    "name",
    "translation",
    "regional-translation",
    "abbreviation",
    "former-name",
    "handle",
    "vendor-prefixed",
    "code-name",
    "spelling",
]


class AliasOut(Out):
    """Spelling of an entity."""

    id: str = Field(description="Stable id of the spelling.", examples=["a_6mxd453iatx2"])
    name: str = Field(description="The spelling.")
    lang: str | None = Field(description="Language of the spelling, if known.")
    kind: SpellingKind = Field(
        description="Kind of the spelling; `name` is the catalogue's name in a language."
    )
    origin: Literal["catalogue", "curator", "document"] = Field(
        description="Where the spelling is from: the catalogue, a curator or documents only."
    )


class MovedOut(Out):
    """Body of the redirect from an entity that was merged."""

    id: str = Field(description="Id of the merged entity.")
    merged_into: str = Field(description="Id of the entity it was merged into.")


class EntityOut(EntitySummary):
    """Entity with its names and relations."""

    names: dict[str, str] = Field(description="Usual names, by language.")
    aliases: list[AliasOut] = Field(description="All spellings, sorted by name.")
    family: EntityRef | None = Field(description="Family that the entity belongs to.")
    maker: EntityRef | None = Field(description="Organisation or person that makes the entity.")
    members: list[EntityRef] = Field(
        description="Mentioned members of the entity's family, at every depth."
    )
    mentions: dict[MentionKind, int] = Field(
        description="Number of mentions, by the place of the mention; `context` is text around "
        "the items: blurbs, notes, preambles, labels, headings, readings and background."
    )
    related: list[RelatedOut] = Field(
        description="The three entities that co-occur furthest beyond chance."
    )
    external_ids: dict[str, str] = Field(
        description="Ids in other databases.", examples=[{"wikidata": "Q182477"}]
    )


class EntityItems(Page[ItemOut]):
    """Items that mention an entity or, with a roll-up, one of its members."""

    rollup: Rollup | None = Field(description="Relation that is rolled up; null for none.")
    family: bool = Field(description="Whether members of the family are included.")
    members: list[EntityRef] = Field(description="Mentioned members that are included.")


class EntityBuckets(Page[BucketOut]):
    """Items that mention an entity, grouped."""

    rollup: Rollup | None = Field(description="Relation that is rolled up; null for none.")
    family: bool = Field(description="Whether members of the family are included.")
    members: list[EntityRef] = Field(description="Mentioned members that are included.")
