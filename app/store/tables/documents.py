"""Briefings and their parts: documents, sections, items, sources, tags."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel, col

from app.store.tables.fields import Big, json_field, key_field, pk_field, ref_field


class Dataset(SQLModel, table=True):
    """One row: the identity of this database, and its version.

    Every transaction that changes content raises the version by one.
    """

    pk: int = Field(default=1, primary_key=True)
    instance: str = Field(max_length=16)
    version: int = Field(default=0, sa_type=Big)
    modified_at: datetime
    knowledge: str | None = Field(default=None, max_length=64)
    """The fingerprint of the catalogue and the code that last read the documents."""
    __table_args__ = (CheckConstraint("pk = 1", name="single"),)


class Channel(SQLModel, table=True):
    """A series of briefings: one daily."""

    pk: int | None = pk_field()
    id: str = Field(max_length=40, unique=True)


class Briefing(SQLModel, table=True):
    """One document of a day of a channel.

    `id` is the date in the default channel, `channel:date` in others; that of another edition of
    the day has a suffix (`normalize/editions.py`).
    """

    pk: int | None = pk_field()
    id: str = Field(max_length=64, unique=True)
    channel_pk: int = ref_field("channel.pk", delete="RESTRICT", index=False)
    date: date
    edition: str = ""
    """The name of the document without date, language and boilerplate."""
    language: str | None = Field(default=None, max_length=8)
    is_primary: bool = True
    """Whether it is the primary edition of its day."""
    dialect: str = Field(max_length=40)
    title: str
    description: str | None = None
    summary: str | None = None
    draft: bool = False
    published_at: str | None = None
    front_matter: dict[str, Any] = json_field(dict)
    heading: str | None = None
    preamble: list[str] = json_field(list)
    stats: dict[str, Any] = json_field(dict)
    report: dict[str, Any] = json_field(dict)
    """Quality of the document and of its reading (`normalize/report/quality.py`)."""
    created_at: datetime
    updated_at: datetime
    __table_args__ = (Index(None, "channel_pk", "date"), Index(None, "date", "channel_pk"))


class Document(SQLModel, table=True):
    """The bytes of a briefing's document, in a table of their own: lists never read them."""

    briefing_pk: int = key_field("briefing_pk", "briefing.pk")
    channel_pk: int = ref_field("channel.pk", delete="RESTRICT", index=False)
    sha256: str = Field(max_length=64)
    name: str
    body: bytes = Field(sa_type=LargeBinary)
    first_at: datetime
    """When these bytes were first ingested."""
    __table_args__ = (UniqueConstraint("channel_pk", "sha256"),)


class FormerDocument(SQLModel, table=True):
    """A former version of a briefing's document: its bytes, and when they were the current ones.

    `draft`: the version was one, so its bytes are never shown.
    """

    __tablename__ = "former_document"
    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk", index=False)
    sha256: str = Field(max_length=64, index=True)
    name: str
    body: bytes = Field(sa_type=LargeBinary)
    draft: bool
    first_at: datetime
    last_at: datetime
    __table_args__ = (UniqueConstraint("briefing_pk", "sha256"),)


class Measure(SQLModel, table=True):
    """A number of a briefing's report; many are added up without reading the reports."""

    briefing_pk: int = key_field("briefing_pk", "briefing.pk")
    name: str = Field(max_length=24, primary_key=True)
    value: int


class Section(SQLModel, table=True):
    """A section of a briefing, in the document's order."""

    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk")
    position: int
    kind: str = Field(max_length=16)
    title: str
    blurb: str | None = None
    notes: list[str] = json_field(list)
    containers: list[dict[str, Any]] = json_field(list)
    """Headings above bullets: `{title, position}`; position = items of the section before it."""
    first_line: int
    last_line: int


class Item(SQLModel, table=True):
    """A news item; `ordinal` counts in the briefing, `position` in the section, both from 1."""

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    briefing_pk: int = ref_field("briefing.pk")
    section_pk: int = ref_field("section.pk")
    channel_pk: int = ref_field("channel.pk", delete="RESTRICT", index=False)
    date: date
    section_kind: str = Field(max_length=16)
    ordinal: int
    position: int
    kind: str = Field(max_length=8)
    parent: str | None = None
    title: str
    summary: str | None = None
    details: dict[str, Any] = json_field(dict)
    extra: list[dict[str, Any]] = json_field(list)
    importance_level: str | None = Field(default=None, max_length=12)
    importance_rank: int = 0
    """5 high … 1 low, 0 none; the sort key of `sort=importance`."""
    importance_label: str | None = None
    importance_reason: str | None = None
    first_line: int
    last_line: int
    start_char: int
    end_char: int
    content_hash: str = Field(max_length=64)
    updated_at: datetime
    __table_args__ = (
        Index(None, "section_kind", "date"),
        Index(None, "importance_rank", "date"),
    )


Index("ix_item_newest", col(Item.date).desc(), col(Item.channel_pk), col(Item.ordinal))


class Tag(SQLModel, table=True):
    """A word that briefings are filed under: a front-matter tag, a keyword of the day, or both."""

    pk: int | None = pk_field()
    slug: str = Field(max_length=96, unique=True)
    key: str = Field(max_length=200, unique=True)
    name: str


class BriefingTag(SQLModel, table=True):
    """A tag or keyword (`kind`) on a briefing, as written there."""

    __tablename__ = "briefing_tag"
    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk")
    tag_pk: int = ref_field("tag.pk", delete="RESTRICT", index=False)
    kind: str = Field(max_length=8)
    date: date
    position: int
    name: str
    line: int | None = None
    start_char: int | None = None
    end_char: int | None = None
    __table_args__ = (Index(None, "tag_pk", "kind", "date"),)


class Publisher(SQLModel, table=True):
    """The publisher at a domain; `id` is the domain."""

    pk: int | None = pk_field()
    id: str = Field(max_length=255, unique=True)
    name: str


class Source(SQLModel, table=True):
    """An article or paper: one row for all its citations. Each placeholder has a row of its own."""

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    """From the normalised URL, the arXiv id or the opaque text; a placeholder's from its place."""
    url: str | None = None
    arxiv_id: str | None = Field(default=None, max_length=40, index=True)
    status: str = Field(max_length=12, index=True)
    publisher_pk: int | None = ref_field("publisher.pk", null=True, delete="RESTRICT")


class Citation(SQLModel, table=True):
    """A source as one item writes it, or a reading, then without item."""

    pk: int | None = pk_field()
    source_pk: int = ref_field("source.pk", delete="RESTRICT", index=False)
    briefing_pk: int = ref_field("briefing.pk")
    item_pk: int | None = ref_field("item.pk", null=True)
    channel_pk: int = ref_field("channel.pk", delete="RESTRICT", index=False)
    date: date
    position: int
    label: str | None = None
    target: str | None = None
    raw: str
    arxiv_version: int | None = None
    status: str = Field(max_length=12)
    reason: str | None = None
    line: int
    start_char: int
    end_char: int
    __table_args__ = (Index(None, "source_pk", "date", "item_pk"),)


class Insight(SQLModel, table=True):
    """A passage of the editor's insight."""

    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk")
    position: int
    title: str | None = None
    text: str
    first_line: int
    start_char: int


class WatchlistEntry(SQLModel, table=True):
    """An entry of the editor's watch list."""

    __tablename__ = "watchlist_entry"
    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    briefing_pk: int = ref_field("briefing.pk")
    date: date
    position: int
    text: str
    line: int
    start_char: int
    __table_args__ = (Index(None, "date", "position"),)


class Reading(SQLModel, table=True):
    """A recommended article; its citation refers to its source."""

    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk")
    citation_pk: int | None = ref_field("citation.pk", null=True, delete="SET NULL")
    position: int
    title: str
    target: str | None = None
    note: str | None = None
    line: int


class BackgroundNote(SQLModel, table=True):
    """A note that explains a term."""

    __tablename__ = "background_note"
    pk: int | None = pk_field()
    briefing_pk: int = ref_field("briefing.pk")
    position: int
    term: str | None = None
    text: str
    line: int
