"""Rows that follow from others: stories, watch answers, stored JSON, search, columns."""

from datetime import date
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.tables.fields import Big, json_field, key_field, pk_field, ref_field


class WatchTerm(SQLModel, table=True):
    """Derived: an entity that a watch-list entry names, as of the search for its answers.

    `hot`: it was in the news anyway.
    """

    __tablename__ = "watch_term"
    mention_pk: int = key_field("mention_pk", "mention.pk")
    entry_pk: int = ref_field("watchlist_entry.pk")
    entity_pk: int = Field(sa_type=Big, index=True)
    """Not a foreign key: a removed entity shows that the mention leads to another one now."""
    hot: bool


class WatchAnswer(SQLModel, table=True):
    """Derived: a later item that answers an entry, and why (`normalize/stories/watchlist.py`)."""

    __tablename__ = "watch_answer"
    pk: int | None = pk_field()
    entry_pk: int = ref_field("watchlist_entry.pk", index=False)
    item_pk: int = ref_field("item.pk")
    after_days: int
    score: float
    evidence: dict[str, Any] = json_field(dict)
    """`{weights: {entity id: weight}, words, shared}`."""
    __table_args__ = (UniqueConstraint("entry_pk", "item_pk"),)


class Thread(SQLModel, table=True):
    """Derived: a story of two items or more; `id` follows from the first (`derived/threads.py`)."""

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    items: int
    first_date: date = Field(index=True)
    last_date: date
    __table_args__ = (Index(None, "last_date", "first_date"),)


class ThreadMember(SQLModel, table=True):
    """Derived: an item of a thread."""

    __tablename__ = "thread_member"
    item_pk: int = key_field("item_pk", "item.pk")
    thread_pk: int = ref_field("thread.pk")
    role: str = Field(max_length=10)
    """`new continuing update duplicate`."""
    joined_pk: int | None = ref_field("item.pk", null=True, delete="SET NULL")
    """The earlier item that ties it to the thread; None for the first."""


class ItemLink(SQLModel, table=True):
    """Derived: the tie of an item to an earlier one (`normalize/stories/threads.py`)."""

    __tablename__ = "item_link"
    pk: int | None = pk_field()
    item_pk: int = ref_field("item.pk", index=False)
    earlier_pk: int = ref_field("item.pk")
    signal: str = Field(max_length=10)
    """`paper article reference title names text`, or `odds`: no thread holds both."""
    score: float
    joins: bool
    same: bool
    news: bool
    evidence: dict[str, Any] = json_field(dict)
    __table_args__ = (UniqueConstraint("item_pk", "earlier_pk"),)


class ThreadedDay(SQLModel, table=True):
    """Derived: the day of each briefing whose items were threaded.

    It outlives the briefing until the threads of that day are refreshed.
    """

    __tablename__ = "threaded_day"
    briefing_pk: int = key_field("briefing_pk")
    date: date


class Echo(SQLModel, table=True):
    """Derived: another passage of the briefing about an item (`normalize/stories/echoes.py`)."""

    pk: int | None = pk_field()
    item_pk: int = ref_field("item.pk")
    briefing_pk: int = ref_field("briefing.pk")
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
    item_pk: int = key_field("item_pk", "item.pk")
    body: bytes = Field(sa_type=LargeBinary)


class BriefingJson(SQLModel, table=True):
    """Derived: the JSON of a briefing, without its items (`encoding/stored_item.py`)."""

    __tablename__ = "briefing_json"
    briefing_pk: int = key_field("briefing_pk", "briefing.pk")
    body: bytes = Field(sa_type=LargeBinary)


class SearchDocument(SQLModel, table=True):
    """Derived: the searchable text of an item, entity, source or briefing.

    The search index is kept by the database itself (see `search_index` in the migrations): FTS5
    with triggers in SQLite, a generated tsvector in PostgreSQL. Small columns come first: most
    queries need no more.
    """

    __tablename__ = "search_document"
    pk: int | None = pk_field()
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
    fields: list[list[str]] = json_field(list)
    """The texts as they are shown, `[field, text]`, for highlighting. Those that the row of an item
    has are left out."""
    __table_args__ = (UniqueConstraint("kind", "ref_pk"), Index(None, "kind", "date"))


class BriefingColumns(SQLModel, table=True):
    """Derived: the items and mentions of a briefing as columns (`encoding/columns.py`).

    The row outlives its briefing: readers that hold it in memory see by its stamp that it changed.
    """

    __tablename__ = "briefing_columns"
    briefing_pk: int = key_field("briefing_pk")
    stamp: int = Field(sa_type=Big, index=True)
    """The dataset version that wrote it."""
    date: date | None
    """None for a draft, and for a removed briefing."""
    channel_pk: int | None = Field(sa_type=Big)
    items: bytes = Field(sa_type=LargeBinary)
    named: bytes = Field(sa_type=LargeBinary)
