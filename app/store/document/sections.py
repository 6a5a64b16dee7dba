"""Sections and items of a briefing; an item that lives on in a new version keeps its id."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.normalize.decide import DecidedBriefing, DecidedItem
from app.normalize.identity import ItemTrait, match_items, stable_id, title_key
from app.parse import draft
from app.store.document.changes import ContentHashes
from app.store.encoding.columns import IMPORTANCE
from app.store.rows import insert_returning_pks, rows_where_in, values_of
from app.store.tables import Briefing, Change, Item, Section

IMPORTANCE_RANKS = {level: IMPORTANCE.index(level) for level in IMPORTANCE[1:-1]}
"""Levels of importance: 1 low … 5 high."""

_SEARCHED_SERIALS = 4
"""Number of items of one title that may have been removed besides those put back."""


@dataclass(frozen=True, slots=True)
class FormerItem:
    """An item of the former version, and the trait it is recognised by."""

    row: Item
    trait: ItemTrait


@dataclass
class WrittenItems:
    """The items that were written, each with its `pk`, and the ids of the items by change."""

    rows: list[tuple[DecidedItem, int]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    hashes: dict[str, ContentHashes] = field(default_factory=dict)
    """The content hashes of added and updated items, by item id."""


RememberedItem = tuple[str, ItemTrait]
"""The id that an item of a deleted briefing had, and the trait it is recognised by."""


def write(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    former_items: Sequence[FormerItem],
    now: datetime,
    remembered: Sequence[RememberedItem] = (),
    removed: Mapping[str, Sequence[str]] | None = None,
) -> WrittenItems:
    """Write the sections and items of a document; rows of former items are reused.

    Items of a restored briefing get the ids they had, as far as they are `remembered` and free.
    Items that were removed and are put back get theirs: `removed` has them by content hash.
    """
    removed = removed or {}
    items = [item for _, section_items in decided.sections for item in section_items]
    matched = _match(former_items, items)
    if former_items:
        # Their ordinals make room until every item has its new one.
        own_items = update(Item).where(
            col(Item.briefing_pk) == briefing.pk,
        )
        session.execute(own_items.values(ordinal=-1, date=briefing.date))
    section_rows = [_section_columns(briefing, section) for section, _ in decided.sections]
    section_pks = insert_returning_pks(session, Section, section_rows)
    taken_ids = {former.row.id for former in former_items}
    removed_ids = [item_id for of_content in removed.values() for item_id in of_content]
    taken_ids |= _ids_elsewhere(
        session,
        briefing,
        decided.basis,
        items,
        removed_ids,
    )
    ids = _remembered_ids(remembered, items, taken_ids)
    taken_ids.update(ids.values())
    for number, item in enumerate(items):
        former_ids = removed.get(item.content_hash, ())
        former_id = next((item_id for item_id in former_ids if item_id not in taken_ids), None)
        if former_id and number not in matched and number not in ids:
            ids[number] = former_id
            taken_ids.add(former_id)
    written = WrittenItems()
    new_rows: dict[int, dict[str, Any]] = {}
    pks: dict[int, int] = {}
    index = 0
    for (section, section_items), section_pk in zip(decided.sections, section_pks, strict=True):
        for item in section_items:
            columns = _item_columns(item)
            columns |= {"section_pk": section_pk, "section_kind": section.kind}
            row = matched.get(index)
            if row is None:
                item_id = ids.get(index) or _free_id(item, decided.basis, taken_ids)
                taken_ids.add(item_id)
                written.added.append(item_id)
                written.hashes[item_id] = None, item.content_hash
                new_rows[index] = _new_row(item_id, briefing, columns, now)
            else:
                _update(session, row, columns, now, written)
                assert row.pk
                pks[index] = row.pk
            index += 1

    session.flush()
    new_pks = insert_returning_pks(session, Item, list(new_rows.values()))
    pks.update(zip(new_rows, new_pks, strict=True))
    written.rows = [(item, pks[number]) for number, item in enumerate(items)]
    return written


def _match(former_items: Sequence[FormerItem], items: Sequence[DecidedItem]) -> dict[int, Item]:
    """Return the former items that live on, by their index among the new ones."""
    former_traits = [former.trait for former in former_items]
    pairs = match_items(former_traits, [item.trait for item in items])
    return {new: former_items[former].row for new, former in pairs.items()}


def _remembered_ids(
    remembered: Sequence[RememberedItem], items: Sequence[DecidedItem], taken_ids: set[str]
) -> dict[int, str]:
    """Return the ids that items had before the deletion, by their index, unless taken since."""
    former_traits = [trait for _, trait in remembered]
    pairs = match_items(former_traits, [item.trait for item in items])
    ids = {}
    for new, former in pairs.items():
        item_id = remembered[former][0]
        if item_id not in taken_ids:
            ids[new] = item_id
    return ids


def logged_removals(
    session: Session, items: Sequence[DecidedItem], basis: str
) -> Iterator[tuple[str, str]]:
    """Yield content hash and id of removed items with the titles of `items`, the last first."""
    title_counts = Counter(title_key(item.item.title.text) for item in items)
    candidates: list[str] = []
    for key, count in title_counts.items():
        serials = range(1, count + _SEARCHED_SERIALS)
        candidates.extend(
            stable_id(
                "i",
                basis,
                key,
                str(serial),
            )
            for serial in serials
        )
    statement = select(col(Change.pk), col(Change.old), col(Change.object_id)).where(
        col(Change.object) == "item", col(Change.action) == "removed"
    )
    rows = list(
        rows_where_in(
            session,
            statement,
            col(Change.object_id),
            candidates,
        )
    )
    for _, content, item_id in sorted(rows, key=itemgetter(0), reverse=True):
        if content:
            yield content, item_id


def _new_row(
    item_id: str, briefing: Briefing, columns: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    return {
        "id": item_id,
        "briefing_pk": briefing.pk,
        "channel_pk": briefing.channel_pk,
        "date": briefing.date,
        "updated_at": now,
        **columns,
    }


def _update(
    session: Session, row: Item, columns: dict[str, Any], now: datetime, written: WrittenItems
) -> None:
    """Write the columns of an item that lives on; its time changes if its content does."""
    is_same = (
        row.content_hash == columns["content_hash"] and row.section_kind == columns["section_kind"]
    )
    former_hash = row.content_hash
    row.sqlmodel_update(columns)
    if is_same:
        written.unchanged.append(row.id)
    else:
        row.updated_at = now
        written.updated.append(row.id)
        written.hashes[row.id] = former_hash, row.content_hash

    session.add(row)


def _free_id(item: DecidedItem, basis: str, taken_ids: set[str]) -> str:
    """Return the item's own id, or the first that no item of its title has.

    A retitled item may still have its own; an item that is put back gets the id it had.
    """
    key = title_key(item.item.title.text)
    item_id, serial = item.id, 0
    while item_id in taken_ids:
        serial += 1
        item_id = stable_id("i", basis, key, str(serial))
    return item_id


def _ids_elsewhere(
    session: Session,
    briefing: Briefing,
    basis: str,
    items: Sequence[DecidedItem],
    removed_ids: Sequence[str],
) -> set[str]:
    """Return the ids of other briefings that the items must not get.

    Two editions may share the basis of their ids, and an item keeps its id when its day changes.
    """
    of_day = (
        col(Item.date) == briefing.date,
        col(Item.channel_pk) == briefing.channel_pk,
        col(Item.briefing_pk) != briefing.pk,
    )
    ids = set(values_of(session, col(Item.id), *of_day))
    candidates = {item.id for item in items}
    candidates.update(removed_ids)
    for item in items:
        key = title_key(item.item.title.text)
        candidates.add(stable_id("i", basis, key, "1"))
    statement = select(col(Item.id)).where(col(Item.briefing_pk) != briefing.pk)
    for (item_id,) in rows_where_in(
        session,
        statement,
        col(Item.id),
        candidates,
    ):
        ids.add(item_id)
    return ids


def _section_columns(briefing: Briefing, section: draft.SectionDraft) -> dict[str, Any]:
    containers = []
    for container in section.containers:
        containers.append({"title": container.title.text, "position": container.position})
    return {
        "briefing_pk": briefing.pk,
        "position": section.position,
        "kind": section.kind,
        "title": section.title.text,
        "blurb": section.blurb.text if section.blurb else None,
        "notes": [note.text for note in section.notes],
        "containers": containers,
        "first_line": section.span.first_line,
        "last_line": section.span.last_line,
    }


def _item_columns(decided: DecidedItem) -> dict[str, Any]:
    item = decided.item
    summary = "\n\n".join(passage.text for passage in item.summary)
    details = {}
    for name in ("technical", "applications", "takeaways"):
        details[name] = [_node(node) for node in getattr(item.details, name)]
    return {
        "ordinal": decided.ordinal,
        "position": item.position,
        "kind": item.kind,
        "parent": item.parent,
        "title": item.title.text,
        "summary": summary or None,
        "details": details,
        "extra": [{"label": entry.label, "text": entry.text} for entry in item.extra],
        **_importance_columns(item.importance),
        "first_line": item.span.first_line,
        "last_line": item.span.last_line,
        "start_char": item.span.start,
        "end_char": item.span.end,
        "content_hash": decided.content_hash,
    }


def _importance_columns(importance: draft.Importance | None) -> dict[str, Any]:
    if importance is None:
        importance_level, label, reason = None, None, None
    else:
        importance_level = importance.level
        label, reason = importance.label, importance.reason

    return {
        "importance_level": importance_level,
        "importance_rank": IMPORTANCE_RANKS.get(importance_level or "", 0),
        "importance_label": label,
        "importance_reason": reason,
    }


def _node(node: draft.Node) -> dict[str, Any]:
    return {
        "text": node.text,
        "children": [_node(child) for child in node.children],
    }
