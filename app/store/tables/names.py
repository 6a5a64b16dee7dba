"""Entities, their names, and what decides which name is which entity."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Index,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from app.store.tables.fields import Big, json_field, key_field, pk_field, ref_field


class Entity(SQLModel, table=True):
    """A person or thing that documents name; `merged_into_pk` is set by a merge."""

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    node: str = Field(max_length=210, unique=True)
    """Its name in judgements: `c:` and the slug of the catalogue, or `k:` and a name key."""
    slug: str = Field(max_length=96, unique=True)
    type: str = Field(default="other", max_length=12, index=True)
    name: str = Field(max_length=200)
    names: dict[str, str] = json_field(dict)
    """The usual name by language: `en`, `zh-Hant`, `zh-Hans`."""
    family_pk: int | None = ref_field("entity.pk", null=True, delete="SET NULL")
    maker_pk: int | None = ref_field("entity.pk", null=True, delete="SET NULL")
    merged_into_pk: int | None = ref_field("entity.pk", null=True, delete="SET NULL")
    external_ids: dict[str, str] = json_field(dict)
    origin: str = Field(default="document", max_length=12)
    """`document`, `catalogue` or `curator`."""
    __table_args__ = (Index(None, "name"),)


class Alias(SQLModel, table=True):
    """A name of an entity; homonyms share a key."""

    pk: int | None = pk_field()
    entity_pk: int = ref_field("entity.pk")
    name: str = Field(max_length=200)
    key: str = Field(max_length=200, index=True)
    lang: str | None = Field(default=None, max_length=8)
    kind: str = Field(default="spelling", max_length=24)
    origin: str = Field(default="document", max_length=12)
    __table_args__ = (UniqueConstraint("entity_pk", "name"),)


class Spelling(SQLModel, table=True):
    """Derived: the number of mentions of an entity by this name."""

    pk: int | None = pk_field()
    entity_pk: int = ref_field("entity.pk", index=False)
    name: str
    count: int
    __table_args__ = (UniqueConstraint("entity_pk", "name"),)


class EntityChange(SQLModel, table=True):
    """Derived: the dataset version that last changed an entity's names or mentions.

    The row of a removed entity stays.
    """

    __tablename__ = "entity_change"
    entity_pk: int = key_field("entity_pk")
    version: int = Field(sa_type=Big, index=True)


class Naming(SQLModel, table=True):
    """A name as documents use it: the key of a spelling, and the node that documents give it.

    Both and all judgements decide the entity of its mentions, of which it has up to thousands.
    """

    pk: int | None = pk_field()
    key: str = Field(max_length=200, index=True)
    """The key of the surface (`normalize/entities/names.py`)."""
    node: str = Field(max_length=210)
    """The node the document alone gives it (see `Judgement`)."""
    __table_args__ = (UniqueConstraint("node", "key"),)


class Mention(SQLModel, table=True):
    """A mention of an entity: a cell of an entity line, or a span of running text.

    A composite cell (`NVLink/NVSwitch`) is a mention without entity; its parts are mentions with
    `cell_pk`. Characters count from 0 in the decoded document.
    """

    pk: int | None = pk_field()
    entity_pk: int | None = ref_field("entity.pk", null=True, index=False)
    briefing_pk: int = ref_field("briefing.pk")
    item_pk: int | None = ref_field("item.pk", null=True, index=False)
    cell_pk: int | None = ref_field("mention.pk", null=True)
    channel_pk: int = ref_field("channel.pk", delete="RESTRICT", index=False)
    date: date
    kind: str = Field(max_length=10)
    """`listed title body keyword tag watchlist insight context`."""
    field: str = Field(max_length=32)
    surface: str
    naming_pk: int | None = ref_field("naming.pk", null=True, delete="RESTRICT", index=False)
    """None for a mention that leads to no entity."""
    position: int
    inferred: bool = False
    method: str = Field(max_length=16)
    score: float = 1.0
    line: int
    start_char: int
    end_char: int
    # Covering indexes: counts by entity, the entities of items, and the entities of namings.
    __table_args__ = (
        Index(None, "entity_pk", "date", "item_pk", "briefing_pk"),
        Index(None, "item_pk", "entity_pk"),
        Index(None, "naming_pk", "entity_pk"),
    )


class Claim(SQLModel, table=True):
    """A claim that the document hedges; `surface` is the hedge, `text` the sentence around it."""

    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk")
    item_pk: int = ref_field("item.pk", index=False)
    kind: str = Field(max_length=12)
    """`guessed undisclosed claimed`."""
    field: str = Field(max_length=32)
    surface: str
    text: str
    line: int
    start_char: int
    end_char: int
    __table_args__ = (Index(None, "item_pk", "kind"),)


class UnlistedName(SQLModel, table=True):
    """A place that looks like a name no catalogue has (`normalize/unlisted.py`).

    `text` is its sentence. `item_pk` is None outside of items.
    """

    __tablename__ = "unlisted_name"
    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk")
    item_pk: int | None = ref_field("item.pk", null=True)
    date: date
    form: str = Field(max_length=10)
    """`latin quoted bracketed`."""
    field: str = Field(max_length=32)
    surface: str
    key: str = Field(max_length=200, index=True)
    text: str
    line: int
    start_char: int
    end_char: int


class Judgement(SQLModel, table=True):
    """A statement that two nodes are, or are not, the same entity.

    It is never changed, only undone by a later one.
    """

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    kind: str = Field(max_length=12)
    """`link merge split alias create reject undo`."""
    verdict: str = Field(max_length=8)
    """`positive negative unsure`."""
    left_key: str = Field(max_length=210, index=True)
    """A node: `k:` and a name key, or `c:` and a slug of the catalogue."""
    right_key: str = Field(max_length=210, index=True)
    method: str = Field(max_length=24)
    score: float
    evidence: dict[str, Any] = json_field(dict)
    actor: str = Field(max_length=80)
    reason: str | None = None
    created_at: datetime
    briefing_pk: int | None = ref_field("briefing.pk", null=True)
    """The document that is the evidence of an automatic judgement; None for a curator's.

    The judgement is deleted when the document no longer supports it.
    """
    undoes_pk: int | None = ref_field("judgement.pk", null=True, delete="RESTRICT")
