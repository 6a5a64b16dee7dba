"""Items: one, a page of them, the lines they stand on."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.parse.briefing import decode
from app.query import search, threads
from app.query.columns import item_pages
from app.query.columns.item_pages import DEFAULT_SORT
from app.query.filters import conditions as filters
from app.query.listing import description, dimensions, facets, grouping
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.params import ItemList
from app.query.schemas.briefings import PassageOut
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import (
    Lines,
    MentionOut,
)
from app.query.schemas.shared import EntityRef
from app.query.snapshot import dataset, stored_json
from app.query.snapshot.refs import entity_refs, path
from app.store.encoding.stored_item import ITEM_PARTS
from app.store.tables import Briefing, Document, Item, Mention

SORT_KEYS: dict[str, Any] = {
    "date": col(Item.date),
    "title": paging.bytewise(col(Item.title)),
    "importance": col(Item.importance_rank),
    "position": col(Item.ordinal),
    "updated_at": col(Item.updated_at),
}
_TIES = (col(Item.date).desc(), col(Item.channel_pk), col(Item.ordinal), col(Item.pk))


def find(
    session: Session,
    query: ItemList,
    lang: str | None,
    *,
    of: Collection[int] | None = None,
    about: EntityRef | None = None,
) -> Listing[bytes]:
    """A page of the items `query` asks for; of those that name one of the entities `of`, `about` the first, where they are given."""
    picked = item_pages.covers(query)
    # Of what the columns tell, no statement is made but to count facets by.
    built = (
        _built(session, query, of) if query.facets or not picked else filters.meant(session, query)
    )
    scope, newest = query.scope(sorted(of or ())), None
    scores: dict[int, float] = {}
    if picked:
        rows = item_pages.item_page(session, query, of, scope)
        pks = list(rows.rows)
    else:
        # The newest of a thread may change in mid-walk.
        newest = search.horizon(session, query, sorted(of or ())) if query.collapse else None
        if newest is not None:
            built.conditions += paging.up_to_snapshot(session, newest, col(Item.briefing_pk))
        # Counted and put in order by what the indexes hold; only the rows of the page are read whole.
        keys: Any = select(col(Item.pk), col(Item.date), col(Item.channel_pk), col(Item.ordinal))
        keys = (
            threads.collapsed(keys, built.conditions)
            if query.collapse
            else keys.where(*built.conditions)
        )
        rows, scores = search.listed(
            session, query, "item", keys, DEFAULT_SORT, SORT_KEYS, _TIES, scope, newest
        )
        pks = [row.pk for row in rows.rows]
    more = {row.pk: row.told - 1 for row in rows.rows} if query.collapse else None
    matches = search.matches(session, query, "item", pks, scores, lang)
    also = {pk: {"match": match} for pk, match in matches.items()}
    shown = _shown(session, pks, lang, query.includes(), also, more)
    return Listing(shown, rows, built.warnings, _beside(session, built, query, lang, about))


def buckets(
    session: Session,
    query: ItemList,
    lang: str | None,
    *,
    of: Collection[int] | None = None,
    about: EntityRef | None = None,
) -> Listing[BucketOut]:
    """The same items as a page of buckets."""
    scope = query.scope(sorted(of or ()))
    newest = paging.snapshot_briefing(session, query.cursor, scope)
    built = _built(session, query, of)
    beside = _beside(session, built, query, lang, about)
    built.conditions += paging.up_to_snapshot(session, newest, col(Item.briefing_pk))
    found, rows = grouping.buckets(session, _things(built, about), query, lang, scope, newest)
    return Listing(found, rows, built.warnings, beside)


def _built(session: Session, query: ItemList, of: Collection[int] | None) -> filters.Built:
    if query.collapse and (query.group_by or query.facets):
        said = "a story may have items in several buckets; leave out either"
        raise BadRequest(
            f"collapse goes with neither group_by nor facets: {said}",
            [{"parameter": "collapse", "message": said}],
        )
    built = filters.items(session, query)
    if of is not None:
        built.conditions.append(
            col(Item.pk).in_(
                select(col(Mention.item_pk)).where(col(Mention.entity_pk).in_(sorted(of)))
            )
        )
    return built


def _things(built: filters.Built, about: EntityRef | None) -> grouping.Things:
    address = f"{path('entities', about.id)}/items" if about else path("items")
    statement = select(col(Item.pk)).select_from(Item).where(*built.conditions)
    return grouping.Things(
        statement, col(Item.pk), dimensions.OF_ITEMS, address, narrowed=bool(built.conditions)
    )


def _beside(
    session: Session,
    built: filters.Built,
    query: ItemList,
    lang: str | None,
    about: EntityRef | None,
) -> ListMeta:
    said = description.describe(
        session, "items", query, built.found, DEFAULT_SORT, lang, of=about.name if about else None
    )
    return facets.of(session, lambda: _things(built, about), query, lang, said)


def one(
    session: Session, item_id: str, lang: str | None, *, include: Collection[str] = ()
) -> bytes:
    """The item of this id whole, and with what is asked for besides, as `ItemOut` in JSON."""
    pk = session.execute(select(col(Item.pk)).where(col(Item.id) == item_id)).scalar()
    if pk is None:
        raise NotFound(f"There is no item {item_id!r}.")
    return _shown(session, [pk], lang, {*ITEM_PARTS, *include})[0]


_OF_SECTION = (
    select(col(Item.pk))
    .where(
        col(Item.briefing_pk) == bindparam("briefing"), col(Item.section_kind) == bindparam("kind")
    )
    .order_by(col(Item.ordinal))
)


def of_section(session: Session, briefing_pk: int, kind: str, lang: str | None) -> list[bytes]:
    """The items of a briefing's sections of one kind, in the editor's order, each as `ItemOut` in JSON."""

    def found() -> list[int]:
        return [
            pk
            for pk in session.connection()
            .execute(_OF_SECTION, {"briefing": briefing_pk, "kind": kind})
            .scalars()
            if pk
        ]

    return stored_json.items(
        session, dataset.recall(session, "items of sections", (briefing_pk, kind), found), lang
    )


def passage(session: Session, item_id: str) -> PassageOut:
    """The exact lines and characters of the document an item came from."""
    row = session.execute(
        select(
            col(Briefing.id),
            col(Item.first_line),
            col(Item.last_line),
            col(Item.start_char),
            col(Item.end_char),
            col(Document.body),
            col(Document.sha256),
        )
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .where(col(Item.id) == item_id)
    ).first()
    if row is None:
        raise NotFound(f"There is no item {item_id!r}.")
    briefing, first, last, start, end, body, sha256 = row
    return PassageOut(
        briefing=briefing,
        lines=Lines(first=first, last=last),
        start=start,
        end=end,
        text=decode(body)[start:end],
        sha256=sha256,
    )


def _shown(
    session: Session,
    pks: Sequence[int],
    lang: str | None,
    include: Collection[str],
    also: Mapping[int, dict[str, Any]] | None = None,
    more: Mapping[int, int] | None = None,
) -> list[bytes]:
    fields = dict(also or {})
    if "mentions" in include:
        for pk, held in _mentions(session, pks, lang).items():
            fields[pk] = fields.get(pk, {}) | {
                "mentions": [mention.model_dump() for mention in held]
            }
    return stored_json.items(session, pks, lang, include, also=fields, more=more)


def _mentions(
    session: Session, pks: Sequence[int], lang: str | None
) -> dict[int, list[MentionOut]]:
    names = (
        "pk", "item_pk", "cell_pk", "entity_pk", "surface", "position", "kind", "field", "line", "start_char", "end_char", "method", "score",
    )  # fmt: skip
    rows = session.execute(
        select(*(getattr(Mention, name) for name in names)).where(col(Mention.item_pk).in_(pks))
    ).all()
    refs = entity_refs(session, (row.entity_pk for row in rows if row.entity_pk), lang)
    found: dict[int, list[MentionOut]] = {pk: [] for pk in pks}
    # A part stands right after its composite.
    for row in sorted(
        rows,
        key=lambda row: (
            row.item_pk,
            row.start_char,
            row.cell_pk is not None,
            row.position,
            row.pk,
        ),
    ):
        found[row.item_pk].append(
            MentionOut(
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
        )
    return found
