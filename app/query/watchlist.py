"""Watch lists, and what came of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session, col

from app.normalize.stories.watchlist import ANSWER_WINDOW_DAYS, LOOKBACK_DAYS, THRESHOLD
from app.query.filters import conditions as filters
from app.query.filters.conditions import Built, by_values
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
    formula="score = 1 - (1 - words) Π (1 - weight) over what entry and item both name; weight: model, product, dataset, chip, event, named method 0.6, "
    "org, person 0.35, term, place 0.2, anything in the news anyway (more than 3 and 5 % of the items of the lookback) 0.1; half of it in passing (neither in "
    "title nor entity line); words: the share of the entry's other words in title and summary",
    threshold=THRESHOLD,
    window_days=ANSWER_WINDOW_DAYS,
    lookback_days=LOOKBACK_DAYS,
    source="noisy-or; Pearl 1988, Probabilistic Reasoning in Intelligent Systems, 4.3.2",
)


def find(session: Session, query: WatchlistQuery, lang: str | None) -> Listing[WatchedOut]:
    """A page of the entries `query` asks for, newest first, in the order of their lists."""
    built = Built()
    filters.days(session, query, col(WatchlistEntry.date), col(Briefing.channel_pk), built)
    hit = exists().where(col(WatchAnswer.entry_pk) == col(WatchlistEntry.pk))
    built.conditions += by_values(
        query.status, lambda v: or_(*(hit if status == "hit" else ~hit for status in v))
    )
    named = exists().where(col(WatchTerm.entry_pk) == col(WatchlistEntry.pk))
    filters.entities(
        session, query, lambda pks: named.where(col(WatchTerm.entity_pk).in_(pks)), built
    )
    keys = (
        select(
            col(WatchlistEntry.pk),
            col(WatchlistEntry.date),
            col(Briefing.channel_pk),
            col(WatchlistEntry.position),
        )
        .join(Briefing, col(Briefing.pk) == col(WatchlistEntry.briefing_pk))
        .where(*built.conditions)
    )
    order = [
        col(WatchlistEntry.date).desc(),
        col(Briefing.channel_pk).asc(),
        col(WatchlistEntry.position).asc(),
        col(WatchlistEntry.pk).asc(),
    ]
    rows = paging.page(session, keys, order, query.limit, query.cursor, query.scope())
    said = description.describe(session, "watchlist", query, built.found, "-date", lang)
    return Listing(
        _outs(session, [row.pk for row in rows.rows], query.top, lang),
        rows,
        built.warnings,
        ListMeta(said),
        {"rule": RULE.model_dump()},
    )


def _outs(session: Session, pks: Sequence[int], top: int, lang: str | None) -> list[WatchedOut]:
    statement: Any = (
        select(
            WatchlistEntry,
            col(Briefing.id).label("briefing"),
            col(Briefing.title).label("title"),
            col(Channel.id).label("channel"),
        )
        .join(Briefing, col(Briefing.pk) == col(WatchlistEntry.briefing_pk))
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(col(WatchlistEntry.pk).in_(pks))
    )
    entries = {row[0].pk: row for row in session.execute(statement)}
    counted = select(
        col(WatchAnswer.entry_pk), func.count(), func.min(col(WatchAnswer.after_days))
    ).group_by(col(WatchAnswer.entry_pk))
    answered = {
        pk: (count, after)
        for pk, count, after in session.execute(counted.where(col(WatchAnswer.entry_pk).in_(pks)))
    }
    terms = _terms(session, pks, lang)
    answers = _answers(session, pks, top, lang)
    published = _published(session, {row[0].date for row in entries.values()})
    shown = []
    for pk in pks:
        entry, briefing, title, channel = entries[pk]
        count, after = answered.get(pk, (0, None))
        shown.append(
            WatchedOut(
                id=entry.id,
                briefing=BriefingRef(id=briefing, channel=channel, date=entry.date, title=title),
                position=entry.position,
                line=entry.line,
                text=entry.text,
                entities=terms[pk],
                status="hit" if count else "silent",
                window=published[entry.date],
                after_days=after,
                answered=count,
                answers=answers[pk],
            )
        )
    return shown


def _terms(
    session: Session, pks: Sequence[int], lang: str | None
) -> defaultdict[int, list[EntityRef]]:
    """What entries name, each once, in the order they do."""
    rows = session.execute(
        select(col(WatchTerm.entry_pk), col(WatchTerm.entity_pk))
        .join(Mention, col(Mention.pk) == col(WatchTerm.mention_pk))
        .where(col(WatchTerm.entry_pk).in_(pks))
        .order_by(col(Mention.start_char), col(Mention.pk))
    ).all()
    refs = entity_refs(session, (row.entity_pk for row in rows), lang)
    found: defaultdict[int, list[EntityRef]] = defaultdict(list)
    for entry, entity in dict.fromkeys((row.entry_pk, row.entity_pk) for row in rows):
        found[entry].append(refs[entity])
    return found


def _answers(
    session: Session, pks: Sequence[int], top: int, lang: str | None
) -> defaultdict[int, list[AnswerOut]]:
    """The earliest answers of entries, the surest of a day first."""
    place = func.row_number().over(
        partition_by=col(WatchAnswer.entry_pk),
        order_by=[col(WatchAnswer.after_days), col(WatchAnswer.score).desc(), col(Item.id)],
    )
    ranked = (
        select(
            col(WatchAnswer.entry_pk), col(WatchAnswer.after_days), col(WatchAnswer.score), col(WatchAnswer.evidence),
            col(Item.id), col(Item.title), col(Item.date), col(Briefing.id).label("briefing"), place.label("place"),
        )
        .join(Item, col(Item.pk) == col(WatchAnswer.item_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .where(col(WatchAnswer.entry_pk).in_(pks))
    ).subquery()  # fmt: skip
    rows = session.execute(
        select(ranked).where(ranked.c.place <= top).order_by(ranked.c.entry_pk, ranked.c.place)
    ).all()
    ids = sorted({entity for row in rows for entity in row.evidence["weights"]})
    known: dict[str, int] = {}
    for start in range(0, len(ids), 900):
        held = session.execute(
            select(col(Entity.id), col(Entity.pk)).where(
                col(Entity.id).in_(ids[start : start + 900])
            )
        )
        known |= {entity_id: pk for entity_id, pk in held if pk}
    refs = entity_refs(session, known.values(), lang)
    named = {entity: refs[pk] for entity, pk in known.items()}
    found: defaultdict[int, list[AnswerOut]] = defaultdict(list)
    for row in rows:
        found[row.entry_pk].append(_answer(row, named))
    return found


def _answer(row: Any, refs: dict[str, EntityRef]) -> AnswerOut:
    weights = sorted(row.evidence["weights"].items(), key=lambda pair: (-pair[1], pair[0]))
    evidence = EvidenceOut(
        entities=[SharedEntity(entity=refs[entity], weight=weight) for entity, weight in weights],
        words=row.evidence["words"],
        shared=row.evidence["shared"],
    )
    item = ItemRef(id=row.id, title=row.title, date=row.date)
    return AnswerOut(
        item=item,
        briefing=row.briefing,
        after_days=row.after_days,
        score=row.score,
        evidence=evidence,
    )


def _published(session: Session, days: set[date]) -> dict[date, WatchWindow]:
    """The windows of entries of some days, with how many briefings there are in each."""
    found = {}
    for day in days:
        window = WatchWindow(
            from_=day + timedelta(1), to=day + timedelta(ANSWER_WINDOW_DAYS), briefings=0
        )
        within = (
            col(Briefing.date) > day,
            col(Briefing.date) <= window.to,
            col(Briefing.draft).is_(False),
        )
        window.briefings = session.execute(
            select(func.count()).select_from(Briefing).where(*within)
        ).scalar_one()
        found[day] = window
    return found
