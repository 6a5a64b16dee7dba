"""Tags and keywords of briefings: a list with counts, and one of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.entities.names import name_key
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition, by_numbers, by_values
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.suggestions import similar
from app.query.request.taxonomy_params import TagList
from app.query.schemas.taxonomy import (
    TagCounts,
    TagOut,
)
from app.query.snapshot.refs import path
from app.store.tables import Briefing, BriefingTag, Tag

# Names that a message about an unknown tag is compared with.
MAX_SUGGESTED_NAMES = 1_000


def find(session: Session, query: TagList, lang: str | None = None) -> Listing[TagOut]:
    """Return a page of the tags and keywords of the briefings that the filters select."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    # `q` is part of a tag's name here, not a search of briefings.
    filter = query.model_copy(update={"q": None})
    resolved = lookups.resolve(session, filter)
    briefings = select(col(Briefing.pk)).where(
        *conditions.briefings(filter, resolved),
        *paging.up_to_snapshot(session, newest, col(Briefing.pk)),
    )
    statement, keys = _tag_statement(
        [
            col(BriefingTag.briefing_pk).in_(briefings),
            *by_values(
                query.kind,
                lambda kinds: col(BriefingTag.kind).in_(kinds),
            ),
        ]
    )
    statement = statement.where(
        *by_numbers(query.briefings, keys["briefings"]),
        *lookups.name_contains(session, query.q, Tag, Tag.key),
    )
    # The slug, not the name, breaks ties: the usual spelling may change during a walk.
    slug = paging.bytewise(col(Tag.slug))
    page = paging.page(
        session,
        statement,
        paging.order_by(query.sort, "-briefings", keys, (slug,)),
        query,
        snapshot=newest,
    )
    text = description.describe(session, "tags", query, resolved.pks, "-briefings", lang)
    outs = [_tag_out(row) for row in page.rows]
    meta = ListMeta(text, members=lookups.counted_members(session, resolved, lang))
    return Listing(outs, page, resolved.warnings, meta)


def one(session: Session, value: str) -> TagOut:
    """Return the tag with this slug or name. Raises NotFound."""
    pk = lookups.tag_pk(session, value)
    if pk is None:
        same_start = col(Tag.key).startswith(
            name_key(value)[:1],
            autoescape=True,
        )
        names = (
            select(col(Tag.name))
            .where(same_start)
            .order_by(
                col(Tag.name),
            )
        )
        names_like_it = session.execute(names.limit(MAX_SUGGESTED_NAMES)).scalars()
        raise NotFound(f"There is no tag or keyword {value!r}{similar(value, names_like_it)}.")
    statement, _ = _tag_statement(
        [
            col(BriefingTag.tag_pk) == pk,
        ]
    )
    return _tag_out(session.execute(statement).one())


def _tag_statement(where: Sequence[Condition]) -> tuple[Any, dict[str, Any]]:
    """Return a statement of tags with counts, and its sort keys; `where` is on `BriefingTag`."""
    briefing_pk = col(BriefingTag.briefing_pk)

    def briefing_count(kind: str) -> Any:
        of_kind = case((col(BriefingTag.kind) == kind, briefing_pk))
        return func.count(func.distinct(of_kind))

    counted = (
        select(
            col(BriefingTag.tag_pk),
            func.count(func.distinct(briefing_pk)).label("briefings"),
            briefing_count("tag").label("as_tag"),
            briefing_count("keyword").label("as_keyword"),
            func.min(col(BriefingTag.date)).label("first_seen"),
            func.max(col(BriefingTag.date)).label("last_seen"),
        )
        .where(*where)
        .group_by(col(BriefingTag.tag_pk))
        .subquery()
    )
    keys: dict[str, Any] = {
        "briefings": counted.c.briefings,
        "first_seen": counted.c.first_seen,
        "last_seen": counted.c.last_seen,
        "name": paging.bytewise(col(Tag.name)),
    }
    statement = select(
        col(Tag.pk),
        col(Tag.slug),
        col(Tag.name),
        *counted.c,
    )
    return statement.join(
        counted,
        counted.c.tag_pk == col(Tag.pk),
    ), keys


def _tag_out(row: Row[Any]) -> TagOut:
    address = path("tags", row.slug)
    quoted_slug = address.rpartition("/")[2]
    links = {"self": address}
    if row.as_tag:
        links["items"] = f"/v1/items?tag={quoted_slug}"
    if row.as_keyword:
        links["keyword_items"] = f"/v1/items?keyword={quoted_slug}"
    return TagOut(
        slug=row.slug,
        name=row.name,
        counts=TagCounts(tag=row.as_tag, keyword=row.as_keyword),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        links=links,
    )
