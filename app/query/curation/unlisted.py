"""Names that no catalogue has: how often they recur, where, and in which sentences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app.normalize.kinds import UnlistedForm
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.entity_params import ReviewList
from app.query.schemas.judgements import UnlistedOut, UnlistedSentence
from app.query.schemas.shared import BriefingRef, EntityRef, ItemRef
from app.query.snapshot.refs import entity_refs
from app.store.tables import Alias, Briefing, Channel, Entity, Item, UnlistedName

MAX_SENTENCES = 3
"""Sentences listed with a name at most."""

_KEY = col(UnlistedName.key)
_FORMS = get_args(UnlistedForm)


def find(session: Session, query: ReviewList, lang: str | None) -> Listing[UnlistedOut]:
    """Return a page of the names that recur in at least `query.support` different sentences."""
    scope = query.scope()
    newest = paging.snapshot_briefing(session, query.cursor, scope)
    names = _counts(query.support).where(*paging.up_to_snapshot(session, newest, _BRIEFING))
    counted = names.subquery()
    name = paging.bytewise(counted.c.key)
    keys = {column: counted.c[column] for column in ("sentences", "items", "days", "last_seen")}
    page = paging.page(
        session,
        select(*counted.c),
        paging.order_by(query.sort, "-sentences", {**keys, "spelling": name}, (name,)),
        query,
        scope=scope,
        snapshot=newest,
    )
    return Listing(_shapes(session, page.rows, lang), page)


_BRIEFING = col(UnlistedName.briefing_pk)


def _counts(support: int) -> Any:
    """Return a query of the unlisted names by key, with their counts."""
    sentences = func.count(col(UnlistedName.text).distinct())
    day = col(UnlistedName.date)
    return (
        select(
            _KEY,
            sentences.label("sentences"),
            func.count(col(UnlistedName.item_pk).distinct()).label("items"),
            func.count(day.distinct()).label("days"),
            func.min(day).label("first_seen"),
            func.max(day).label("last_seen"),
        )
        .where(~_is_known())
        .group_by(_KEY)
        .having(sentences >= support)
    )


def _is_known() -> ColumnElement[bool]:
    """Return the condition that the catalogue or a curator has the name.

    Names that only documents list count as unlisted: nothing finds them in other documents.
    """
    known = select(col(Alias.pk)).where(
        col(Alias.key) == _KEY,
        col(Alias.origin) != "document",
    )
    return known.exists()


def _shapes(session: Session, rows: Sequence[Any], lang: str | None) -> list[UnlistedOut]:
    keys = [row.key for row in rows]
    surfaces = _surfaces(session, keys)
    sentences = _sentences(session, keys)
    entities = _entities(session, keys, lang)
    shapes = []
    for row in rows:
        spellings, forms = surfaces[row.key]
        shape = UnlistedOut(
            name=spellings[0],
            spellings=spellings,
            forms=forms,
            sentences=row.sentences,
            items=row.items,
            days=row.days,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            entity=entities.get(row.key),
            examples=sentences[row.key],
        )
        shapes.append(shape)
    return shapes


def _surfaces(
    session: Session, keys: Iterable[str]
) -> dict[str, tuple[list[str], list[UnlistedForm]]]:
    """Return the spellings of each key, the most frequent first, and their forms."""
    columns = (_KEY, col(UnlistedName.surface), col(UnlistedName.form))
    statement = select(*columns, func.count()).where(_KEY.in_(list(keys))).group_by(*columns)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    forms: defaultdict[str, set[str]] = defaultdict(set)
    for key, surface, form, count in session.execute(statement):
        counts[key][surface] += count
        forms[key].add(form)

    surfaces = {}
    for key, by_surface in counts.items():
        ordered = sorted(by_surface, key=lambda surface: (-by_surface[surface], surface))
        surfaces[key] = ordered, [form for form in _FORMS if form in forms[key]]
    return surfaces


def _sentences(session: Session, keys: Iterable[str]) -> defaultdict[str, list[UnlistedSentence]]:
    """Return the newest sentences of each key, each once."""
    text, day = col(UnlistedName.text), col(UnlistedName.date)
    last_pk = func.max(col(UnlistedName.pk)).label("pk")
    different = (
        select(_KEY, last_pk, func.max(day).label("day"))
        .where(_KEY.in_(list(keys)))
        .group_by(_KEY, text)
        .subquery()
    )
    rank = func.row_number().over(
        partition_by=different.c.key,
        order_by=(different.c.day.desc(), different.c.pk),
    )
    ranked = select(different.c.pk, rank.label("rank")).subquery()
    statement = (
        select(UnlistedName, Item, Briefing, col(Channel.id))
        .join(ranked, ranked.c.pk == col(UnlistedName.pk))
        .join(Briefing, col(Briefing.pk) == _BRIEFING)
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .outerjoin(Item, col(Item.pk) == col(UnlistedName.item_pk))
        .where(ranked.c.rank <= MAX_SENTENCES)
        .order_by(ranked.c.rank)
    )
    sentences: defaultdict[str, list[UnlistedSentence]] = defaultdict(list)
    for unlisted, item, briefing, channel in session.execute(statement):
        sentence = _sentence(unlisted, item, briefing, channel)
        sentences[unlisted.key].append(sentence)
    return sentences


def _sentence(
    unlisted: UnlistedName, item: Item | None, briefing: Briefing, channel: str
) -> UnlistedSentence:
    item_ref = ItemRef(id=item.id, title=item.title, date=item.date) if item else None
    return UnlistedSentence(
        text=unlisted.text,
        surface=unlisted.surface,
        field=unlisted.field,
        line=unlisted.line,
        start=unlisted.start_char,
        end=unlisted.end_char,
        item=item_ref,
        briefing=BriefingRef(
            id=briefing.id,
            channel=channel,
            date=briefing.date,
            title=briefing.title,
        ),
    )


def _entities(session: Session, keys: Iterable[str], lang: str | None) -> dict[str, EntityRef]:
    """Return the entity of each key that documents list."""
    survivor_pk = func.coalesce(col(Entity.merged_into_pk), col(Entity.pk))
    statement = (
        select(col(Alias.key), func.min(survivor_pk))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(col(Alias.key).in_(list(keys)))
        .group_by(col(Alias.key))
    )
    pks: dict[str, int] = {}
    for key, pk in session.execute(statement):
        pks[key] = pk
    refs = entity_refs(session, sorted(set(pks.values())), lang)
    return {key: refs[pk] for key, pk in pks.items()}
