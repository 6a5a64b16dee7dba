"""Descriptions of operations and tags for the OpenAPI document."""

TAGS = {
    "briefings": "Days: their documents, headlines and differences.",
    "items": "News items under filters, and their places in the documents.",
    "entities": "Organisations, models, persons and other named things, over time.",
    "search": "Full-text search in any script.",
    "threads": "Stories that several items tell.",
    "trends": "Entities that rise and fade.",
    "watchlist": "Entries of watch lists, and the items that answer them.",
    "tags": "Front-matter tags and keywords of the day.",
    "sources": "Articles, papers and their publishers.",
    "articles": "Articles collected from feeds, and the topics they are grouped into.",
    "quality": "Coverage of the reading, and the quality of sources.",
    "exports": "Whole lists as files.",
    "feeds": "Atom, RSS and JSON Feed, with archives back to the first day.",
    "changes": "Changes in the order of commits, for mirrors and bots.",
    "webhooks": "Events for endpoints, and saved searches; they need a key.",
    "intake": "Ingestion and deletion of documents, and the audit log; they need a key.",
    "curation": "Corrections of names by curators; they need a key.",
    "reconciliation": "The W3C Reconciliation Service API 0.2, for OpenRefine.",
    "service": "The state of the service.",
}
"""Tags in the order of the document, each with its description."""
_LIST = (
    " Follow `links.next` to the end. Repeat a filter for AND, write `a|b` for OR and a leading "
    "`!` for NOT."
)
_GROUPS = " Each bucket links to its entries. `group_by` names one or two dimensions."
_SUBSCRIBED = " Needs a key with the scope `webhooks`."
_WRITE = (
    " Needs a key with the scope `entities`. `dry_run` reports the effect and writes nothing; "
    "`If-Match` makes the request conditional."
)
_CITED = (
    " `format` also names citations: BibTeX, RIS, CSL-JSON, and lines in the styles of APA and "
    "GB/T 7714."
)
_LINKED = " `format=jsonld` or `Accept: application/ld+json` returns linked data."
_FEED = (
    " Entries have their whole content as HTML and permanent ids. `prev-archive` links lead back "
    "to the first week (RFC 5005)."
)
_EXPORT = (
    " One snapshot as NDJSON, CSV or Parquet; validators and compression work as for other answers."
)
_PAGE = " `format=html` or `Accept: text/html` returns a page for people."
_INGEST = (
    " Needs a key with the scope `ingest`. `dry_run` reports the effect and writes nothing; a "
    "repetition with the same `Idempotency-Key` within a day gets the first answer."
)
DESCRIPTIONS = {
    "addBriefing": "Takes in a document of at most 1 MiB and reports what was found in it: 201 for "
    "a new briefing; 200 for a new version of one, whose items keep their ids, and for bytes that "
    "are stored already." + _INGEST + " `If-Match` makes replacing conditional.",
    "addBriefings": "Takes in at most 100 documents, as a form or as NDJSON, and returns "
    "a result for each. Each is stored whole or not at all." + _INGEST,
    "replaceBriefing": "Replaces the document of a briefing; it must be of the same day." + _INGEST
    + " `If-Match` makes the request conditional.",
    "deleteBriefing": "Deletes a briefing. Its addresses and those of its items answer 410; it can "
    "be restored. Needs a key with the scope `ingest`. `dry_run` reports the effect and writes "
    "nothing; `If-Match` makes the request conditional.",
    "restoreBriefing": "Restores the last deleted briefing of this id; its items get the ids they "
    "had. Needs a key with the scope `ingest`.",
    "purgeBriefing": "Erases the documents of a deleted briefing for good, and what the logs say "
    "of it. Needs a key with the scope `admin`.",
    "listDeletions": "Returns the deleted briefings, the last deleted one first. Needs a key with "
    "the scope `read`.",
    "listAudit": "Returns who wrote what and when, over HTTP and on the command line, the last act "
    "first. Needs a key with the scope `admin`.",
    "listWebhooks": "Returns webhooks with the number of events that wait." + _SUBSCRIBED,
    "addWebhook": "Adds an endpoint for events and returns its secret, once." + _SUBSCRIBED,
    "getWebhook": "Returns a webhook." + _SUBSCRIBED,
    "updateWebhook": "Changes the fields that are sent. `status` pauses and resumes it."
    + _SUBSCRIBED,
    "deleteWebhook": "Deletes a webhook with its deliveries." + _SUBSCRIBED,
    "rotateWebhook": "Makes a new secret; the former one signs as well for some hours."
    + _SUBSCRIBED,
    "testWebhook": "Sends an event `webhook.test`, after all that wait." + _SUBSCRIBED,
    "listDeliveries": "Returns events with what was sent, and the answers." + _SUBSCRIBED,
    "getDelivery": "Returns an event with what was sent, and the answers." + _SUBSCRIBED,
    "replayDeliveries": "Sends finished events again, with the ids they had." + _SUBSCRIBED,
    "listSearches": "Returns saved searches." + _SUBSCRIBED,
    "addSearch": "Saves filters of items by name; with `alert`, new items that match are events."
    + _SUBSCRIBED,
    "getSearch": "Returns a saved search." + _SUBSCRIBED,
    "updateSearch": "Changes the fields that are sent." + _SUBSCRIBED,
    "deleteSearch": "Deletes a saved search." + _SUBSCRIBED,
    "getSearchFeed": "Returns the items of a saved search as a feed." + _FEED,
    "listChanges": "Returns changes in the order of commits with a digest of each page; `wait` "
    "holds the answer until there is one." + _LIST,
    "streamChanges": "Sends changes as server-sent events, with heartbeats. `Last-Event-ID` "
    "continues after the last one.",
    "listBriefings": "Returns briefings with counts and the numbers of their footers."
    + _LIST
    + _CITED,
    "listBriefingBuckets": "Counts the briefings under the filters in groups." + _GROUPS,
    "getLatestBriefing": "Returns the newest briefing of a channel as a structured document."
    + _PAGE + _CITED + _LINKED,
    "getBriefing": "Returns a briefing as a structured document: sections with items, insight, "
    "watch list, readings and keywords." + _PAGE + _CITED + _LINKED,
    "getBriefingSource": "Returns the ingested file unchanged.",
    "listBriefingVersions": "Returns all versions of a briefing's document, the current one first.",
    "getDocument": "Returns a version of a document by the SHA-256 of its bytes, unchanged. "
    "Drafts are never shown.",
    "getBriefingQuality": "Reports line coverage, missing fields, odd sources and other faults of "
    "a document.",
    "getBriefingDiff": "Returns the entities, tags and sources that entered, left, rose or fell "
    "between two briefings.",
    "getHeadlines": "Returns the items of the focus section of a day's primary edition, all on one "
    "page, and the other editions.",
    "getDigest": "Returns the stories of some days, the most salient first, within a budget that "
    "is counted as the service of the format counts. The same input gives the same bytes.",
    "listItems": "Returns items." + _LIST + _CITED,
    "getItem": "Returns an item with all its parts." + _PAGE + _CITED + _LINKED,
    "getItemSource": "Returns the lines and characters an item was read from, with the hash of "
    "the document.",
    "listRelatedItems": "Returns related items, most related first, with reasons and scores.",
    "listEntities": "Returns entities with counts under the filters." + _LIST + _CITED,
    "getEntity": "Returns an entity: names, spellings, family, maker, counts and related "
    "entities." + _PAGE + _CITED + _LINKED,
    "listEntityItems": "Returns the items that mention an entity." + _LIST + _CITED,
    "listItemBuckets": "Counts the items under the filters in groups." + _GROUPS,
    "listEntityBuckets": "Counts the entities under the filters in groups." + _GROUPS,
    "listEntityItemBuckets": "Counts the items that mention an entity in groups." + _GROUPS,
    "getEntityTimeline": "Returns items, mentions, salience and share by interval; empty "
    "intervals included.",
    "listRelatedEntities": "Returns co-occurring entities with the strength of each association.",
    "getEntityHistory": "Returns every judgement behind an entity, newest first.",
    "getTimelines": "Returns the timelines of two to ten entities on one axis.",
    "completeNames": "Returns entities whose names begin with, contain or resemble a text, with "
    "hints that tell homonyms apart.",
    "annotateText": "Finds known entities in a text of at most 64 KiB. Nothing is stored.",
    "search": "Searches items, entities, sources and briefings together; each hit says why it "
    "matched." + _LIST,
    "listWatchlist": "Returns watch-list entries with the later items that answer them.",
    "listThreads": "Returns stories told by several items, newest first." + _LIST,
    "getThread": "Returns a story: its items in order, each with its role and the evidence.",
    "listTags": "Returns tags and keywords with counts and dates." + _LIST,
    "getTag": "Returns a tag or keyword.",
    "listSources": "Returns articles and papers with their citations." + _LIST + _CITED,
    "getSource": "Returns a source with everything that cites it." + _CITED + _LINKED,
    "listSourceBuckets": "Counts the sources under the filters in groups." + _GROUPS,
    "listPublishers": "Returns publishers with counts." + _LIST,
    "getPublisher": "Returns a publisher.",
    "listTrends": "Compares the window with the baseline and returns the entities that differ "
    "most.",
    "listQuality": "Returns quality counts, one briefing a row, with totals.",
    "exportItems": "Streams all items." + _EXPORT,
    "exportEntities": "Streams all entities, the most mentioned first." + _EXPORT,
    "exportMentions": "Streams all mentions." + _EXPORT,
    "exportSources": "Streams all sources, the last cited first." + _EXPORT,
    "exportThreads": "Streams all stories of several items, the newest first." + _EXPORT,
    "exportPairs": "Streams the pairs of entities that the same items mention." + _EXPORT,
    "exportTimelines": "Streams the intervals in which entities are mentioned." + _EXPORT,
    "getManifest": "Describes all files, without filters: columns with their meaning, rows, "
    "bytes, SHA-256.",
    "getDataPackage": "Describes all files as a Frictionless data package 2.0.",
    "getDatasetDescription": "Describes all files as a schema.org Dataset in JSON-LD.",
    "getHeadlinesFeed": "Returns the headlines of primary editions as a feed." + _FEED,
    "getItemsFeed": "Returns items under the filters of the list as a feed." + _FEED,
    "getBriefingsFeed": "Returns briefings as a feed, one entry for each document." + _FEED,
    "getWatchlistFeed": "Returns the changes of watch lists as a feed: an entry for each thing to "
    "watch, and one for each item that answers it." + _FEED,
    "getThreadFeed": "Returns the items of a story as a feed." + _FEED,
    "getEntityFeed": "Returns the items that mention an entity as a feed; `rollup` adds those of "
    "its family or of what it makes." + _FEED,
    "getTagFeed": "Returns the items of briefings with a tag or keyword as a feed." + _FEED,
    "listFeeds": "Returns the feeds of all channels as OPML, for import into a reader.",
    "createEntity": "Makes an entity of a name that no catalogue has, with all its places in "
    "stored documents." + _WRITE,
    "addAlias": "Adds a spelling to an entity, also in the text of documents." + _WRITE,
    "deleteAlias": "Removes a spelling that a curator added." + _WRITE,
    "mergeEntity": "Makes an entity part of another; its id then redirects." + _WRITE,
    "splitEntity": "Gives spellings an entity of their own." + _WRITE,
    "undoJudgement": "Undoes a curator's judgement; everything is as before." + _WRITE,
    "exportCorrections": "Streams the judgements of curators that are in force as the lines of a "
    "catalogue, for `BRIEFBASE_CATALOGUE` of another installation. Needs a key with the scope "
    "`entities` or `read`.",
    "listReview": "Returns uncertain links that wait for a person; with `kind=unlisted`, names "
    "that recur in running text and that no catalogue has. Needs a key with "
    "the scope `entities` or `read`.",
    "settleLink": "Confirms or rejects an uncertain link." + _WRITE,
    "getReconciliation": "Returns the service manifest; with `queries`, the candidates of a "
    "batch; with `extend`, the cells of a data extension.",
    "reconcileNames": "Answers a batch of reconciliation queries, or a data extension. A query "
    "that is not valid fails alone.",
    "proposeProperties": "Returns the properties that data extension offers for a type.",
    "suggestEntities": "Suggests entities for a prefix of a name, or of an id.",
    "suggestTypes": "Suggests types for a prefix.",
    "suggestProperties": "Suggests properties for a prefix.",
    "getFlyout": "Returns the card of a suggested entity, type or property: HTML in JSON, which a "
    "suggest box shows beside its list.",
    "previewEntity": "Returns a small HTML card of an entity, for a frame.",
    "listArticles": "Returns collected articles, those of no chosen topic included." + _LIST,
    "listItemArticles": "Returns the collected articles that an item cites, the newest first.",
    "listTopics": "Returns the topics of drafts with their articles, and why each was chosen or "
    "not." + _LIST,
    "getInfo": "Returns version, coverage, gaps, counts and freshness.",
    "getHealth": "Answers as long as the process runs; reads nothing.",
    "getMetrics": "Prometheus' text format; `BRIEFBASE_METRICS` decides who may read it.",
    "getReadiness": "Checks schema and database; 503 if requests cannot be answered.",
}  # fmt: skip
"""Descriptions by operation id."""
