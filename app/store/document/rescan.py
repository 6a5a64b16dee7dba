"""Running text scanned again: only the mentions of a stored document that changed are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import Session, col

from app.normalize.scan import NamedMention
from app.store.dataset import Event
from app.store.document.contents import (
    MentionLinks,
    add_name,
    count_names,
    mention_row,
    place_of,
)
from app.store.encoding.batches import batches
from app.store.entities import spellings, sync
from app.store.entities.namings import Place
from app.store.rows import insert_rows
from app.store.tables import Briefing, Item, Mention, Naming
from app.store.touched import Touched

MentionKey = tuple[int | None, str, str, str, int, int, int, str | None, str | None]
"""The values of `_COLUMNS`, which tell the mentions of a document apart."""

_COLUMNS = (
    col(Item.ordinal),
    col(Mention.kind),
    col(Mention.field),
    col(Mention.surface),
    col(Mention.position),
    col(Mention.start_char),
    col(Mention.end_char),
    col(Naming.key),
    col(Naming.node),
)
_START_CHAR = 5
"""Index of the start in a `MentionKey`."""


@dataclass(frozen=True, slots=True)
class MentionChange:
    """Mentions in running text to remove, by their start, and to add, by their item's ordinal."""

    gone: tuple[int, ...]
    new: tuple[tuple[int | None, NamedMention], ...]


@dataclass
class Rewritten:
    """The effect of writing changes: events, items with other entities, touched rows."""

    events: list[Event] = field(default_factory=list)
    item_pks: set[int] = field(default_factory=set)
    touched: Touched = field(default_factory=Touched)


def compare(
    session: Session, briefing_pk: int, mentions: Iterable[tuple[int, NamedMention]]
) -> MentionChange | None:
    """Compare the stored mentions of running text with the ones found now; None if they agree.

    `mentions` have the ordinals of their items, 0 outside of items.
    """
    decided_mentions = _by_key(mentions)
    in_running_text = (
        col(Mention.briefing_pk) == briefing_pk,
        col(Mention.kind) != "listed",
    )
    statement = (
        select(*_COLUMNS)
        .outerjoin(Item, col(Item.pk) == col(Mention.item_pk))
        .outerjoin(Naming, col(Naming.pk) == col(Mention.naming_pk))
        .where(*in_running_text)
    )
    stored = {tuple(row) for row in session.execute(statement)}
    if stored == decided_mentions.keys():
        return None
    gone = sorted(key[_START_CHAR] for key in stored - decided_mentions.keys())
    new = sorted(decided_mentions.keys() - stored, key=itemgetter(_START_CHAR))
    return MentionChange(
        tuple(gone),
        tuple(decided_mentions[key] for key in new),
    )


def _by_key(
    mentions: Iterable[tuple[int, NamedMention]],
) -> dict[MentionKey, tuple[int | None, NamedMention]]:
    """Return mentions with the ordinal of their item, None outside of items."""
    by_key: dict[MentionKey, tuple[int | None, NamedMention]] = {}
    for number, mention in mentions:
        ordinal = number or None
        by_key[_mention_key(ordinal, mention)] = (ordinal, mention)

    return by_key


def _mention_key(ordinal: int | None, mention: NamedMention) -> MentionKey:
    key, node = place_of(mention) or (None, None)
    return (
        ordinal,
        mention.kind,
        mention.field,
        mention.surface,
        mention.position,
        mention.span.start,
        mention.span.end,
        key,
        node,
    )


def write(session: Session, changes: Mapping[int, MentionChange], now: datetime) -> Rewritten:
    """Write the changes of documents (by `pk`); derived data is left to the caller to refresh."""
    new_mentions = [mention for change in changes.values() for _, mention in change.new]
    names: dict[Place, str] = {}
    for mention in new_mentions:
        add_name(names, mention)

    relinked = sync.relink_mentions(session, (), names)
    links = MentionLinks.of(session, relinked.entities, new_mentions)
    rewritten = Rewritten(
        item_pks=set(relinked.touched.items),
        touched=relinked.touched,
    )
    rewritten.touched.briefings |= changes.keys()
    for briefing_pk, change in changes.items():
        briefing = session.get_one(Briefing, briefing_pk)
        _write_change(session, briefing, change, links, rewritten)
        briefing.updated_at = now
        payload = {"title": briefing.title}
        rewritten.events.append(Event("updated", "briefing", briefing.id, payload))

    session.flush()
    return rewritten


def _write_change(
    session: Session,
    briefing: Briefing,
    change: MentionChange,
    links: MentionLinks,
    rewritten: Rewritten,
) -> None:
    """Write the change of one document; `links` has those of each new place."""
    ordinals = select(
        col(Item.ordinal),
        col(Item.pk),
    ).where(
        col(Item.briefing_pk) == briefing.pk,
    )
    item_pks: dict[int | None, int | None] = {None: None}
    for ordinal, pk in session.execute(ordinals):
        item_pks[ordinal] = pk
    before = _remove(session, briefing, change.gone, rewritten.touched)
    rows = []
    after = set()
    for ordinal, mention in change.new:
        row = mention_row(briefing, item_pks[ordinal], mention, links)
        after.add((row["item_pk"], row["start_char"], row["entity_pk"]))
        rows.append(row)

    insert_rows(session, Mention, rows)
    rewritten.touched.spellings.update(count_names(rows))
    for _, _, entity_pk in before | after:
        if entity_pk:
            rewritten.touched.entities.add(entity_pk)

    for item_pk, _, _ in before ^ after:
        if item_pk:
            rewritten.item_pks.add(item_pk)


def _remove(
    session: Session, briefing: Briefing, starts: Iterable[int], touched: Touched
) -> set[tuple[int | None, int, int | None]]:
    """Remove mentions of running text by their starts; return item, start and entity of each."""
    columns = select(
        col(Mention.item_pk),
        col(Mention.start_char),
        col(Mention.entity_pk),
        col(Mention.naming_pk),
    )
    removed: set[tuple[int | None, int, int | None]] = set()
    for batch in batches(sorted(set(starts))):
        conditions: tuple[ColumnElement[bool], ...] = (
            col(Mention.briefing_pk) == briefing.pk,
            col(Mention.kind) != "listed",
            col(Mention.start_char).in_(batch),
        )
        rows = session.execute(columns.where(*conditions))
        for item_pk, start_char, entity_pk, naming_pk in rows:
            removed.add((item_pk, start_char, entity_pk))
            if naming_pk:
                touched.namings.add(naming_pk)
        touched.spellings.subtract(spellings.count_mentions(session, *conditions))
        session.execute(delete(Mention).where(*conditions))

    return removed
