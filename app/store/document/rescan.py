"""Running text read again: of a document that is there already, only the mentions that changed are written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from app.normalize.decide import DecidedBriefing, NamedMention
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import read_cell
from app.store.dataset import Event
from app.store.derived.refresh import Touched
from app.store.document.contents import mention_row, place_of
from app.store.encoding.batches import batches
from app.store.entities import spellings, sync
from app.store.entities.sync import Place
from app.store.rows import strip_unstorable
from app.store.tables import Briefing, Item, Mention


@dataclass(frozen=True, slots=True)
class MentionChange:
    """The mentions in the running text of a document that go, by where they start, and that come, each with the ordinal of its item."""

    gone: tuple[int, ...]
    new: tuple[tuple[int | None, NamedMention], ...]


def compare(session: Session, briefing_pk: int, decided: DecidedBriefing) -> MentionChange | None:
    """What is stored of a document's running text against what is decided now; None where they agree."""
    named = [
        (item.ordinal, mention)
        for _, section in decided.sections
        for item in section
        for mention in item.mentions
    ]
    wanted = {
        _facts(ordinal, m): (ordinal, m)
        for ordinal, m in [*named, *((None, m) for m in decided.mentions)]
        if m.kind != "listed"
    }
    columns = (
        col(Item.ordinal), col(Mention.kind), col(Mention.field), col(Mention.surface), col(Mention.position),
        col(Mention.start_char), col(Mention.end_char), col(Mention.key), col(Mention.node),
    )  # fmt: skip
    rows = select(*columns).outerjoin(Item, col(Item.pk) == col(Mention.item_pk))  # type: ignore[call-overload]
    stored = {
        tuple(row)
        for row in session.exec(
            rows.where(col(Mention.briefing_pk) == briefing_pk, col(Mention.kind) != "listed")
        )
    }
    if stored == wanted.keys():
        return None
    new = sorted(wanted.keys() - stored, key=lambda facts: facts[5])
    return MentionChange(
        tuple(sorted(facts[5] for facts in stored - wanted.keys())),
        tuple(wanted[facts] for facts in new),
    )


def _facts(ordinal: int | None, mention: NamedMention) -> tuple[Any, ...]:
    place = place_of(mention) or (None, None)
    span = mention.span
    return (
        ordinal,
        mention.kind,
        mention.field,
        strip_unstorable(mention.surface),
        mention.position,
        span.start,
        span.end,
        *place,
    )


def write(
    session: Session, changes: Mapping[int, MentionChange], now: datetime, catalogue: Catalogue
) -> tuple[list[Event], set[int], Touched]:
    """Write the changes of documents (by `pk`): what to log, the items whose names lead elsewhere, and all that was touched."""
    names: dict[Place, str] = {}
    for change in changes.values():
        for _, mention in change.new:
            if place := place_of(mention):
                name = strip_unstorable(read_cell(mention.surface).name)
                names[place] = min(names.get(place, name), name)
    followed = sync.follow(session, (), catalogue, names)
    touched = Touched(
        briefings=set(changes),
        items=set(followed.items),
        entities=set(followed.touched),
        named=set(followed.briefings),
    )
    events, items = [], set(followed.items)
    for pk, change in changes.items():
        briefing = session.get_one(Briefing, pk)
        before: set[tuple[int | None, int, int | None]] = set()
        for starts in batches(change.gone):
            here = (
                col(Mention.briefing_pk) == pk,
                col(Mention.kind) != "listed",
                col(Mention.start_char).in_(starts),
            )
            before.update(
                session.exec(
                    select(
                        col(Mention.item_pk), col(Mention.start_char), col(Mention.entity_pk)
                    ).where(*here)
                )
            )
            spellings.refresh(session, Counter(), spellings.counted(session, *here))
            session.execute(delete(Mention).where(*here))
        pks = dict(
            session.execute(
                select(col(Item.ordinal), col(Item.pk)).where(col(Item.briefing_pk) == pk)
            ).all()
        )
        rows = [
            mention_row(
                briefing,
                pks[o] if o else None,
                m,
                followed.entities[p] if (p := place_of(m)) else None,
            )
            for o, m in change.new
        ]
        if rows:
            session.execute(insert(Mention), rows)
        called = Counter(
            (row["entity_pk"], read_cell(row["surface"]).name) for row in rows if row["entity_pk"]
        )
        spellings.refresh(session, called, Counter())
        after = {(row["item_pk"], row["start_char"], row["entity_pk"]) for row in rows}
        touched.entities |= {entity for _, _, entity in before | after if entity}
        items |= {item for item, _, _ in before ^ after if item}
        briefing.updated_at = now
        events.append(Event("updated", "briefing", briefing.id, {"title": briefing.title}))
    session.flush()
    return [*events, *sync.refresh(session, touched.entities, catalogue)], items, touched
