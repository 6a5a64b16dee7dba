"""What can be found of each thing, kept in step with it: a `search_document` each, from which the engines' indexes follow."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from app.normalize.text.folding import fold
from app.normalize.text.tokens import PART, stream
from app.store.encoding.batches import batches
from app.store.encoding.search_rowids import UNDATED, spot
from app.store.tables import (
    Alias,
    BackgroundNote,
    Briefing,
    BriefingTag,
    Citation,
    Entity,
    Insight,
    Item,
    Mention,
    Publisher,
    Reading,
    SearchDocument,
    Section,
    Source,
    WatchlistEntry,
)

# A tsvector holds less than a megabyte, of all three columns together.
_MOST = 300_000
FORM = 2
"""Which texts are held; another number has bases filled with others written anew."""
# Labels that say of a link that it is one: `來源 1`, `Source`, `[3]`.
_LINK = re.compile(
    r"(?:(?:资料|新闻|参考|消息)?来源|出处|原文|参考(?:资料)?|(?:原文|参考|来源|相关)?(?:链接|连结)|网址|sources?|links?|urls?|references?|refs?)?[\W\d_]*"
)
_TABLE: Any = SearchDocument.__table__  # type: ignore[attr-defined]


@dataclass
class _SearchRow:
    """The texts of one thing, each with the field it stands in where the thing is shown."""

    id: str
    date: date
    title: list[tuple[str, str | None]] = field(default_factory=list)
    summary: list[tuple[str, str | None]] = field(default_factory=list)
    body: list[tuple[str, str | None]] = field(default_factory=list)

    def fields(self) -> list[list[str]]:
        return [
            [name, text]
            for part in (self.title, self.summary, self.body)
            for name, text in part
            if text
        ]

    def columns(self) -> dict[str, Any]:
        streams = {
            name: stream([text for _, text in getattr(self, name) if text], _MOST)
            for name in ("title", "summary", "body")
        }
        return streams | {
            "length": sum(len(text.split()) - text.split().count(PART) for text in streams.values())
        }


def refresh(
    session: Session,
    briefings: Iterable[int],
    items: Iterable[int],
    entities: Iterable[int],
    sources: Iterable[int],
) -> None:
    """Bring what can be found in step with what is there of the things of these numbers, and of all items of the briefings."""
    session.flush()
    within = [
        pk
        for part in batches(sorted(set(briefings)))
        for pk in session.scalars(select(col(Item.pk)).where(col(Item.briefing_pk).in_(part)))
    ]
    touched = {
        "briefing": briefings,
        "item": [*items, *filter(None, within)],
        "entity": entities,
        "source": sources,
    }
    for kind, pks in touched.items():
        for part in batches(sorted(set(pks))):
            _follow(session, kind, part)


def rebuild(session: Session) -> int:
    """Write all of it anew; how many things can be found."""
    session.execute(delete(SearchDocument))
    for kind, table in _TABLES.items():
        for part in batches(sorted(session.scalars(select(table.pk)))):
            _follow(session, kind, part)
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(
            "INSERT INTO search_index(search_index) VALUES ('rebuild')"
        )
    return session.scalar(select(func.count()).select_from(SearchDocument)) or 0


def is_missing(session: Session) -> bool:
    """Whether there are briefings that cannot be found: they came into the base before there was a search."""
    found = select(col(SearchDocument.pk)).where(
        col(SearchDocument.kind) == "briefing", col(SearchDocument.ref_pk) == col(Briefing.pk)
    )
    return (
        session.scalar(
            select(col(Briefing.pk)).where(col(Briefing.draft).is_(False), ~found.exists()).limit(1)
        )
        is not None
    )


def mismatches(session: Session) -> Iterator[str]:
    """The keys of all whose texts or tokens are not those that follow from the base as it is, of what is gone too."""
    for kind, table in _TABLES.items():
        held = set(
            session.scalars(select(col(SearchDocument.key)).where(col(SearchDocument.kind) == kind))
        )
        for part in batches(sorted(session.scalars(select(table.pk)))):
            stored = {row.ref_pk: row for row in session.execute(_stored(kind, part))}
            for pk, found in _READERS[kind](session, part).items():
                key, row = f"{kind}/{found.id}", stored.get(pk)
                held.discard(key)
                wanted = found.columns() | {
                    "key": key,
                    "date": found.date,
                    "fields": found.fields(),
                }
                lowest, highest = spot(kind, found.date)
                if (
                    row is None
                    or not lowest <= row.pk <= highest
                    or any(getattr(row, name) != value for name, value in wanted.items())
                ):
                    yield key
        yield from sorted(held)


def is_sound(session: Session) -> bool:
    """Whether SQLite's index is that of the tokens; asked in a writing session. PostgreSQL makes its own of them in every row."""
    if session.get_bind().dialect.name == "sqlite":
        try:
            session.connection().exec_driver_sql(
                "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"
            )
        except DatabaseError:
            return False
    return True


def _stored(kind: str, pks: Sequence[int]) -> Any:
    return select(_TABLE).where(
        col(SearchDocument.kind) == kind, col(SearchDocument.ref_pk).in_(pks)
    )


def _follow(session: Session, kind: str, pks: Sequence[int]) -> None:
    wanted = _READERS[kind](session, pks)
    columns = (
        col(SearchDocument.pk),
        col(SearchDocument.ref_pk),
        col(SearchDocument.key),
        col(SearchDocument.date),
        col(SearchDocument.fields),
    )
    here = select(*columns).where(
        col(SearchDocument.kind) == kind, col(SearchDocument.ref_pk).in_(pks)
    )
    gone, changed, fresh = [], [], dict(wanted)
    aged: dict[date, list[int]] = defaultdict(list)
    for row in session.execute(here).all():
        found = fresh.pop(row.ref_pk, None)
        moved = found is not None and row.date != found.date and kind != UNDATED
        if found is None or row.key != f"{kind}/{found.id}" or moved:
            # SQLite may give the number of what is gone to something new; what is of another day has another place in the index.
            gone.append(row.pk)
            fresh |= {row.ref_pk: found} if found else {}
        elif row.fields != found.fields():
            changed.append(
                {"held": row.pk, "date": found.date, "fields": found.fields()} | found.columns()
            )
        elif row.date != found.date:
            # The index is left alone where the tokens are.
            aged[found.date].append(row.pk)
    for day, rows in aged.items():
        session.execute(update(_TABLE).where(_TABLE.c.pk.in_(rows)).values(date=day))
    if gone:
        session.execute(delete(_TABLE).where(_TABLE.c.pk.in_(gone)))
    if changed:
        session.execute(update(_TABLE).where(_TABLE.c.pk == bindparam("held")), changed)
    if fresh:
        # What went without anybody saying so may have left its row.
        session.execute(
            delete(_TABLE).where(
                _TABLE.c.key.in_([f"{kind}/{found.id}" for found in fresh.values()])
            )
        )
        free = _places(session, kind, {found.date for found in fresh.values()})
        session.execute(
            insert(_TABLE),
            [
                {
                    "pk": next(free[found.date]),
                    "key": f"{kind}/{found.id}",
                    "kind": kind,
                    "ref_pk": pk,
                    "date": found.date,
                }
                | {"fields": found.fields()}
                | found.columns()
                # The index takes them best in the order of their places.
                for pk, found in sorted(fresh.items(), key=lambda pair: (pair[1].date, pair[0]))
            ],
        )


def _places(session: Session, kind: str, days: Iterable[date]) -> dict[date, Iterator[int]]:
    """The free numbers for things of a kind, by day."""
    free: dict[tuple[int, int], Iterator[int]] = {}
    found = {}
    for day in days:
        lowest, highest = spot(kind, day)
        if (lowest, highest) not in free:
            last = session.scalar(
                select(func.max(col(SearchDocument.pk))).where(
                    col(SearchDocument.pk).between(lowest, highest)
                )
            )
            free[lowest, highest] = count(lowest if last is None else last + 1)
        found[day] = free[lowest, highest]
    return found


def _items(session: Session, pks: Sequence[int]) -> dict[int, _SearchRow]:
    listed = _grouped(
        session,
        select(col(Mention.item_pk), col(Mention.surface))
        .where(
            col(Mention.item_pk).in_(pks),
            col(Mention.kind) == "listed",
            col(Mention.cell_pk).is_(None),
        )
        .order_by(col(Mention.position), col(Mention.pk)),
    )
    cited = _grouped(
        session,
        select(
            col(Citation.item_pk),
            col(Citation.label),
            col(Citation.target),
            col(Source.url),
            col(Source.arxiv_id),
        )
        .join(Source, col(Source.pk) == col(Citation.source_pk), isouter=True)
        .where(col(Citation.item_pk).in_(pks))
        .order_by(col(Citation.position)),
    )
    names = (
        "pk",
        "id",
        "date",
        "title",
        "summary",
        "details",
        "extra",
        "parent",
        "importance_reason",
    )
    found = {}
    for row in session.execute(
        select(*(getattr(Item, name) for name in names)).where(col(Item.pk).in_(pks))
    ):
        found[row.pk] = _SearchRow(
            row.id,
            row.date,
            [("title", row.title)],
            [("summary", row.summary)],
            [
                *(
                    place
                    for name, nodes in row.details.items()
                    for place in _nodes(f"details.{name}", nodes)
                ),
                *(
                    (f"extra[{at}].{part}", entry[part])
                    for at, entry in enumerate(row.extra)
                    for part in ("label", "text")
                ),
                ("importance.reason", row.importance_reason),
                ("parent", row.parent),
                *(
                    (f"entities[{at}].surface", surface)
                    for at, (surface,) in enumerate(listed[row.pk])
                ),
                *(
                    place
                    for at, held in enumerate(cited[row.pk])
                    for place in _cited(f"sources[{at}].", *held)
                ),
            ],
        )
    return found


def _cited(
    path: str, label: str | None, target: str | None, url: str | None, arxiv_id: str | None
) -> Iterator[tuple[str, str | None]]:
    yield f"{path}label", _telling(label)
    yield f"{path}url", url
    yield f"{path}arxiv_id", arxiv_id
    if not (url or arxiv_id):
        yield f"{path}target", target


def _telling(label: str | None) -> str | None:
    """A label that says what it leads to."""
    return None if label is None or _LINK.fullmatch(fold(label).strip(" [](（）【】")) else label


def _nodes(path: str, nodes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    # A stack of its own: bullets may be nested deeper than calls.
    waiting = [(f"{path}[{at}]", node) for at, node in reversed(list(enumerate(nodes)))]
    while waiting:
        place, node = waiting.pop()
        yield f"{place}.text", node["text"]
        waiting += [
            (f"{place}.children[{at}]", child)
            for at, child in reversed(list(enumerate(node["children"])))
        ]


def _entities(session: Session, pks: Sequence[int]) -> dict[int, _SearchRow]:
    """Those that are named and are nobody else; spellings of what was merged into them are theirs."""
    # For each by itself: the index knows the last of one at once, of a group it is gone through.
    newest = (
        select(func.max(col(Mention.date)))
        .where(col(Mention.entity_pk) == col(Entity.pk))
        .scalar_subquery()
    )
    seen = dict(
        session.execute(select(col(Entity.pk), newest).where(col(Entity.pk).in_(pks))).all()
    )
    leads_to = func.coalesce(col(Entity.merged_into_pk), col(Entity.pk))
    own = select(col(Entity.pk)).where(
        col(Entity.merged_into_pk).in_(pks) | col(Entity.pk).in_(pks)
    )
    spelled = _grouped(
        session,
        select(leads_to, col(Alias.name))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(col(Entity.pk).in_(own))
        .distinct(),
    )
    found = {}
    columns = (col(Entity.pk), col(Entity.id), col(Entity.name), col(Entity.names))
    for row in session.execute(
        select(*columns).where(col(Entity.pk).in_(pks), col(Entity.merged_into_pk).is_(None))
    ):
        if last := seen.get(row.pk):
            names = [
                ("name", row.name),
                *(
                    (f"names.{lang}", name)
                    for lang, name in sorted(row.names.items())
                    if name != row.name
                ),
            ]
            aliases = sorted(name for (name,) in spelled[row.pk])
            shown = {name for _, name in names}
            found[row.pk] = _SearchRow(
                row.id,
                last,
                [*names],
                [
                    (f"aliases[{at}].name", name)
                    for at, name in enumerate(aliases)
                    if name not in shown
                ],
            )
    return found


def _sources(session: Session, pks: Sequence[int]) -> dict[int, _SearchRow]:
    cited = _grouped(
        session,
        select(col(Citation.source_pk), col(Citation.label), col(Citation.date))
        .join(Briefing, col(Briefing.pk) == col(Citation.briefing_pk))
        .where(col(Citation.source_pk).in_(pks))
        # As they are shown.
        .order_by(
            col(Citation.date),
            col(Briefing.id),
            col(Citation.line),
            col(Citation.start_char),
            col(Citation.pk),
        ),
    )
    rows = session.execute(
        select(
            col(Source.pk),
            col(Source.id),
            col(Source.url),
            col(Source.arxiv_id),
            col(Publisher.name),
        )
        .join(Publisher, col(Publisher.pk) == col(Source.publisher_pk), isouter=True)
        .where(col(Source.pk).in_(pks))
    )
    return {
        row.pk: _SearchRow(
            row.id,
            max(day for _, day in cited[row.pk]),
            _labels([label for label, _ in cited[row.pk]]),
            [("url", row.url), ("arxiv_id", row.arxiv_id)],
            [("publisher.name", row.name)],
        )
        for row in rows
        if cited[row.pk]
    }


def _labels(labels: Sequence[str | None]) -> list[tuple[str, str | None]]:
    """Each telling label where it is shown first."""
    first = {label: at for at, label in reversed(list(enumerate(labels))) if _telling(label)}
    return [
        (f"cited_by[{at}].label" if at else "label", label)
        for label, at in sorted(first.items(), key=lambda pair: pair[1])
    ]


def _briefings(session: Session, pks: Sequence[int]) -> dict[int, _SearchRow]:
    """Those that are no drafts; their items are found by themselves."""
    below: dict[int, list[tuple[str, str | None]]] = defaultdict(list)

    def add(name: str, table: Any, parts: Mapping[str, str], *conditions: Any) -> None:
        rows = session.execute(
            select(table.briefing_pk, *(getattr(table, column) for column in parts.values()))
            .where(table.briefing_pk.in_(pks), *conditions)
            .order_by(table.briefing_pk, table.position)
        )
        for pk, held in _by_first(rows).items():
            for at, values in enumerate(held):
                for part, value in zip(parts, values, strict=True):
                    texts = enumerate(value) if isinstance(value, list) else [(None, value)]
                    below[pk] += [
                        (f"{name}[{at}]{part}{'' if n is None else f'[{n}]'}", text)
                        for n, text in texts
                    ]

    add("insight", Insight, {".title": "title", ".text": "text"})
    add("watchlist", WatchlistEntry, {".text": "text"})
    add("readings", Reading, {".title": "title", ".note": "note"})
    add("background", BackgroundNote, {".term": "term", ".text": "text"})
    add("sections", Section, {".blurb": "blurb", ".notes": "notes"})
    for kind in ("keyword", "tag"):
        add(f"{kind}s", BriefingTag, {"": "name"}, col(BriefingTag.kind) == kind)
    names = ("pk", "id", "date", "title", "description", "summary", "heading", "preamble")
    rows = session.execute(
        select(*(getattr(Briefing, name) for name in names)).where(
            col(Briefing.pk).in_(pks), col(Briefing.draft).is_(False)
        )
    )
    return {
        row.pk: _SearchRow(
            row.id,
            row.date,
            [("title", row.title)],
            [("description", row.description), ("summary", row.summary)],
            [
                ("id", row.id),
                ("heading", row.heading),
                *((f"preamble[{at}]", text) for at, text in enumerate(row.preamble)),
                *below[row.pk],
            ],
        )
        for row in rows
    }


def _grouped(session: Session, statement: Any) -> defaultdict[int, list[tuple[Any, ...]]]:
    return _by_first(session.execute(statement))


def _by_first(rows: Iterable[Any]) -> defaultdict[int, list[tuple[Any, ...]]]:
    """Rows less their first column, by it."""
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found


_READERS: dict[str, Callable[[Session, Sequence[int]], dict[int, _SearchRow]]] = {
    "item": _items,
    "entity": _entities,
    "source": _sources,
    "briefing": _briefings,
}
_TABLES: dict[str, Any] = {"item": Item, "entity": Entity, "source": Source, "briefing": Briefing}
