"""Items: a page of them, one, and the lines of the document it came from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.parse.briefing import decode
from app.query import search
from app.query.columns import item_pages
from app.query.columns.item_pages import DEFAULT_SORT
from app.query.curation import tombstones
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition
from app.query.filters.lookups import Resolved
from app.query.listing import (
    description,
    dimensions,
    facets,
    grouping,
)
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.item_params import ItemList
from app.query.schemas.briefings import PassageLinks, PassageOut
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import Lines, MentionOut
from app.query.schemas.shared import EntityRef
from app.query.snapshot import stored_json
from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.refs import entity_refs, path
from app.query.stories import threads
from app.store.encoding.stored_item import ITEM_PARTS
from app.store.tables import (
    Briefing,
    Document,
    Item,
    Mention,
)

SORT_KEYS: dict[str, Any] = {
    "date": col(Item.date),
    "title": paging.bytewise(col(Item.title)),
    "importance": col(Item.importance_rank),
    "position": col(Item.ordinal),
    "updated_at": col(Item.updated_at),
}
_TIES = (
    col(Item.date).desc(),
    col(Item.channel_pk),
    col(Item.ordinal),
    col(Item.pk),
)
_SECTION_ITEMS: CacheKind[tuple[int, str], list[int]] = CacheKind(max_entries=10_000)
_ITEMS_OF_SECTION = (
    select(col(Item.pk))
    .where(
        col(Item.briefing_pk) == bindparam("briefing"),
        col(Item.section_kind) == bindparam("kind"),
    )
    .order_by(col(Item.ordinal))
)


@dataclass(frozen=True)
class ItemPage:
    """One page of items: `pks` in order, and the number of all items.

    `scores` has the relevance by pk, `more_in_thread` the number of other matching items in the
    thread, by pk; both are empty where a list has neither.
    """

    pks: Sequence[int]
    total: int
    next_cursor: str | None
    cursor_after: Callable[[int], str] | None = None
    """As that of `PageRows`."""
    scores: Mapping[int, float] = field(default_factory=dict)
    more_in_thread: Mapping[int, int] = field(default_factory=dict)


def find(
    session: Session,
    query: ItemList,
    lang: str | None,
    *,
    entity_pks: Collection[int] | None = None,
    entity: EntityRef | None = None,
) -> Listing[bytes]:
    """Return a page of the items that `query` asks for.

    With `entity_pks`, only items that name one of them; `entity` is the one whose list it is.
    """
    scope = query.scope(sorted(entity_pks or ()))
    resolved = lookups.resolve(session, query)
    if item_pages.covers(query):
        page = ItemPage(*item_pages.item_page(session, query, entity_pks, scope))
    else:
        page = _sql_page(
            session,
            query,
            _where(query, resolved, entity_pks),
            entity_pks,
            scope,
        )

    return Listing(
        _page_json(session, query, page, lang),
        paging.PageRows(page.pks, page.total, page.next_cursor, page.cursor_after),
        resolved.warnings,
        _meta(session, query, resolved, lang, entity_pks, entity),
    )


def _sql_page(
    session: Session,
    query: ItemList,
    where: Sequence[Condition],
    entity_pks: Collection[int] | None,
    scope: str,
) -> ItemPage:
    """Return a page selected by SQL; only the index columns of its rows are read."""
    keys: Any = select(
        col(Item.pk),
        col(Item.date),
        col(Item.channel_pk),
        col(Item.ordinal),
    )

    snapshot = None
    if query.collapse:
        # The newest item of a thread may change during a walk.
        snapshot = search.snapshot_briefing(session, query, sorted(entity_pks or ()))
        before = paging.up_to_snapshot(session, snapshot, col(Item.briefing_pk))
        keys = threads.collapsed(keys, [*where, *before])
    else:
        keys = keys.where(*where)

    rows, scores = search.page(
        session,
        query,
        "item",
        keys,
        DEFAULT_SORT,
        SORT_KEYS,
        _TIES,
        scope,
        snapshot,
    )

    more = {row.pk: row.told - 1 for row in rows.rows} if query.collapse else {}

    return ItemPage(
        [row.pk for row in rows.rows],
        rows.total,
        rows.next_cursor,
        rows.cursor_after,
        scores,
        more,
    )


def _page_json(
    session: Session,
    query: ItemList,
    page: ItemPage,
    lang: str | None,
) -> list[bytes]:
    extra_fields: dict[int, dict[str, Any]] = {}
    if query.q is not None:
        matches = search.matches(
            session,
            query,
            "item",
            page.pks,
            page.scores,
            lang,
        )

        for pk, match in matches.items():
            extra_fields[pk] = {"match": match}

    include = query.includes()

    return _items_json(
        session,
        page.pks,
        lang,
        include,
        extra_fields,
        page.more_in_thread,
    )


def buckets(
    session: Session,
    query: ItemList,
    lang: str | None,
    *,
    entity_pks: Collection[int] | None = None,
    entity: EntityRef | None = None,
) -> Listing[BucketOut]:
    """Return the same items as a page of buckets."""
    scope = query.scope(sorted(entity_pks or ()))
    snapshot = paging.snapshot_briefing(session, query.cursor, scope)
    resolved = lookups.resolve(session, query)
    meta = _meta(session, query, resolved, lang, entity_pks, entity)
    where = _where(query, resolved, entity_pks)
    where += paging.up_to_snapshot(session, snapshot, col(Item.briefing_pk))

    entries, rows = grouping.buckets(
        session,
        _groupable(where, entity),
        query,
        lang,
        scope,
        snapshot,
    )

    return Listing(entries, rows, resolved.warnings, meta)


def _where(
    query: ItemList,
    resolved: Resolved,
    entity_pks: Collection[int] | None,
) -> list[Condition]:
    if query.collapse and (query.group_by or query.facets):
        message = "a story may have items in several buckets; leave out one of them"
        raise BadRequest(
            f"collapse cannot be combined with group_by or facets: {message}",
            [{"parameter": "collapse", "message": message}],
        )

    where = conditions.items(query, resolved)
    if entity_pks is not None:
        mentions = select(col(Mention.item_pk)).where(
            col(Mention.entity_pk).in_(sorted(entity_pks))
        )
        where.append(col(Item.pk).in_(mentions))

    return where


def _groupable(where: Sequence[Condition], entity: EntityRef | None) -> grouping.Groupable:
    address = f"{path('entities', entity.id)}/items" if entity else path("items")
    statement = select(col(Item.pk)).select_from(Item).where(*where)

    return grouping.Groupable(
        statement,
        col(Item.pk),
        dimensions.OF_ITEMS,
        address,
        narrowed=bool(where),
    )


def _meta(
    session: Session,
    query: ItemList,
    resolved: Resolved,
    lang: str | None,
    entity_pks: Collection[int] | None,
    entity: EntityRef | None,
) -> ListMeta:
    name = entity.name if entity else None
    text = description.describe(
        session,
        "items",
        query,
        resolved.pks,
        DEFAULT_SORT,
        lang,
        of=name,
    )

    meta = ListMeta(text, members=lookups.counted_members(session, resolved, lang))
    if query.facets:
        groupable = _groupable(_where(query, resolved, entity_pks), entity)
        return facets.with_facets(session, groupable, query, lang, meta)
    return meta


def one(
    session: Session,
    item_id: str,
    lang: str | None,
    *,
    include: Collection[str] = (),
) -> bytes:
    """Return a whole item as `ItemOut` in JSON, `include` added. Raises NotFound and Gone."""
    pk = session.execute(select(col(Item.pk)).where(col(Item.id) == item_id)).scalar()
    if pk is None:
        tombstones.refuse(session, "item", item_id)
        raise NotFound(f"There is no item {item_id!r}.")

    return _items_json(session, [pk], lang, {*ITEM_PARTS, *include}, {}, {})[0]


def of_section(
    session: Session,
    briefing_pk: int,
    kind: str,
    lang: str | None,
) -> list[bytes]:
    """Return the items of a briefing's sections of one kind, in order, as `ItemOut` in JSON."""

    def read() -> list[int]:
        rows = session.connection().execute(
            _ITEMS_OF_SECTION,
            {"briefing": briefing_pk, "kind": kind},
        )

        return [pk for pk in rows.scalars() if pk]

    pks = version_cache(session, _SECTION_ITEMS).get_or_make((briefing_pk, kind), read)

    return stored_json.items(session, pks, lang)


def passage(session: Session, item_id: str) -> PassageOut:
    """Return the exact lines and characters of the document that an item came from."""
    statement = (
        select(
            col(Briefing.id),
            col(Item.first_line),
            col(Item.last_line),
            col(Item.start_char),
            col(Item.end_char),
            col(Document.body),
            col(Document.sha256),
        )
        .join(
            Briefing,
            col(Briefing.pk) == col(Item.briefing_pk),
        )
        .join(
            Document,
            col(Document.briefing_pk) == col(Briefing.pk),
        )
        .where(col(Item.id) == item_id)
    )

    row = session.execute(statement).first()
    if row is None:
        tombstones.refuse(session, "item", item_id)
        raise NotFound(f"There is no item {item_id!r}.")

    (
        briefing,
        first_line,
        last_line,
        start,
        end,
        body,
        sha256,
    ) = row

    return PassageOut(
        briefing=briefing,
        lines=Lines(first=first_line, last=last_line),
        start=start,
        end=end,
        text=decode(body)[start:end],
        sha256=sha256,
        links=PassageLinks(
            document=f"{path('documents', sha256)}#L{first_line}-{last_line}",
            briefing=path("briefings", briefing),
        ),
    )


def _items_json(
    session: Session,
    pks: Sequence[int],
    lang: str | None,
    include: Collection[str],
    extra_fields: Mapping[int, dict[str, Any]],
    more_in_thread: Mapping[int, int],
) -> list[bytes]:
    fields = dict(extra_fields)
    if "mentions" in include:
        for pk, mentions in _mentions(session, pks, lang).items():
            shapes = [mention.model_dump() for mention in mentions]
            fields[pk] = fields.get(pk, {}) | {"mentions": shapes}

    return stored_json.items(
        session,
        pks,
        lang,
        include,
        extra_fields=fields,
        more_in_thread=more_in_thread,
    )


_MENTION_COLUMNS = (
    col(Mention.pk),
    col(Mention.item_pk),
    col(Mention.cell_pk),
    col(Mention.entity_pk),
    col(Mention.surface),
    col(Mention.position),
    col(Mention.kind),
    col(Mention.field),
    col(Mention.line),
    col(Mention.start_char),
    col(Mention.end_char),
    col(Mention.method),
    col(Mention.score),
)


def _mentions(
    session: Session, pks: Sequence[int], lang: str | None
) -> dict[int, list[MentionOut]]:
    """Return the mentions of items by pk, in the order of the text."""
    statement = select(*_MENTION_COLUMNS).where(col(Mention.item_pk).in_(pks))
    rows = sorted(session.execute(statement).all(), key=_text_order)

    refs = entity_refs(
        session,
        (row.entity_pk for row in rows if row.entity_pk),
        lang,
    )

    mentions: dict[int, list[MentionOut]] = {pk: [] for pk in pks}
    for row in rows:
        mention = MentionOut(
            entity=refs.get(row.entity_pk),
            kind=row.kind,
            field=row.field,
            surface=row.surface,
            line=row.line,
            start=row.start_char,
            end=row.end_char,
            method=row.method,
            score=row.score,
        )

        mentions[row.item_pk].append(mention)

    return mentions


def _text_order(row: Any) -> tuple[Any, ...]:
    # The parts of a composite name follow it at the same position.
    return (
        row.item_pk,
        row.start_char,
        row.cell_pk is not None,
        row.position,
        row.pk,
    )
