"""Tags, sources and publishers: lists with counts, and one of each."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import ColumnElement, Row, bindparam, case, func, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.entities.names import name_key
from app.normalize.text.folding import fold
from app.query import search
from app.query.filters import conditions as filters
from app.query.filters.conditions import Built, by_values
from app.query.listing import description, dimensions, facets, grouping
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.suggestions import similar
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.shared import ItemRef
from app.query.schemas.taxonomy import (
    PublisherOut,
    SourceCitation,
    SourceOut,
    SourceSummary,
    TagCounts,
    TagOut,
)
from app.query.snapshot.refs import path, publisher_refs
from app.store.tables import Briefing, BriefingTag, Citation, Item, Publisher, Source, Tag

T = TypeVar("T")


def tags(session: Session, query: TagList, lang: str | None = None) -> Listing[TagOut]:
    """A page of the tags and keywords on briefings under the filters."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    built = filters.briefings(session, query.model_copy(update={"q": None}))
    built.conditions += paging.up_to_snapshot(session, newest, col(Briefing.pk))
    on = col(BriefingTag.briefing_pk).in_(select(col(Briefing.pk)).where(*built.conditions))
    statement, keys = _tag_statement(
        [on, *by_values(query.kind, lambda v: col(BriefingTag.kind).in_(v))]
    )
    statement = statement.where(
        *filters.by_numbers(query.briefings, keys["briefings"]),
        *_named(session, query.q, Tag, Tag.key),
    )
    # Not by name among equals: the usual spelling may change in mid-walk, the slug does not.
    order = paging.order_by(query.sort, "-briefings", keys, (paging.bytewise(col(Tag.slug)),))
    rows = paging.page(session, statement, order, query.limit, query.cursor, query.scope(), newest)
    said = description.describe(session, "tags", query, built.found, "-briefings", lang)
    return Listing([_tag(row) for row in rows.rows], rows, built.warnings, ListMeta(said))


def tag(session: Session, value: str) -> TagOut:
    """The tag of a slug or name."""
    pk = filters.tag_pk(session, value)
    if pk is None:
        begins = col(Tag.key).startswith(name_key(value)[:1], autoescape=True)
        spelled = session.execute(
            select(col(Tag.name)).where(begins).order_by(col(Tag.name)).limit(1_000)
        ).scalars()
        raise NotFound(f"There is no tag or keyword {value!r}{similar(value, spelled)}.")
    statement, _ = _tag_statement([col(BriefingTag.tag_pk) == pk])
    return _tag(session.execute(statement).one())


def _tag_statement(conditions: Sequence[ColumnElement[bool]]) -> tuple[Any, dict[str, Any]]:
    counted = (
        select(
            col(BriefingTag.tag_pk),
            func.count(func.distinct(col(BriefingTag.briefing_pk))).label("briefings"),
            func.count(
                func.distinct(case((col(BriefingTag.kind) == "tag", col(BriefingTag.briefing_pk))))
            ).label("as_tag"),
            func.count(
                func.distinct(
                    case((col(BriefingTag.kind) == "keyword", col(BriefingTag.briefing_pk)))
                )
            ).label("as_keyword"),
            func.min(col(BriefingTag.date)).label("first_seen"),
            func.max(col(BriefingTag.date)).label("last_seen"),
        )
        .where(*conditions)
        .group_by(col(BriefingTag.tag_pk))
        .subquery()
    )
    keys: dict[str, Any] = {
        "briefings": counted.c.briefings,
        "first_seen": counted.c.first_seen,
        "last_seen": counted.c.last_seen,
        "name": paging.bytewise(col(Tag.name)),
    }
    return select(col(Tag.pk), col(Tag.slug), col(Tag.name), *counted.c).join(
        counted, counted.c.tag_pk == col(Tag.pk)
    ), keys


def _tag(row: Row[Any]) -> TagOut:
    own = path("tags", row.slug)
    links = {"self": own}
    if row.as_tag:
        links["items"] = f"/v1/items?tag={own.rpartition('/')[2]}"
    if row.as_keyword:
        links["keyword_items"] = f"/v1/items?keyword={own.rpartition('/')[2]}"
    return TagOut(
        slug=row.slug,
        name=row.name,
        counts=TagCounts(tag=row.as_tag, keyword=row.as_keyword),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        links=links,
    )


def sources(session: Session, query: SourceList, lang: str | None = None) -> Listing[SourceSummary]:
    """A page of the sources cited under the filters."""
    newest = search.horizon(session, query)
    statement, keys, built = _cited_sources(session, query, newest)
    ties = (keys["last_cited"].desc(), col(Source.id))
    rows, _ = search.listed(
        session, query, "source", statement, "-last_cited", keys, ties, query.scope(), newest
    )
    shown = [SourceSummary(**values) for values in _source_values(session, rows.rows)]
    return Listing(shown, rows, built.warnings, _beside(session, statement, built, query, lang))


def source_buckets(session: Session, query: SourceList, lang: str | None) -> Listing[BucketOut]:
    """The same sources as a page of buckets."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    statement, _, built = _cited_sources(session, query, newest)
    found, rows = grouping.buckets(session, _sources(statement), query, lang, query.scope(), newest)
    return Listing(found, rows, built.warnings, _beside(session, statement, built, query, lang))


def _cited_sources(
    session: Session, query: SourceList, newest: int
) -> tuple[Any, dict[str, Any], Built]:
    within, built = _citations(session, query, ("q", "expand", "publisher", "has"), newest), Built()
    filters.publishers(session, query.publisher, built)
    built.conditions += by_values(query.status, lambda v: col(Source.status).in_(v))
    filters.searched(session, query, "source", col(Source.pk), built)
    built.conditions += filters.source_has(query.has)
    statement, keys = _source_statement(within.conditions)
    built.conditions += filters.by_numbers(query.citations, keys["citations"])
    return (
        statement.where(*built.conditions),
        keys,
        Built([], within.warnings + built.warnings, within.found | built.found),
    )


def _citations(
    session: Session, query: SourceList | PublisherList, own: tuple[str, ...], newest: int
) -> Built:
    """Conditions on `Citation`: in briefings up to `newest`, and in the items that `query` asks for."""
    within = Built(paging.up_to_snapshot(session, newest, col(Citation.briefing_pk)))
    filters.days(session, query, col(Citation.date), col(Citation.channel_pk), within)
    if (inside := filters.inside(session, query, own, within)) is not None:
        within.conditions.append(col(Citation.item_pk).in_(inside))
    return within


def _sources(statement: Any) -> grouping.Things:
    return grouping.Things(statement, col(Source.pk), dimensions.OF_SOURCES, path("sources"))


def _beside(
    session: Session, statement: Any, built: Built, query: SourceList, lang: str | None
) -> ListMeta:
    said = description.describe(session, "sources", query, built.found, "-last_cited", lang)
    return facets.of(session, lambda: _sources(statement), query, lang, said)


def source_id(session: Session, value: str) -> str:
    """The id of the source that an id, `arxiv:ID` or URL names."""
    pks = filters.source_pks(session, value)
    if not pks:
        raise NotFound(f"There is no source {value!r}.")
    return str(
        session.execute(select(col(Source.id)).where(col(Source.pk) == pks.pop())).scalar_one()
    )


def source(session: Session, wanted: str) -> SourceOut:
    """The source of an id, with every citation."""
    statement, _ = _source_statement([])
    row = session.execute(statement.where(col(Source.id) == wanted)).first()
    if row is None:
        raise NotFound(f"There is no source {wanted!r}.")
    cited = session.execute(
        select(
            col(Citation.label), col(Citation.target), col(Citation.arxiv_version), col(Citation.status), col(Citation.reason), col(Citation.line), col(Citation.date),
            col(Item.id), col(Item.title), col(Briefing.id).label("briefing"),
        )
        .join(Briefing, col(Briefing.pk) == col(Citation.briefing_pk))
        .join(Item, col(Item.pk) == col(Citation.item_pk), isouter=True)
        .where(col(Citation.source_pk) == row.pk)
        .order_by(col(Citation.date), col(Briefing.id), col(Citation.line), col(Citation.start_char), col(Citation.pk))
    )  # fmt: skip
    return SourceOut(
        **next(iter(_source_values(session, [row]))),
        cited_by=[
            SourceCitation(
                item=ItemRef(id=c.id, title=c.title, date=c.date) if c.id else None, briefing=c.briefing, label=c.label, target=c.target,
                arxiv_version=c.arxiv_version, status=c.status, reason=c.reason, line=c.line,
            )
            for c in cited
        ],
    )  # fmt: skip


def _source_statement(conditions: Sequence[ColumnElement[bool]]) -> tuple[Any, dict[str, Any]]:
    counted = (
        select(
            col(Citation.source_pk),
            func.count().label("citations"),
            func.min(col(Citation.date)).label("first_cited"),
            func.max(col(Citation.date)).label("last_cited"),
        )
        .where(*conditions)
        .group_by(col(Citation.source_pk))
        .subquery()
    )
    keys: dict[str, Any] = {
        name: counted.c[name] for name in ("citations", "first_cited", "last_cited")
    }
    columns = select(
        col(Source.pk),
        col(Source.id),
        col(Source.url),
        col(Source.arxiv_id),
        col(Source.status),
        col(Source.publisher_pk),
        *counted.c,
    )
    return columns.join(counted, counted.c.source_pk == col(Source.pk)), keys


def _source_values(session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    publishers = publisher_refs(session, (row.publisher_pk for row in rows if row.publisher_pk))
    written: dict[int, tuple[str | None, str | None]] = {}
    earliest = (
        select(col(Citation.source_pk), col(Citation.label), col(Citation.target))
        .join(Briefing, col(Briefing.pk) == col(Citation.briefing_pk))
        .where(col(Citation.source_pk).in_([row.pk for row in rows]))
        .order_by(
            col(Citation.date),
            col(Briefing.id),
            col(Citation.line),
            col(Citation.start_char),
            col(Citation.pk),
        )
    )
    for pk, label, target in session.execute(earliest):
        written.setdefault(pk, (label, target))
    return [
        {
            "id": row.id, "url": row.url, "arxiv_id": row.arxiv_id, "status": row.status, "publisher": publishers.get(row.publisher_pk),
            "label": written[row.pk][0], "target": written[row.pk][1], "citations": row.citations,
            "first_cited": row.first_cited, "last_cited": row.last_cited,
            "links": {"self": path("sources", row.id), "items": f"/v1/items?source={row.id}"},
        }
        for row in rows
    ]  # fmt: skip


def publishers(
    session: Session, query: PublisherList, lang: str | None = None
) -> Listing[PublisherOut]:
    """A page of the publishers cited under the filters."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    built = _citations(session, query, ("publisher", "q", "expand"), newest)
    filters.publishers(session, query.publisher, built)
    built.conditions += by_values(query.status, lambda v: col(Source.status).in_(v))
    statement, keys = _publisher_statement(built.conditions)
    statement = statement.where(
        *filters.by_numbers(query.citations, keys["citations"]),
        *_named(session, query.q, Publisher, Publisher.id),
    )
    order = paging.order_by(query.sort, "-citations", keys, (paging.bytewise(col(Publisher.id)),))
    rows = paging.page(session, statement, order, query.limit, query.cursor, query.scope(), newest)
    said = description.describe(session, "publishers", query, built.found, "-citations", lang)
    return Listing([_publisher(row) for row in rows.rows], rows, built.warnings, ListMeta(said))


def _named(session: Session, q: str | None, table: Any, key: Any) -> list[ColumnElement[bool]]:
    """The condition that `q` stands in a thing's name or key, script, case and width aside."""
    if q is None:
        return []
    wanted = fold(q.strip())
    rows = session.execute(select(table.pk, table.name, key))
    pks = [pk for pk, name, other in rows if wanted in fold(name) or wanted in other]
    # Numbers of ours, written out: engines take only so many parameters.
    return [table.pk.in_(bindparam("named", pks, expanding=True, literal_execute=True))]


def publisher(session: Session, wanted: str) -> PublisherOut:
    """The publisher at a domain."""
    statement, _ = _publisher_statement([])
    row = session.execute(statement.where(col(Publisher.id) == wanted)).first()
    if row is None:
        raise NotFound(
            f"There is no publisher {wanted!r}; publishers are known by their domain, such as techcrunch.com."
        )
    return _publisher(row)


def _publisher_statement(conditions: Sequence[ColumnElement[bool]]) -> tuple[Any, dict[str, Any]]:
    counted = (
        select(
            col(Source.publisher_pk),
            func.count(func.distinct(col(Citation.source_pk))).label("sources"),
            func.count().label("citations"),
            func.min(col(Citation.date)).label("first_cited"),
            func.max(col(Citation.date)).label("last_cited"),
        )
        .join(Citation, col(Citation.source_pk) == col(Source.pk))
        .where(*conditions)
        .group_by(col(Source.publisher_pk))
        .subquery()
    )
    keys: dict[str, Any] = {
        name: counted.c[name] for name in ("citations", "sources", "last_cited")
    } | {"name": paging.bytewise(col(Publisher.name))}
    return select(col(Publisher.pk), col(Publisher.id), col(Publisher.name), *counted.c).join(
        counted, counted.c.publisher_pk == col(Publisher.pk)
    ), keys


def _publisher(row: Row[Any]) -> PublisherOut:
    return PublisherOut(
        id=row.id,
        name=row.name,
        sources=row.sources,
        citations=row.citations,
        first_cited=row.first_cited,
        last_cited=row.last_cited,
        links={"self": path("publishers", row.id), "items": f"/v1/items?publisher={quote(row.id)}"},
    )
