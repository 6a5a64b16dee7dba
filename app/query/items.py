"""Items: one, a page of them, the lines they stand on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.parse.briefing import decode
from app.query import dimensions, facets, filters, grouping, paging, search, threads, wording
from app.query.params import ITEM_INCLUDES, ITEM_PARTS, ItemList
from app.query.refs import entity_refs, path, publisher_refs
from app.query.schemas.briefings import PassageOut
from app.query.schemas.items import (
    CitationOut,
    ClaimOut,
    DetailsOut,
    EchoOut,
    ImportanceOut,
    ItemCore,
    ItemLinks,
    ItemOut,
    Lines,
    MentionOut,
    NamedOut,
    PartOut,
    SectionRef,
    ThreadRef,
)
from app.query.schemas.shared import BriefingRef, EntityRef
from app.store.tables import Briefing, Channel, Citation, Claim, Document, Item, Mention, Section, Source

SORT_KEYS: dict[str, Any] = {
    "date": col(Item.date),
    "title": paging.bytewise(col(Item.title)),
    "importance": col(Item.importance_rank),
    "position": col(Item.ordinal),
    "updated_at": col(Item.updated_at),
}
_TIES = (col(Item.date).desc(), col(Item.channel_pk), col(Item.ordinal), col(Item.pk))
DEFAULT_SORT = "-date"


@dataclass
class Found:
    """A page of items."""

    items: list[ItemOut]
    rows: paging.Rows
    warnings: list[str]
    beside: facets.Beside


@dataclass
class Parts:
    """What hangs on a set of items, by `item.pk`."""

    entities: dict[int, list[NamedOut]] = field(default_factory=lambda: defaultdict(list))
    mentions: dict[int, list[MentionOut]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[int, list[CitationOut]] = field(default_factory=lambda: defaultdict(list))
    echoes: dict[int, list[EchoOut]] = field(default_factory=lambda: defaultdict(list))
    threads: dict[int, ThreadRef] = field(default_factory=dict)
    certainty: dict[int, list[ClaimOut]] = field(default_factory=lambda: defaultdict(list))


def find(
    session: Session, query: ItemList, lang: str | None, *, of: Collection[int] | None = None, about: EntityRef | None = None
) -> Found:
    """A page of the items `query` asks for; of those that name one of the entities `of`, `about` the first, where they are given."""
    built = _built(session, query, of)
    # The newest of a thread may change in mid-walk.
    newest = search.horizon(session, query, sorted(of or ())) if query.collapse else None
    if newest is not None:
        built.conditions += paging.up_to(session, newest, col(Item.briefing_pk))
    # Counted and put in order by what the indexes hold; only the rows of the page are read whole.
    keys: Any = select(col(Item.pk), col(Item.date), col(Item.channel_pk), col(Item.ordinal))
    keys = threads.collapsed(keys, built.conditions) if query.collapse else keys.where(*built.conditions)
    rows, scores = search.listed(session, query, "item", keys, DEFAULT_SORT, SORT_KEYS, _TIES, query.scope(sorted(of or ())), newest)
    pks = [row.pk for row in rows.rows]
    held = {row.pk: row for row in session.execute(_statement().where(col(Item.pk).in_(pks)))}
    shown = outs(session, [held[pk] for pk in pks], lang, include=query.includes())
    if query.collapse:
        for item, row in zip(shown, rows.rows, strict=True):
            if item.thread:
                item.thread.more = row.told - 1
    matches = search.matches(session, query, "item", pks, scores, lang)
    for pk, item in zip(pks, shown, strict=True):
        if pk in matches:
            item.match = matches[pk]
    return Found(shown, rows, built.warnings, _beside(session, built, query, lang, about))


def buckets(
    session: Session, query: ItemList, lang: str | None, *, of: Collection[int] | None = None, about: EntityRef | None = None
) -> facets.Buckets:
    """The same items as a page of buckets."""
    scope = query.scope(sorted(of or ()))
    newest = paging.horizon(session, query.cursor, scope)
    built = _built(session, query, of)
    beside = _beside(session, built, query, lang, about)
    built.conditions += paging.up_to(session, newest, col(Item.briefing_pk))
    found, rows = grouping.buckets(session, _things(built, about), query, lang, scope, newest)
    return facets.Buckets(found, rows, built.warnings, beside)


def _built(session: Session, query: ItemList, of: Collection[int] | None) -> filters.Built:
    if query.collapse and (query.group_by or query.facets):
        said = "a story may have items in several buckets; leave out either"
        raise BadRequest(f"collapse goes with neither group_by nor facets: {said}", [{"parameter": "collapse", "message": said}])
    built = filters.items(session, query)
    if of is not None:
        built.conditions.append(col(Item.pk).in_(select(col(Mention.item_pk)).where(col(Mention.entity_pk).in_(sorted(of)))))
    return built


def _things(built: filters.Built, about: EntityRef | None) -> grouping.Things:
    address = f"{path('entities', about.id)}/items" if about else path("items")
    statement = select(col(Item.pk)).select_from(Item).where(*built.conditions)
    return grouping.Things(statement, col(Item.pk), dimensions.OF_ITEMS, address, narrowed=bool(built.conditions))


def _beside(session: Session, built: filters.Built, query: ItemList, lang: str | None, about: EntityRef | None) -> facets.Beside:
    said = wording.describe(session, "items", query, built.found, DEFAULT_SORT, lang, of=about.name if about else None)
    return facets.of(session, _things(built, about), query, lang, said)


def one(session: Session, item_id: str, lang: str | None, *, include: Collection[str] = ()) -> ItemOut:
    """The item of this id, whole, and with what is asked for besides."""
    row = session.execute(_statement().where(col(Item.id) == item_id)).first()
    if row is None:
        raise NotFound(f"There is no item {item_id!r}.")
    return outs(session, [row], lang, include={*ITEM_PARTS, *include})[0]


def of_section(session: Session, briefing_pk: int, kind: str, lang: str | None) -> list[ItemOut]:
    """The items of a briefing's sections of one kind, in the editor's order."""
    statement = _statement().where(col(Item.briefing_pk) == briefing_pk, col(Item.section_kind) == kind)
    return outs(session, session.execute(statement.order_by(col(Item.ordinal))).all(), lang)


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
        briefing=briefing, lines=Lines(first=first, last=last), start=start, end=end, text=decode(body)[start:end], sha256=sha256
    )


def _statement() -> Any:
    columns = [
        getattr(Item, name)
        for name in Item.model_fields
        if name not in ("channel_pk", "content_hash", "section_pk", "section_kind", "start_char", "end_char")
    ]
    return (
        select(*columns)
        .add_columns(
            col(Briefing.id).label("briefing_id"), col(Briefing.title).label("briefing_title"), col(Channel.id).label("channel"),
            col(Section.position).label("section_position"), col(Section.kind).label("section_kind"), col(Section.title).label("section_title"),
        )
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .join(Section, col(Section.pk) == col(Item.section_pk))
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
    )  # fmt: skip


def outs(session: Session, rows: Sequence[Row[Any]], lang: str | None, *, include: Collection[str] = ITEM_PARTS) -> list[ItemOut]:
    """Rows of the item statement as shapes, with the parts of `include` only."""
    parts = load_parts(session, [row.pk for row in rows], lang, include)
    shown = []
    for row in rows:
        briefing, item = path("briefings", row.briefing_id), path("items", row.id)
        values = core_values(row, parts) | {"mentions": parts.mentions[row.pk]}
        for name in set(ITEM_INCLUDES) - set(include):
            del values[name]
        shown.append(
            ItemOut(
                **values,
                date=row.date,
                briefing=BriefingRef(id=row.briefing_id, channel=row.channel, date=row.date, title=row.briefing_title),
                section=SectionRef(position=row.section_position, kind=row.section_kind, title=row.section_title),
                updated_at=row.updated_at,
                links=ItemLinks(self=item, source=f"{item}/source", briefing=briefing),
            )
        )
    return shown


def cores(session: Session, rows: Sequence[Item], lang: str | None) -> dict[int, list[ItemCore]]:
    """The items of a briefing as it holds them, by `section.pk`."""
    parts = load_parts(session, [row.pk for row in rows if row.pk], lang, ITEM_PARTS)
    shown: dict[int, list[ItemCore]] = defaultdict(list)
    for row in rows:
        shown[row.section_pk].append(ItemCore(**core_values(row, parts)))
    return shown


def core_values(row: Any, parts: Parts) -> dict[str, Any]:
    """The fields an item has wherever it is shown."""
    label = row.importance_label
    return {
        "id": row.id,
        "kind": row.kind,
        "position": row.position,
        "parent": row.parent,
        "title": row.title,
        "summary": row.summary,
        "details": DetailsOut.model_validate(row.details),
        "importance": ImportanceOut(level=row.importance_level, label=label, reason=row.importance_reason) if label is not None else None,
        "entities": parts.entities[row.pk],
        "sources": parts.sources[row.pk],
        "certainty": parts.certainty[row.pk],
        "extra": row.extra,
        "thread": parts.threads.get(row.pk),
        "echoes": parts.echoes[row.pk],
        "lines": Lines(first=row.first_line, last=row.last_line),
    }


def load_parts(session: Session, pks: Sequence[int], lang: str | None, include: Collection[str]) -> Parts:
    """Threads, entities, mentions, sources, marked claims and echoes of the items of `pks`, a query or two each."""
    parts = Parts()
    # A page holds at most 100 items, a whole briefing may hold more than a statement takes parameters.
    for start in range(0, len(pks), 900):
        some = pks[start : start + 900]
        parts.threads |= threads.refs(session, some)
        if "echoes" in include:
            threads.load_echoes(session, some, parts.echoes)
        if {"entities", "mentions"} & set(include):
            _load_mentions(session, some, lang, parts)
        if "sources" in include:
            _load_sources(session, some, parts)
        if "certainty" in include:
            _load_claims(session, some, parts)
    return parts


def _load_claims(session: Session, pks: Sequence[int], parts: Parts) -> None:
    statement = select(Claim).where(col(Claim.item_pk).in_(pks)).order_by(col(Claim.item_pk), col(Claim.start_char))
    for row in session.execute(statement).scalars():
        parts.certainty[row.item_pk].append(
            ClaimOut(
                kind=row.kind,
                field=row.field,
                surface=row.surface,
                text=row.text,
                line=row.line,
                start=row.start_char,
                end=row.end_char,
            )
        )


def _load_mentions(session: Session, pks: Sequence[int], lang: str | None, parts: Parts) -> None:
    names = (
        "pk", "item_pk", "cell_pk", "entity_pk", "surface", "inferred", "position", "kind", "field", "line", "start_char", "end_char",
        "method", "score",
    )  # fmt: skip
    rows = session.execute(select(*(getattr(Mention, name) for name in names)).where(col(Mention.item_pk).in_(pks))).all()
    refs = entity_refs(session, (row.entity_pk for row in rows if row.entity_pk), lang)
    # A part stands right after its composite.
    for row in sorted(rows, key=lambda row: (row.item_pk, row.start_char, row.cell_pk is not None, row.position, row.pk)):
        parts.mentions[row.item_pk].append(
            MentionOut(
                entity=_ref(refs, row.entity_pk),
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
    cells = sorted((row for row in rows if row.kind == "listed"), key=lambda row: (row.item_pk, row.position, row.pk))
    below: dict[int, list[PartOut]] = defaultdict(list)
    for row in cells:
        if row.cell_pk:
            below[row.cell_pk].append(PartOut(surface=row.surface, entity=_ref(refs, row.entity_pk)))
    for row in cells:
        if not row.cell_pk:
            parts.entities[row.item_pk].append(_named(row, refs, below.get(row.pk, [])))
    # Then those that no cell names, each once, in the order the text comes to them.
    seen = {(row.item_pk, row.entity_pk) for row in cells}
    for row in sorted((row for row in rows if row.kind != "listed"), key=lambda row: row.start_char):
        if row.entity_pk and (row.item_pk, row.entity_pk) not in seen:
            seen.add((row.item_pk, row.entity_pk))
            parts.entities[row.item_pk].append(_named(row, refs, []))


def _named(row: Any, refs: dict[int, EntityRef], parts: list[PartOut]) -> NamedOut:
    listed = row.kind == "listed"
    return NamedOut(surface=row.surface, listed=listed, inferred=row.inferred, entity=_ref(refs, row.entity_pk), parts=parts)


def _ref(refs: dict[int, EntityRef], pk: int | None) -> EntityRef | None:
    return refs.get(pk) if pk else None


def _load_sources(session: Session, pks: Sequence[int], parts: Parts) -> None:
    for item_pk, citation in citations(session, col(Citation.item_pk).in_(pks)):
        parts.sources[item_pk].append(citation)


def citations(session: Session, condition: ColumnElement[bool]) -> Iterable[tuple[int, CitationOut]]:
    """The citations under `condition`, in order, each with its `item_pk`."""
    rows = session.execute(
        select(
            col(Citation.item_pk), col(Citation.label), col(Citation.target), col(Citation.arxiv_version), col(Citation.status),
            col(Source.id), col(Source.url), col(Source.arxiv_id), col(Source.publisher_pk),
        )
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .where(condition)
        .order_by(col(Citation.item_pk), col(Citation.position))
    ).all()  # fmt: skip
    publishers = publisher_refs(session, (row.publisher_pk for row in rows if row.publisher_pk))
    for row in rows:
        yield (
            row.item_pk,
            CitationOut(
                id=row.id,
                label=row.label,
                target=row.target,
                url=row.url,
                arxiv_id=row.arxiv_id,
                arxiv_version=row.arxiv_version,
                status=row.status,
                publisher=publishers.get(row.publisher_pk),
            ),
        )
