"""Entries of watch lists and the later items that answer them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session, col

from app.normalize.stories.watchlist import ANSWER_WINDOW_DAYS, LOOKBACK_DAYS, THRESHOLD
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition, by_ids, by_values
from app.query.filters.lookups import Resolved
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.briefing_params import WatchlistQuery
from app.query.schemas.shared import BriefingRef, EntityRef, ItemRef
from app.query.schemas.watchlist import (
    AnswerOut,
    EvidenceOut,
    RuleOut,
    SharedEntity,
    WatchedOut,
    WatchWindow,
)
from app.query.snapshot.refs import entity_refs
from app.store.encoding.batches import batches
from app.store.tables import (
    Briefing,
    Channel,
    Entity,
    Item,
    Mention,
    WatchAnswer,
    WatchlistEntry,
    WatchTerm,
)

RULE = RuleOut(
    formula=(
        "score = 1 - (1 - words) Π (1 - weight) over what entry and item both name; weight: "
        "model, product, dataset, chip, event, named method 0.6, org, person 0.35, term, place "
        "0.2, anything in the news anyway (more than 3 and 5 % of the items of the lookback) 0.1; "
        "half of it in passing (neither in title nor entity line); words: the share of the "
        "entry's other words in title and summary"
    ),
    threshold=THRESHOLD,
    window_days=ANSWER_WINDOW_DAYS,
    lookback_days=LOOKBACK_DAYS,
    source="noisy-or; Pearl 1988, Probabilistic Reasoning in Intelligent Systems, 4.3.2",
)


def find(session: Session, query: WatchlistQuery, lang: str | None) -> Listing[WatchedOut]:
    """Return a page of the entries that `query` asks for, newest first, in their lists' order."""
    resolved = lookups.resolve(session, query)
    keys = (
        select(
            col(WatchlistEntry.pk),
            col(WatchlistEntry.date),
            col(Briefing.channel_pk),
            col(WatchlistEntry.position),
        )
        .join(Briefing, col(Briefing.pk) == col(WatchlistEntry.briefing_pk))
        .where(*_conditions(query, resolved))
    )
    order = [
        col(WatchlistEntry.date).desc(),
        col(Briefing.channel_pk).asc(),
        col(WatchlistEntry.position).asc(),
        col(WatchlistEntry.pk).asc(),
    ]
    page = paging.page(session, keys, order, query)
    text = description.describe(session, "watchlist", query, resolved.pks, "-date", lang)
    return Listing(
        _entry_outs(
            session,
            [row.pk for row in page.rows],
            query.top,
            lang,
        ),
        page,
        resolved.warnings,
        ListMeta(text, members=lookups.counted_members(session, resolved, lang)),
        {"rule": RULE.model_dump()},
    )


def _conditions(query: WatchlistQuery, resolved: Resolved) -> list[Condition]:
    entry_pk = col(WatchlistEntry.pk)
    is_hit = exists().where(col(WatchAnswer.entry_pk) == entry_pk)
    has_term = exists().where(col(WatchTerm.entry_pk) == entry_pk)

    def has_status(statuses: Sequence[str]) -> Condition:
        alternatives = [is_hit if status == "hit" else ~is_hit for status in statuses]
        return or_(*alternatives)

    def names_entity(entity_pks: set[int]) -> Condition:
        return has_term.where(col(WatchTerm.entity_pk).in_(entity_pks))

    return [
        *conditions.days(
            query,
            resolved,
            col(WatchlistEntry.date),
            col(Briefing.channel_pk),
        ),
        *by_values(query.status, has_status),
        *by_values(query.updated_since, conditions.changed_watch_entry),
        *by_ids("entity", query.entity, resolved, names_entity),
    ]


def _entry_outs(
    session: Session, pks: Sequence[int], top: int, lang: str | None
) -> list[WatchedOut]:
    """Return the entries in the order of `pks`, each with at most `top` answers."""
    rows = _entry_rows(session, pks)
    counts = _answer_counts(session, pks)
    entities = _entities(session, pks, lang)
    answers = _answers(session, pks, top, lang)
    windows = _windows(
        session,
        {row[0].date for row in rows.values()},
    )
    outs = []
    for pk in pks:
        entry, briefing_id, title, channel = rows[pk]
        count, after_days = counts.get(pk, (0, None))
        briefing = BriefingRef(id=briefing_id, channel=channel, date=entry.date, title=title)
        out = WatchedOut(
            id=entry.id,
            briefing=briefing,
            position=entry.position,
            line=entry.line,
            text=entry.text,
            entities=entities[pk],
            status="hit" if count else "silent",
            window=windows[entry.date],
            after_days=after_days,
            answered=count,
            answers=answers[pk],
        )
        outs.append(out)
    return outs


def _entry_rows(session: Session, pks: Sequence[int]) -> dict[int, Any]:
    """Return (entry, briefing id, briefing title, channel id) by `watchlist_entry.pk`."""
    columns: tuple[Any, ...] = (
        WatchlistEntry,
        col(Briefing.id),
        col(Briefing.title),
        col(Channel.id),
    )
    statement = (
        select(*columns)
        .join(Briefing, col(Briefing.pk) == col(WatchlistEntry.briefing_pk))
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(col(WatchlistEntry.pk).in_(pks))
    )
    return {row[0].pk: row for row in session.execute(statement)}


def _answer_counts(session: Session, pks: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return the number of answers and the days to the first, by `watchlist_entry.pk`."""
    entry_pk = col(WatchAnswer.entry_pk)
    statement = (
        select(
            entry_pk,
            func.count(),
            func.min(col(WatchAnswer.after_days)),
        )
        .where(entry_pk.in_(pks))
        .group_by(entry_pk)
    )
    return {
        pk: (
            count,
            days,
        )
        for pk, count, days in session.execute(statement)
    }


def _entities(
    session: Session, pks: Sequence[int], lang: str | None
) -> defaultdict[int, list[EntityRef]]:
    """Return the entities that entries name, each once, in the order of the text."""
    statement = (
        select(
            col(WatchTerm.entry_pk),
            col(WatchTerm.entity_pk),
        )
        .join(Mention, col(Mention.pk) == col(WatchTerm.mention_pk))
        .where(col(WatchTerm.entry_pk).in_(pks))
        .order_by(col(Mention.start_char), col(Mention.pk))
    )
    pairs = dict.fromkeys(
        (
            row[0],
            row[1],
        )
        for row in session.execute(statement)
    )
    refs = entity_refs(
        session,
        (entity_pk for _, entity_pk in pairs),
        lang,
    )
    entities: defaultdict[int, list[EntityRef]] = defaultdict(list)
    for entry_pk, entity_pk in pairs:
        entities[entry_pk].append(refs[entity_pk])
    return entities


def _answers(
    session: Session, pks: Sequence[int], top: int, lang: str | None
) -> defaultdict[int, list[AnswerOut]]:
    """Return the `top` earliest answers of each entry, the best score of a day first."""
    place = func.row_number().over(
        partition_by=col(WatchAnswer.entry_pk),
        order_by=[
            col(WatchAnswer.after_days),
            col(WatchAnswer.score).desc(),
            col(Item.id),
        ],
    )
    columns: tuple[Any, ...] = (
        col(WatchAnswer.entry_pk),
        col(WatchAnswer.after_days),
        col(WatchAnswer.score),
        col(WatchAnswer.evidence),
        col(Item.id),
        col(Item.title),
        col(Item.date),
        col(Briefing.id).label("briefing"),
        place.label("place"),
    )
    ranked = (
        select(*columns)
        .join(Item, col(Item.pk) == col(WatchAnswer.item_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .where(col(WatchAnswer.entry_pk).in_(pks))
        .subquery()
    )
    earliest = select(ranked).where(ranked.c.place <= top)
    rows = session.execute(
        earliest.order_by(ranked.c.entry_pk, ranked.c.place),
    ).all()
    entity_ids: set[str] = set()
    for row in rows:
        entity_ids.update(row.evidence["weights"])
    refs = _refs_by_id(session, entity_ids, lang)
    answers: defaultdict[int, list[AnswerOut]] = defaultdict(list)
    for row in rows:
        answers[row.entry_pk].append(_answer(row, refs))
    return answers


def _refs_by_id(
    session: Session, entity_ids: Iterable[str], lang: str | None
) -> dict[str, EntityRef]:
    entity_pks: list[int] = []
    for batch in batches(sorted(entity_ids)):
        rows = session.execute(
            select(col(Entity.pk)).where(
                col(Entity.id).in_(batch),
            ),
        )
        entity_pks.extend(pk for pk in rows.scalars() if pk)
    refs = entity_refs(session, entity_pks, lang)
    return {ref.id: ref for ref in refs.values()}


def _answer(row: Any, refs: Mapping[str, EntityRef]) -> AnswerOut:
    weights = sorted(
        row.evidence["weights"].items(),
        key=lambda pair: (-pair[1], pair[0]),
    )
    entities = []
    for entity_id, weight in weights:
        entities.append(SharedEntity(entity=refs[entity_id], weight=weight))
    evidence = EvidenceOut(
        entities=entities, words=row.evidence["words"], shared=row.evidence["shared"]
    )
    return AnswerOut(
        item=ItemRef(id=row.id, title=row.title, date=row.date),
        briefing=row.briefing,
        after_days=row.after_days,
        score=row.score,
        evidence=evidence,
    )


def _windows(session: Session, days: set[date]) -> dict[date, WatchWindow]:
    """Return the window after each day and the number of briefings published in it."""
    windows = {}
    for day in days:
        last = day + timedelta(ANSWER_WINDOW_DAYS)
        published = (
            col(Briefing.date) > day,
            col(Briefing.date) <= last,
            col(Briefing.draft).is_(False),
        )
        statement = select(func.count()).select_from(Briefing).where(*published)
        windows[day] = WatchWindow(
            from_=day + timedelta(1), to=last, briefings=session.execute(statement).scalar_one()
        )
    return windows
