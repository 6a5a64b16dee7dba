"""The whole schema: rows enter and leave as they are, and nothing is decided here.

`pk` is a number for joins and never leaves the database. `id` is what clients see: a function of
content, so the same documents give the same ids in any order of ingestion. Dates and kinds that
lists are filtered by are repeated on `item` and `mention`: one index then answers a page. Source
tables hold no counts; derived tables that hold some are rebuilt from them.

What an entity is (its names, links and merges) follows from `judgement` and the catalogue alone.
`entity` and `alias` are the view of it that is queried.
"""

from app.store.tables.collected import Article, ArticleAddress, CollectedFeed, Topic, TopicArticle
from app.store.tables.derived import (
    BriefingColumns,
    BriefingJson,
    Echo,
    ItemJson,
    ItemLink,
    SearchDocument,
    Thread,
    ThreadedDay,
    ThreadMember,
    WatchAnswer,
    WatchTerm,
)
from app.store.tables.documents import (
    BackgroundNote,
    Briefing,
    BriefingTag,
    Channel,
    Citation,
    Dataset,
    Document,
    FormerDocument,
    Insight,
    Item,
    Measure,
    Publisher,
    Reading,
    Section,
    Source,
    Tag,
    WatchlistEntry,
)
from app.store.tables.fields import columns_of
from app.store.tables.names import (
    Alias,
    Claim,
    Entity,
    EntityChange,
    Judgement,
    Mention,
    Spelling,
    UnlistedName,
)
from app.store.tables.writers import (
    ApiKey,
    AuditEvent,
    Change,
    Delivery,
    GoneAddress,
    IdempotentAnswer,
    Lease,
    MirrorPosition,
    SavedSearch,
    Tombstone,
    Webhook,
)

__all__ = [
    "Alias",
    "ApiKey",
    "Article",
    "ArticleAddress",
    "AuditEvent",
    "BackgroundNote",
    "Briefing",
    "BriefingColumns",
    "BriefingJson",
    "BriefingTag",
    "Change",
    "Channel",
    "Citation",
    "Claim",
    "CollectedFeed",
    "Dataset",
    "Delivery",
    "Document",
    "Echo",
    "Entity",
    "EntityChange",
    "FormerDocument",
    "GoneAddress",
    "IdempotentAnswer",
    "Insight",
    "Item",
    "ItemJson",
    "ItemLink",
    "Judgement",
    "Lease",
    "Measure",
    "Mention",
    "MirrorPosition",
    "Publisher",
    "Reading",
    "SavedSearch",
    "SearchDocument",
    "Section",
    "Source",
    "Spelling",
    "Tag",
    "Thread",
    "ThreadMember",
    "ThreadedDay",
    "Tombstone",
    "Topic",
    "TopicArticle",
    "UnlistedName",
    "WatchAnswer",
    "WatchTerm",
    "WatchlistEntry",
    "Webhook",
    "columns_of",
]
