"""The whole schema on one page.

`pk` is a number for joins and never leaves the database. `id` is what clients see: a function of
content, so the same documents give the same ids in any order of ingestion. Dates and kinds that
lists are filtered by are repeated on `item` and `mention`: one index then answers a page. Source
tables hold no counts; derived tables that hold some are rebuilt from them.

What an entity is (its names, links and merges) follows from `judgement` and the catalogue alone.
`entity` and `alias` are the view of it that is queried.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel, col

# JSON as text on both engines: JSONB would lose the order of front-matter keys.
# 64-bit keys on both: SQLite numbers rows through INTEGER only.
Json = JSON(none_as_null=True)
Big = BigInteger().with_variant(Integer(), "sqlite")

# Rows are never validated: their validators would take 15 ms of each start.
SQLModel.model_config["defer_build"] = True

_COLUMNS = "%(table_name)s_%(column_0_N_name)s"
SQLModel.metadata.naming_convention = {
    "ix": f"ix_{_COLUMNS}",
    "uq": f"uq_{_COLUMNS}",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
SQLModel.metadata.naming_convention |= {
    "fk": f"fk_{_COLUMNS}_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _pk() -> Any:
    """A field for a key that the database numbers."""
    return Field(default=None, sa_column=Column("pk", Big, primary_key=True, autoincrement=True))


def _key(name: str, target: str | None = None) -> Any:
    """A field for a key that is the `pk` of another row; deleted with it if `target` is given."""
    foreign = [ForeignKey(target, ondelete="CASCADE")] if target else []
    column = Column(name, Big, *foreign, primary_key=True, autoincrement=False)
    return Field(sa_column=column)


def _ref(target: str, *, null: bool = False, delete: str = "CASCADE", index: bool = True) -> Any:
    """A field that refers to a row of another table."""
    # A new column each time: a column belongs to one table.
    foreign = ForeignKey(target, ondelete=delete)
    return Field(
        default=None if null else ...,
        sa_type=Big,
        sa_column_args=[foreign],
        nullable=null,
        index=index,
    )


def _json(default: Any = None) -> Any:
    """A field of JSON; nullable without a `default` factory."""
    if default:
        return Field(default_factory=default, sa_type=Json)
    return Field(default=None, sa_type=Json, nullable=True)


class Dataset(SQLModel, table=True):
    """One row: the identity of this database, and its version.

    Every transaction that changes content raises the version by one.
    """

    pk: int = Field(default=1, primary_key=True)
    instance: str = Field(max_length=16)
    version: int = Field(default=0, sa_type=Big)
    modified_at: datetime
    knowledge: str | None = Field(default=None, max_length=64)
    """The hash of what the documents were last read with: the catalogue and the code's version."""
    __table_args__ = (CheckConstraint("pk = 1", name="single"),)


class Channel(SQLModel, table=True):
    """A series of briefings: one daily."""

    pk: int | None = _pk()
    id: str = Field(max_length=40, unique=True)


class Briefing(SQLModel, table=True):
    """One document of a day of a channel.

    `id` is the date in the default channel, `channel:date` in others; that of another edition of
    the day has a suffix (`normalize/editions.py`).
    """

    pk: int | None = _pk()
    id: str = Field(max_length=64, unique=True)
    channel_pk: int = _ref("channel.pk", delete="RESTRICT", index=False)
    date: date
    edition: str = ""
    """The name of the document without date, language and boilerplate."""
    language: str | None = Field(default=None, max_length=8)
    is_primary: bool = True
    """Whether it is the edition that stands for its day."""
    dialect: str = Field(max_length=40)
    title: str
    description: str | None = None
    summary: str | None = None
    draft: bool = False
    published_at: str | None = None
    front_matter: dict[str, Any] = _json(dict)
    heading: str | None = None
    preamble: list[str] = _json(list)
    stats: dict[str, Any] = _json(dict)
    report: dict[str, Any] = _json(dict)
    """Quality of the document and of its reading (`normalize/report/quality.py`)."""
    created_at: datetime
    updated_at: datetime
    __table_args__ = (Index(None, "channel_pk", "date"), Index(None, "date", "channel_pk"))


class Document(SQLModel, table=True):
    """The bytes of a briefing's document, in a table of their own: lists never read them."""

    briefing_pk: int = _key("briefing_pk", "briefing.pk")
    channel_pk: int = _ref("channel.pk", delete="RESTRICT", index=False)
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
    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk", index=False)
    sha256: str = Field(max_length=64, index=True)
    name: str
    body: bytes = Field(sa_type=LargeBinary)
    draft: bool
    first_at: datetime
    last_at: datetime
    __table_args__ = (UniqueConstraint("briefing_pk", "sha256"),)


class Measure(SQLModel, table=True):
    """A number of a briefing's report; many are added up without reading the reports."""

    briefing_pk: int = _key("briefing_pk", "briefing.pk")
    name: str = Field(max_length=24, primary_key=True)
    value: int


class Section(SQLModel, table=True):
    """A section of a briefing, in the document's order."""

    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk")
    position: int
    kind: str = Field(max_length=16)
    title: str
    blurb: str | None = None
    notes: list[str] = _json(list)
    containers: list[dict[str, Any]] = _json(list)
    """Headings above bullets: `{title, position}`; position = items of the section before it."""
    first_line: int
    last_line: int


class Item(SQLModel, table=True):
    """A news item; `ordinal` counts in the briefing, `position` in the section, both from 1."""

    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    briefing_pk: int = _ref("briefing.pk")
    section_pk: int = _ref("section.pk")
    channel_pk: int = _ref("channel.pk", delete="RESTRICT", index=False)
    date: date
    section_kind: str = Field(max_length=16)
    ordinal: int
    position: int
    kind: str = Field(max_length=8)
    parent: str | None = None
    title: str
    summary: str | None = None
    details: dict[str, Any] = _json(dict)
    extra: list[dict[str, Any]] = _json(list)
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


class Entity(SQLModel, table=True):
    """A person or thing that documents name; `merged_into_pk` is set by a merge."""

    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    node: str = Field(max_length=210, unique=True)
    """Its name in judgements: `c:` and the slug of the catalogue, or `k:` and a name key."""
    slug: str = Field(max_length=96, unique=True)
    type: str = Field(default="other", max_length=12, index=True)
    name: str = Field(max_length=200)
    names: dict[str, str] = _json(dict)
    """The usual name by language: `en`, `zh-Hant`, `zh-Hans`."""
    family_pk: int | None = _ref("entity.pk", null=True, delete="SET NULL")
    maker_pk: int | None = _ref("entity.pk", null=True, delete="SET NULL")
    merged_into_pk: int | None = _ref("entity.pk", null=True, delete="SET NULL")
    external_ids: dict[str, str] = _json(dict)
    origin: str = Field(default="document", max_length=12)
    """`document`, `catalogue` or `curator`."""
    __table_args__ = (Index(None, "name"),)


class Alias(SQLModel, table=True):
    """A name of an entity; homonyms share a key."""

    pk: int | None = _pk()
    entity_pk: int = _ref("entity.pk")
    name: str = Field(max_length=200)
    key: str = Field(max_length=200, index=True)
    lang: str | None = Field(default=None, max_length=8)
    kind: str = Field(default="spelling", max_length=24)
    origin: str = Field(default="document", max_length=12)
    __table_args__ = (UniqueConstraint("entity_pk", "name"),)


class Spelling(SQLModel, table=True):
    """Derived: the number of mentions of an entity by this name."""

    pk: int | None = _pk()
    entity_pk: int = _ref("entity.pk", index=False)
    name: str
    count: int
    __table_args__ = (UniqueConstraint("entity_pk", "name"),)


class EntityChange(SQLModel, table=True):
    """Derived: the dataset version that last changed an entity's names or mentions.

    The row of a removed entity stays.
    """

    __tablename__ = "entity_change"
    entity_pk: int = _key("entity_pk")
    version: int = Field(sa_type=Big, index=True)


class Mention(SQLModel, table=True):
    """A mention of an entity: a cell of an entity line, or a span of running text.

    A composite cell (`NVLink/NVSwitch`) is a mention without entity; its parts are mentions with
    `cell_pk`. Characters count from 0 in the decoded document.
    """

    pk: int | None = _pk()
    entity_pk: int | None = _ref("entity.pk", null=True, index=False)
    briefing_pk: int = _ref("briefing.pk")
    item_pk: int | None = _ref("item.pk", null=True, index=False)
    cell_pk: int | None = _ref("mention.pk", null=True)
    channel_pk: int = _ref("channel.pk", delete="RESTRICT", index=False)
    date: date
    kind: str = Field(max_length=10)
    """`listed title body keyword tag watchlist insight context`."""
    field: str = Field(max_length=32)
    surface: str
    key: str | None = Field(default=None, max_length=200, index=True)
    """The key of the surface (`normalize/entities/names.py`)."""
    node: str | None = Field(default=None, max_length=210)
    """The node the document alone gives it (see `Judgement`).

    `entity_pk` follows from node, key and all judgements.
    """
    position: int
    inferred: bool = False
    method: str = Field(max_length=16)
    score: float = 1.0
    line: int
    start_char: int
    end_char: int
    # Covering indexes: counts by entity, the entities of items, and the entities of nodes.
    __table_args__ = (
        Index(None, "entity_pk", "date", "item_pk", "briefing_pk"),
        Index(None, "item_pk", "entity_pk"),
        Index(None, "node", "key", "entity_pk"),
    )


class Claim(SQLModel, table=True):
    """A claim that the document hedges; `surface` is the hedge, `text` the sentence around it."""

    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk")
    item_pk: int = _ref("item.pk", index=False)
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
    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk")
    item_pk: int | None = _ref("item.pk", null=True)
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

    pk: int | None = _pk()
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
    evidence: dict[str, Any] = _json(dict)
    actor: str = Field(max_length=80)
    reason: str | None = None
    created_at: datetime
    briefing_pk: int | None = _ref("briefing.pk", null=True)
    """The document that is the evidence of an automatic judgement; None for a curator's.

    The judgement is deleted when the document no longer supports it.
    """
    undoes_pk: int | None = _ref("judgement.pk", null=True, delete="RESTRICT")


class Tag(SQLModel, table=True):
    """A word that briefings are filed under: a front-matter tag, a keyword of the day, or both."""

    pk: int | None = _pk()
    slug: str = Field(max_length=96, unique=True)
    key: str = Field(max_length=200, unique=True)
    name: str


class BriefingTag(SQLModel, table=True):
    """A tag or keyword (`kind`) on a briefing, as written there."""

    __tablename__ = "briefing_tag"
    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk")
    tag_pk: int = _ref("tag.pk", delete="RESTRICT", index=False)
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

    pk: int | None = _pk()
    id: str = Field(max_length=255, unique=True)
    name: str


class Source(SQLModel, table=True):
    """An article or paper: one row for all its citations. Each placeholder has a row of its own."""

    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    """From the normalised URL, the arXiv id or the opaque text; a placeholder's from its place."""
    url: str | None = None
    arxiv_id: str | None = Field(default=None, max_length=40, index=True)
    status: str = Field(max_length=12, index=True)
    publisher_pk: int | None = _ref("publisher.pk", null=True, delete="RESTRICT")


class Citation(SQLModel, table=True):
    """A source as one item writes it, or a reading, then without item."""

    pk: int | None = _pk()
    source_pk: int = _ref("source.pk", delete="RESTRICT", index=False)
    briefing_pk: int = _ref("briefing.pk")
    item_pk: int | None = _ref("item.pk", null=True)
    channel_pk: int = _ref("channel.pk", delete="RESTRICT", index=False)
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

    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk")
    position: int
    title: str | None = None
    text: str
    first_line: int
    start_char: int


class WatchlistEntry(SQLModel, table=True):
    """An entry of the editor's watch list."""

    __tablename__ = "watchlist_entry"
    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    briefing_pk: int = _ref("briefing.pk")
    date: date
    position: int
    text: str
    line: int
    start_char: int
    __table_args__ = (Index(None, "date", "position"),)


class WatchTerm(SQLModel, table=True):
    """Derived: an entity that a watch-list entry names, as of the search for its answers.

    `hot`: it was in the news anyway.
    """

    __tablename__ = "watch_term"
    mention_pk: int = _key("mention_pk", "mention.pk")
    entry_pk: int = _ref("watchlist_entry.pk")
    entity_pk: int = Field(sa_type=Big, index=True)
    """Not a foreign key: a removed entity shows that the mention leads to another one now."""
    hot: bool


class WatchAnswer(SQLModel, table=True):
    """Derived: a later item that answers an entry, and why (`normalize/stories/watchlist.py`)."""

    __tablename__ = "watch_answer"
    pk: int | None = _pk()
    entry_pk: int = _ref("watchlist_entry.pk", index=False)
    item_pk: int = _ref("item.pk")
    after_days: int
    score: float
    evidence: dict[str, Any] = _json(dict)
    """`{weights: {entity id: weight}, words, shared}`."""
    __table_args__ = (UniqueConstraint("entry_pk", "item_pk"),)


class Reading(SQLModel, table=True):
    """A recommended article; its citation refers to its source."""

    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk")
    citation_pk: int | None = _ref("citation.pk", null=True, delete="SET NULL")
    position: int
    title: str
    target: str | None = None
    note: str | None = None
    line: int


class BackgroundNote(SQLModel, table=True):
    """A note that explains a term."""

    __tablename__ = "background_note"
    pk: int | None = _pk()
    briefing_pk: int = _ref("briefing.pk")
    position: int
    term: str | None = None
    text: str
    line: int


class Thread(SQLModel, table=True):
    """Derived: a story of two items or more; `id` follows from the first (`derived/threads.py`)."""

    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    items: int
    first_date: date = Field(index=True)
    last_date: date
    __table_args__ = (Index(None, "last_date", "first_date"),)


class ThreadMember(SQLModel, table=True):
    """Derived: an item of a thread."""

    __tablename__ = "thread_member"
    item_pk: int = _key("item_pk", "item.pk")
    thread_pk: int = _ref("thread.pk")
    role: str = Field(max_length=10)
    """`new continuing update duplicate`."""
    joined_pk: int | None = _ref("item.pk", null=True, delete="SET NULL")
    """The earlier item that ties it to the thread; None for the first."""


class ItemLink(SQLModel, table=True):
    """Derived: the tie of an item to an earlier one (`normalize/stories/threads.py`)."""

    __tablename__ = "item_link"
    pk: int | None = _pk()
    item_pk: int = _ref("item.pk", index=False)
    earlier_pk: int = _ref("item.pk")
    signal: str = Field(max_length=10)
    """`paper article reference title names text`, or `odds`: no thread holds both."""
    score: float
    joins: bool
    same: bool
    news: bool
    evidence: dict[str, Any] = _json(dict)
    __table_args__ = (UniqueConstraint("item_pk", "earlier_pk"),)


class ThreadedDay(SQLModel, table=True):
    """Derived: the day of each briefing whose items were threaded.

    It outlives the briefing until the threads of that day are refreshed.
    """

    __tablename__ = "threaded_day"
    briefing_pk: int = _key("briefing_pk")
    date: date


class Echo(SQLModel, table=True):
    """Derived: another passage of the briefing about an item (`normalize/stories/echoes.py`)."""

    pk: int | None = _pk()
    item_pk: int = _ref("item.pk")
    briefing_pk: int = _ref("briefing.pk")
    place: str = Field(max_length=10)
    """`insight watchlist reading keyword`."""
    position: int
    line: int
    text: str
    signal: str = Field(max_length=10)
    """`source name title`."""
    score: float


class ItemJson(SQLModel, table=True):
    """Derived: the JSON of an item (`encoding/stored_item.py`)."""

    __tablename__ = "item_json"
    item_pk: int = _key("item_pk", "item.pk")
    body: bytes = Field(sa_type=LargeBinary)


class BriefingJson(SQLModel, table=True):
    """Derived: the JSON of a briefing, without its items (`encoding/stored_item.py`)."""

    __tablename__ = "briefing_json"
    briefing_pk: int = _key("briefing_pk", "briefing.pk")
    body: bytes = Field(sa_type=LargeBinary)


class Change(SQLModel, table=True):
    """One change of the content, in order, for mirrors and bots; a removal stays as a tombstone."""

    pk: int | None = _pk()
    version: int = Field(sa_type=Big, index=True)
    """The dataset version this change made."""
    action: str = Field(max_length=8)
    """`added updated removed restored purged merged split`."""
    object: str = Field(max_length=12)
    """`document briefing item entity judgement thread watch source`."""
    object_id: str = Field(max_length=64, index=True)
    briefing: str | None = Field(default=None, max_length=64)
    """The id of the briefing that the object is, or is part of."""
    at: datetime
    actor: str | None = Field(default=None, max_length=80)
    """Author of the change (`store/audit.py`)."""
    old: str | None = Field(default=None, max_length=64)
    """The hash of the former content: of a briefing's bytes, of an item's content."""
    new: str | None = Field(default=None, max_length=64)
    payload: dict[str, Any] = _json(dict)
    __table_args__ = (Index(None, "at", "object", "object_id"),)


class AuditEvent(SQLModel, table=True):
    """An act: who did what to which object, and when. Acts that changed content have a version."""

    __tablename__ = "audit_event"
    pk: int | None = _pk()
    """In the order of commits: one transaction writes at a time."""
    at: datetime
    actor: str = Field(max_length=80, index=True)
    door: str = Field(max_length=8)
    """`http cli service`."""
    action: str = Field(max_length=16, index=True)
    object: str = Field(max_length=12)
    object_id: str = Field(max_length=96, index=True)
    version: int | None = Field(default=None, sa_type=Big)
    reason: str | None = None
    details: dict[str, Any] = _json(dict)
    request_id: str | None = Field(default=None, max_length=64)


class Tombstone(SQLModel, table=True):
    """A deleted briefing. Its row and its documents remain, hidden like a draft's, until a purge.

    A purge erases title, reason and items; the tombstone itself remains.
    """

    pk: int | None = _pk()
    briefing_pk: int | None = _ref("briefing.pk", null=True, delete="SET NULL")
    briefing_id: str = Field(max_length=64, index=True)
    """The public id at its deletion."""
    channel_pk: int = _ref("channel.pk", delete="RESTRICT", index=False)
    date: date
    title: str | None = None
    sha256: str | None = Field(default=None, max_length=64)
    actor: str = Field(max_length=80)
    reason: str | None = None
    deleted_at: datetime
    purged_at: datetime | None = None
    items: list[dict[str, Any]] = _json(list)
    """Traits of its items, so that a restored item has the id it had."""


class GoneAddress(SQLModel, table=True):
    """The former address of a deleted briefing or item."""

    __tablename__ = "gone_address"
    pk: int | None = _pk()
    tombstone_pk: int = _ref("tombstone.pk")
    object: str = Field(max_length=12)
    """`briefing item document`."""
    object_id: str = Field(max_length=64)
    __table_args__ = (Index(None, "object_id", "object"),)


class IdempotentAnswer(SQLModel, table=True):
    """The answer to a write with an `Idempotency-Key`, for repetitions of the request."""

    __tablename__ = "idempotent_answer"
    pk: int | None = _pk()
    actor: str = Field(max_length=80)
    key: str = Field(max_length=255)
    request: str = Field(max_length=64)
    """The hash of the request."""
    at: datetime = Field(index=True)
    status: int
    location: str | None = None
    body: bytes = Field(sa_type=LargeBinary)
    __table_args__ = (UniqueConstraint("actor", "key"),)


class ApiKey(SQLModel, table=True):
    """A key to write with. Its text is shown once and stored nowhere."""

    __tablename__ = "api_key"
    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    name: str = Field(max_length=80, index=True)
    prefix: str = Field(max_length=16, index=True)
    """The first characters of the key, to tell keys apart."""
    sha256: str = Field(max_length=64)
    scopes: list[str] = _json(list)
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    """Exact to the minute (`store/keys.py`)."""
    revoked_at: datetime | None = None


class Webhook(SQLModel, table=True):
    """An endpoint that events are sent to."""

    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    url: str = Field(max_length=2048)
    events: list[str] = _json(list)
    filters: str
    """A query string of filters of items; only events of matching things are sent."""
    description: str | None = None
    status: str = Field(max_length=8)
    """`active paused disabled`."""
    secrets: list[dict[str, Any]] = _json(list)
    """`{secret, created_at, expires_at}`, the newest first; signing needs them in clear."""
    created_at: datetime
    updated_at: datetime
    created_by: str = Field(max_length=80)


class Delivery(SQLModel, table=True):
    """The outbox: an event for an endpoint, written in the transaction of its change."""

    pk: int | None = _pk()
    id: str = Field(max_length=32, unique=True)
    """The `webhook-id` of every attempt."""
    webhook_pk: int = _ref("webhook.pk", index=False)
    change_pk: int | None = Field(default=None, sa_type=Big, index=True)
    """Not a foreign key: the change log outlives the outbox. None for a test."""
    event: str = Field(max_length=24)
    at: datetime
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    status: str = Field(max_length=9)
    """`pending delivered failed filtered`."""
    attempts: int = 0
    log: list[dict[str, Any]] = _json(list)
    """The latest attempts: `{at, status, answer, error, milliseconds}`."""
    due_at: datetime
    finished_at: datetime | None = None
    __table_args__ = (Index(None, "webhook_pk", "status", "pk"), Index(None, "status", "due_at"))


class SavedSearch(SQLModel, table=True):
    """A search that is kept by name; with `alert`, new items that match it are events."""

    __tablename__ = "saved_search"
    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    name: str = Field(max_length=80)
    filters: str
    alert: bool
    created_at: datetime
    updated_at: datetime
    created_by: str = Field(max_length=80)


class Lease(SQLModel, table=True):
    """A task that one process at a time may do."""

    name: str = Field(max_length=40, primary_key=True)
    holder: str = Field(max_length=40)
    expires_at: datetime


class MirrorPosition(SQLModel, table=True):
    """The position in the changes of another Briefbase up to which this one follows it."""

    __tablename__ = "mirror_position"
    url: str = Field(max_length=2048, primary_key=True)
    position: str = Field(max_length=64)


class CollectedFeed(SQLModel, table=True):
    """A feed, the state of its last fetch, and the authority and section its list states."""

    __tablename__ = "feed"
    pk: int | None = _pk()
    url: str = Field(unique=True)
    title: str | None = None
    authority: float = 0.5
    section: str | None = Field(default=None, max_length=16)
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    error: str | None = None


class Article(SQLModel, table=True):
    """An article, stored once; `text` was taken from `raw`, `source_id` is as in `Source.id`."""

    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    feed_pk: int = _ref("feed.pk")
    url: str
    source_id: str = Field(max_length=16, index=True)
    publisher: str = Field(max_length=255, index=True)
    title: str
    language: str = Field(max_length=8)
    published_at: datetime | None = None
    seen_at: datetime
    moment: datetime = Field(index=True)
    """`published_at`; `seen_at` if that is not stated or lies later."""
    raw: bytes = Field(sa_type=LargeBinary)
    text: str
    page: str = Field(default="none", max_length=8, index=True)  # pending, done, failed
    page_error: str | None = None


class ArticleAddress(SQLModel, table=True):
    """A key that an article is recognised by: an address, an id of a feed, or its text."""

    __tablename__ = "article_address"
    pk: int | None = _pk()
    article_pk: int = _ref("article.pk")
    key: str = Field(max_length=96, unique=True)


class Topic(SQLModel, table=True):
    """A group of articles on one story; `choice` is why the draft of its day has it or not."""

    pk: int | None = _pk()
    id: str = Field(max_length=16, unique=True)
    date: date
    position: int
    title: str
    section_kind: str = Field(max_length=16)
    importance: str = Field(max_length=12)
    reason: str
    salience: float
    chosen: bool
    choice: str
    __table_args__ = (Index(None, "date"),)


class TopicArticle(SQLModel, table=True):
    """An article of a topic; the first one gives the topic its title."""

    __tablename__ = "topic_article"
    topic_pk: int = _key("topic_pk", "topic.pk")
    article_pk: int = _key("article_pk", "article.pk")
    position: int
    __table_args__ = (Index(None, "article_pk"),)


class SearchDocument(SQLModel, table=True):
    """Derived: the searchable text of an item, entity, source or briefing.

    The search index is kept by the database itself (see `search_index` in the migrations): FTS5
    with triggers in SQLite, a generated tsvector in PostgreSQL. Small columns come first: most
    queries need no more.
    """

    __tablename__ = "search_document"
    pk: int | None = _pk()
    """Its row in the index (`encoding/search_rowids.py`)."""
    key: str = Field(max_length=80, unique=True)
    """The kind and the public id: `item/i_…`."""
    kind: str = Field(max_length=8)
    ref_pk: int = Field(sa_type=Big)
    date: date
    """The date of its briefing; of an entity or source, of its last mention or citation."""
    length: int
    """Number of tokens."""
    title: str
    """The tokens of the title, separated by spaces (`normalize/text/tokens.py`)."""
    summary: str
    body: str
    fields: list[list[str]] = _json(list)
    """The texts as they are shown, `[field, text]`, for highlighting."""
    __table_args__ = (UniqueConstraint("kind", "ref_pk"), Index(None, "kind", "date"))


class BriefingColumns(SQLModel, table=True):
    """Derived: the items and mentions of a briefing as columns (`encoding/columns.py`).

    The row outlives its briefing: readers that hold it in memory see by its stamp that it changed.
    """

    __tablename__ = "briefing_columns"
    briefing_pk: int = _key("briefing_pk")
    stamp: int = Field(sa_type=Big, index=True)
    """The dataset version that wrote it."""
    date: date | None
    """None for a draft, and for a removed briefing."""
    channel_pk: int | None = Field(sa_type=Big)
    items: bytes = Field(sa_type=LargeBinary)
    named: bytes = Field(sa_type=LargeBinary)


# Nullable columns are indexed where they are set: a full index finds most rows to be NULL.
for _table in SQLModel.metadata.tables.values():
    for _index in _table.indexes:
        if len(_index.columns) == 1 and _index.columns[0].nullable:
            for _engine in ("sqlite", "postgresql"):
                _index.dialect_options[_engine]["where"] = _index.columns[0].is_not(None)
