"""Sources and their publishers: lists with counts, and one of each."""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.query import search
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition, by_numbers, by_values
from app.query.filters.lookups import Resolved
from app.query.listing import description, dimensions, facets, grouping
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.taxonomy_params import PublisherList, SourceFilter, SourceList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.shared import ItemRef
from app.query.schemas.taxonomy import (
    PublisherOut,
    SourceCitation,
    SourceOut,
    SourceSummary,
)
from app.query.snapshot.refs import path, publisher_refs
from app.store.tables import Briefing, Citation, Item, Publisher, Source

# Parameters that filter sources or publishers, not the items that cite them.
_SOURCE_PARAMETERS = ("q", "expand", "publisher", "has")
_PUBLISHER_PARAMETERS = ("q", "expand", "publisher")


def find(session: Session, query: SourceList, lang: str | None = None) -> Listing[SourceSummary]:
    """Return a page of the sources that the selected items cite."""
    newest = search.snapshot_briefing(session, query)
    resolved = lookups.resolve(session, query)
    statement, keys = selected_sources(session, query, resolved, newest)
    page, _ = search.page(
        session,
        query,
        "source",
        statement,
        "-last_cited",
        keys,
        (keys["last_cited"].desc(), col(Source.id)),
        query.scope(),
        newest,
    )
    summaries = [
        SourceSummary(**values)
        for values in source_values(
            session,
            page.rows,
        )
    ]
    meta = _source_meta(session, statement, resolved, query, lang)
    return Listing(summaries, page, resolved.warnings, meta)


def buckets(session: Session, query: SourceList, lang: str | None) -> Listing[BucketOut]:
    """Return a page of buckets of the sources that the selected items cite."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    resolved = lookups.resolve(session, query)
    statement, _ = selected_sources(session, query, resolved, newest)
    buckets, page = grouping.buckets(
        session, _groupable_sources(statement), query, lang, query.scope(), newest
    )
    meta = _source_meta(session, statement, resolved, query, lang)
    return Listing(buckets, page, resolved.warnings, meta)


def selected_sources(
    session: Session, query: SourceFilter, resolved: Resolved, newest: int
) -> tuple[Any, dict[str, Any]]:
    """Return a statement of the sources that `query` asks for, and its sort keys."""
    citations = _citation_conditions(session, query, resolved, _SOURCE_PARAMETERS, newest)
    statement, keys = _source_statement(citations)
    selected = statement.where(
        *conditions.publishers(query.publisher, resolved),
        *by_values(
            query.status,
            lambda statuses: col(Source.status).in_(statuses),
        ),
        *conditions.text(query, resolved, "source", col(Source.pk)),
        *conditions.source_has(query.has),
        *by_numbers(query.citations, keys["citations"]),
    )
    return selected, keys


def _citation_conditions(
    session: Session,
    query: SourceFilter | PublisherList,
    resolved: Resolved,
    list_parameters: Collection[str],
    newest: int,
) -> list[Condition]:
    """Return conditions on `Citation`: up to the briefing `newest`, in the selected items.

    The parameters of `list_parameters` do not select items.
    """
    where = [
        *paging.up_to_snapshot(session, newest, col(Citation.briefing_pk)),
        *conditions.days(
            query,
            resolved,
            col(Citation.date),
            col(Citation.channel_pk),
        ),
    ]
    items = conditions.selected_items(query, resolved, list_parameters)
    if items is not None:
        where.append(col(Citation.item_pk).in_(items))
    return where


def _groupable_sources(statement: Any) -> grouping.Groupable:
    return grouping.Groupable(
        statement,
        col(Source.pk),
        dimensions.OF_SOURCES,
        path("sources"),
    )


def _source_meta(
    session: Session, statement: Any, resolved: Resolved, query: SourceList, lang: str | None
) -> ListMeta:
    text = description.describe(session, "sources", query, resolved.pks, "-last_cited", lang)
    meta = ListMeta(text, members=lookups.counted_members(session, resolved, lang))
    if query.facets:
        return facets.with_facets(session, _groupable_sources(statement), query, lang, meta)
    return meta


def id_of(session: Session, value: str) -> str:
    """Return the id of the source with this id, `arxiv:ID` or URL. Raises NotFound."""
    pks = lookups.source_pks(session, value)
    if not pks:
        raise NotFound(f"There is no source {value!r}.")
    statement = select(col(Source.id)).where(
        col(Source.pk) == pks.pop(),
    )
    return str(session.execute(statement).scalar_one())


def one(session: Session, wanted_id: str) -> SourceOut:
    """Return the source with this id and all its citations. Raises NotFound."""
    statement, _ = _source_statement([])
    row = session.execute(
        statement.where(col(Source.id) == wanted_id),
    ).first()
    if row is None:
        raise NotFound(f"There is no source {wanted_id!r}.")
    (values,) = source_values(session, [row])
    return SourceOut(**values, cited_by=_citations(session, row.pk))


def _in_document_order(statement: Any) -> Any:
    return statement.order_by(
        col(Citation.date),
        col(Briefing.id),
        col(Citation.line),
        col(Citation.start_char),
        col(Citation.pk),
    )


def _citations(session: Session, source_pk: int) -> list[SourceCitation]:
    """Return the citations of a source, the earliest first."""
    columns: tuple[Any, ...] = (
        col(Citation.label),
        col(Citation.target),
        col(Citation.arxiv_version),
        col(Citation.status),
        col(Citation.reason),
        col(Citation.line),
        col(Citation.date),
        col(Item.id),
        col(Item.title),
        col(Briefing.id).label("briefing"),
    )
    statement = (
        select(*columns)
        .join(Briefing, col(Briefing.pk) == col(Citation.briefing_pk))
        .join(Item, col(Item.pk) == col(Citation.item_pk), isouter=True)
        .where(col(Citation.source_pk) == source_pk)
    )
    citations = []
    for row in session.execute(_in_document_order(statement)):
        item = None
        if row.id:
            item = ItemRef(id=row.id, title=row.title, date=row.date)
        citation = SourceCitation(
            item=item,
            briefing=row.briefing,
            label=row.label,
            target=row.target,
            arxiv_version=row.arxiv_version,
            status=row.status,
            reason=row.reason,
            line=row.line,
        )
        citations.append(citation)
    return citations


def _source_statement(where: Sequence[Condition]) -> tuple[Any, dict[str, Any]]:
    """Return a statement of sources with counts, and its sort keys; `where` is on `Citation`."""
    counted = (
        select(
            col(Citation.source_pk),
            func.count().label("citations"),
            func.min(col(Citation.date)).label("first_cited"),
            func.max(col(Citation.date)).label("last_cited"),
        )
        .where(*where)
        .group_by(col(Citation.source_pk))
        .subquery()
    )
    keys: dict[str, Any] = {
        "citations": counted.c.citations,
        "first_cited": counted.c.first_cited,
        "last_cited": counted.c.last_cited,
    }
    columns: tuple[Any, ...] = (
        col(Source.pk),
        col(Source.id),
        col(Source.url),
        col(Source.arxiv_id),
        col(Source.status),
        col(Source.publisher_pk),
        *counted.c,
    )
    return select(*columns).join(
        counted,
        counted.c.source_pk == col(Source.pk),
    ), keys


def source_values(session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return the fields of `SourceSummary` of each row."""
    publisher_pks = [row.publisher_pk for row in rows if row.publisher_pk]
    publishers = publisher_refs(session, publisher_pks)
    first_citations = _first_citations(session, [row.pk for row in rows])
    values = []
    for row in rows:
        label, target = first_citations[row.pk]
        links = {"self": path("sources", row.id), "items": f"/v1/items?source={row.id}"}
        values.append(
            {
                "id": row.id,
                "url": row.url,
                "arxiv_id": row.arxiv_id,
                "status": row.status,
                "publisher": publishers.get(row.publisher_pk),
                "label": label,
                "target": target,
                "citations": row.citations,
                "first_cited": row.first_cited,
                "last_cited": row.last_cited,
                "links": links,
            }
        )
    return values


def _first_citations(
    session: Session, source_pks: Sequence[int]
) -> dict[int, tuple[str | None, str | None]]:
    """Return the label and target of the earliest citation, by `source.pk`."""
    statement = (
        select(
            col(Citation.source_pk),
            col(Citation.label),
            col(Citation.target),
        )
        .join(Briefing, col(Briefing.pk) == col(Citation.briefing_pk))
        .where(col(Citation.source_pk).in_(source_pks))
    )
    citations: dict[int, tuple[str | None, str | None]] = {}
    for pk, label, target in session.execute(_in_document_order(statement)):
        citations.setdefault(pk, (label, target))
    return citations


def find_publishers(
    session: Session, query: PublisherList, lang: str | None = None
) -> Listing[PublisherOut]:
    """Return a page of the publishers that the selected items cite."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    # `q` is part of a publisher's name here, not a search of items.
    filter = query.model_copy(update={"q": None})
    resolved = lookups.resolve(session, filter)
    statement, keys = _publisher_statement(
        [
            *_citation_conditions(session, filter, resolved, _PUBLISHER_PARAMETERS, newest),
            *conditions.publishers(query.publisher, resolved),
            *by_values(
                query.status,
                lambda statuses: col(Source.status).in_(statuses),
            ),
        ]
    )
    statement = statement.where(
        *by_numbers(query.citations, keys["citations"]),
        *lookups.name_contains(session, query.q, Publisher, Publisher.id),
    )
    publisher_id = paging.bytewise(col(Publisher.id))
    page = paging.page(
        session,
        statement,
        paging.order_by(query.sort, "-citations", keys, (publisher_id,)),
        query,
        snapshot=newest,
    )
    text = description.describe(session, "publishers", query, resolved.pks, "-citations", lang)
    outs = [_publisher_out(row) for row in page.rows]
    meta = ListMeta(text, members=lookups.counted_members(session, resolved, lang))
    return Listing(outs, page, resolved.warnings, meta)


def one_publisher(session: Session, wanted_id: str) -> PublisherOut:
    """Return the publisher of a domain. Raises NotFound."""
    statement, _ = _publisher_statement([])
    row = session.execute(
        statement.where(col(Publisher.id) == wanted_id),
    ).first()
    if row is None:
        raise NotFound(
            f"There is no publisher {wanted_id!r}. The id of a publisher is its domain, such as "
            "techcrunch.com."
        )
    return _publisher_out(row)


def _publisher_statement(where: Sequence[Condition]) -> tuple[Any, dict[str, Any]]:
    """Return a statement of publishers with counts, and its sort keys.

    `where` is on `Citation` and `Source`.
    """
    counted = (
        select(
            col(Source.publisher_pk),
            func.count(func.distinct(col(Citation.source_pk))).label("sources"),
            func.count().label("citations"),
            func.min(col(Citation.date)).label("first_cited"),
            func.max(col(Citation.date)).label("last_cited"),
        )
        .join(Citation, col(Citation.source_pk) == col(Source.pk))
        .where(*where)
        .group_by(col(Source.publisher_pk))
        .subquery()
    )
    keys: dict[str, Any] = {
        "citations": counted.c.citations,
        "sources": counted.c.sources,
        "last_cited": counted.c.last_cited,
        "name": paging.bytewise(col(Publisher.name)),
    }
    statement = select(
        col(Publisher.pk),
        col(Publisher.id),
        col(Publisher.name),
        *counted.c,
    )
    return statement.join(
        counted,
        counted.c.publisher_pk == col(Publisher.pk),
    ), keys


def _publisher_out(row: Row[Any]) -> PublisherOut:
    links = {
        "self": path("publishers", row.id),
        "items": f"/v1/items?publisher={quote(row.id)}",
    }
    return PublisherOut(
        id=row.id,
        name=row.name,
        sources=row.sources,
        citations=row.citations,
        first_cited=row.first_cited,
        last_cited=row.last_cited,
        links=links,
    )
