"""Sources, publishers and tags: one row each, however many briefings refer to it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel, col

from app.normalize.decide import MAX_NAME_CHARS, DecidedSource
from app.normalize.entities.names import name_key
from app.normalize.identity import slugs, stable_id
from app.normalize.sources.publishers import publisher_name
from app.parse.draft import Passage
from app.store.dataset import Event
from app.store.encoding.batches import batches
from app.store.entities import spellings
from app.store.rows import (
    delete_where_in,
    insert_returning_pks,
    insert_rows,
    pks_of,
    rows_where_in,
)
from app.store.tables import Briefing, BriefingTag, Citation, Publisher, Source, Tag

# The clearest citation of a source decides its status, in any order of ingestion.
_CLEAREST_FIRST = ("arxiv", "ok", "inferred", "opaque", "suspicious", "placeholder")


@dataclass(frozen=True, slots=True)
class _TagEntry:
    """A tag or keyword as a briefing writes it; a keyword has its passage."""

    kind: str
    name: str
    key: str
    position: int
    passage: Passage | None = None


def link_sources(session: Session, cited: Sequence[DecidedSource]) -> dict[str, int]:
    """Return the row of each source by source id, added where it is missing."""
    by_id = {source.id: source for source in cited}
    pks = _stored_pks(session, Source, col(Source.id), by_id)
    new_ids = sorted(by_id.keys() - pks.keys())
    publisher_pks = _link_publishers(session, [by_id[source_id] for source_id in new_ids])
    rows = []
    for source_id in new_ids:
        identity = by_id[source_id].identity
        rows.append(
            {
                "id": source_id,
                "url": identity.url,
                "arxiv_id": identity.arxiv_id,
                "status": identity.status,
                "publisher_pk": publisher_pks.get(identity.publisher or ""),
            }
        )

    pks.update(zip(new_ids, insert_returning_pks(session, Source, rows), strict=True))
    return pks


def _stored_pks(
    session: Session, model: Any, column: Mapped[str], values: Collection[str]
) -> dict[str, int]:
    """Return the `pk` of each row whose `column` is one of `values`."""
    statement = select(column, col(model.pk))
    pks = {}
    for value, pk in rows_where_in(session, statement, column, values):
        pks[value] = pk
    return pks


def _link_publishers(session: Session, sources: Iterable[DecidedSource]) -> dict[str, int]:
    """Return the row of each publisher by domain, added where it is missing."""
    domains = set()
    for source in sources:
        if source.identity.publisher:
            domains.add(source.identity.publisher)

    pks = _stored_pks(session, Publisher, col(Publisher.id), domains)
    new_domains = sorted(domains - pks.keys())
    rows = [{"id": domain, "name": publisher_name(domain)} for domain in new_domains]
    pks.update(zip(new_domains, insert_returning_pks(session, Publisher, rows), strict=True))
    return pks


def tag(
    session: Session, briefing: Briefing, tags: Sequence[str], keywords: Sequence[Passage]
) -> set[int]:
    """File `briefing` under its tags and keywords; return their `pk`s."""
    named_tags = list(_named_tags(tags, keywords))
    # Of two names with one key, the last one names a new tag until `refresh` counts them.
    names = {named.key: named.name for named in named_tags}
    pks = _link_tags(session, names)
    rows = []
    for named in named_tags:
        row = {
            "briefing_pk": briefing.pk,
            "tag_pk": pks[named.key],
            "kind": named.kind,
            "date": briefing.date,
            "position": named.position,
            "name": named.name,
        }
        rows.append(row | _span_columns(named.passage))

    insert_rows(session, BriefingTag, rows)
    return set(pks.values())


def _span_columns(passage: Passage | None) -> dict[str, int | None]:
    if passage is None:
        return dict.fromkeys(("line", "start_char", "end_char"))
    span = passage.span
    return {
        "line": span.first_line,
        "start_char": span.start,
        "end_char": span.end,
    }


def _named_tags(tags: Sequence[str], keywords: Sequence[Passage]) -> Iterator[_TagEntry]:
    for position, name in enumerate(tags, 1):
        if len(name) <= MAX_NAME_CHARS:
            yield _TagEntry("tag", name, name_key(name), position)
    for position, keyword in enumerate(keywords, 1):
        if len(keyword.text) <= MAX_NAME_CHARS:
            yield _TagEntry("keyword", keyword.text, name_key(keyword.text), position, keyword)


def _link_tags(session: Session, names: dict[str, str]) -> dict[str, int]:
    """Return the row of each tag by key, added where it is missing; `names` has a name by key."""
    pks = _stored_pks(session, Tag, col(Tag.key), names)
    new_keys = sorted(names.keys() - pks.keys())
    choices = {key: slugs(names[key], stable_id("t", key)) for key in new_keys}
    candidates: set[str] = set()
    candidates.update(*choices.values())
    slug_column = col(Tag.slug)
    taken = {
        slug for (slug,) in rows_where_in(session, select(slug_column), slug_column, candidates)
    }
    rows = []
    for key in new_keys:
        slug = next(slug for slug in choices[key] if slug not in taken)
        taken.add(slug)
        rows.append(
            {
                "slug": slug,
                "key": key,
                "name": names[key],
            }
        )

    pks.update(zip(new_keys, insert_returning_pks(session, Tag, rows), strict=True))
    return pks


def refresh(session: Session, source_pks: Iterable[int], tag_pks: Iterable[int]) -> list[Event]:
    """Bring statuses and names in line with citations and briefings; unused rows are removed.

    Return the events of the removed sources.
    """
    events = _refresh_sources(session, sorted(set(source_pks)))
    _refresh_tags(session, sorted(set(tag_pks)))
    return events


def uncited_sources(session: Session) -> list[int]:
    """Return the sources (`pk`) that nothing cites."""
    citation = select(col(Citation.pk)).where(
        col(Citation.source_pk) == col(Source.pk),
    )
    return pks_of(session, Source, ~citation.exists())


def _refresh_sources(session: Session, source_pks: Sequence[int]) -> list[Event]:
    events = []
    cited = select(
        col(Citation.source_pk),
        col(Citation.status),
    ).distinct()
    columns = select(
        col(Source.pk),
        col(Source.id),
        col(Source.url),
        col(Source.status),
    )
    for pks in batches(source_pks):
        statuses: dict[int, set[str]] = defaultdict(set)
        for pk, status in session.execute(
            cited.where(
                col(Citation.source_pk).in_(pks),
            )
        ):
            statuses[pk].add(status)
        uncited = []
        for row in session.execute(
            columns.where(
                col(Source.pk).in_(pks),
            )
        ).all():
            assert row.pk
            if not statuses[row.pk]:
                uncited.append(row.pk)
                events.append(Event("removed", "source", row.id, {"url": row.url}))
                continue
            clearest = min(statuses[row.pk], key=_CLEAREST_FIRST.index)
            if clearest != row.status:
                _set(session, Source, row.pk, status=clearest)
        delete_where_in(session, col(Source.pk), uncited)

    if events:
        _remove_unused_publishers(session)
    return events


def _set(session: Session, model: type[SQLModel], pk: int, **values: str) -> None:
    # Every table here has `pk`.
    by_pk = update(model).where(model.pk == pk)  # type: ignore[attr-defined]
    session.execute(by_pk.values(**values))


def _remove_unused_publishers(session: Session) -> None:
    source = select(col(Source.pk)).where(
        col(Source.publisher_pk) == col(Publisher.pk),
    )
    unused = pks_of(session, Publisher, ~source.exists())
    delete_where_in(session, col(Publisher.pk), unused)


def _refresh_tags(session: Session, tag_pks: Sequence[int]) -> None:
    """Name each tag by its most frequent spelling, the first in order among equals."""
    columns = (col(BriefingTag.tag_pk), col(BriefingTag.name))
    counted = select(*columns, func.count()).group_by(*columns)
    for pks in batches(tag_pks):
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        for pk, name, count in session.execute(
            counted.where(
                col(BriefingTag.tag_pk).in_(pks),
            )
        ):
            counts[pk][name] += count
        current = select(
            col(Tag.pk),
            col(Tag.name),
        ).where(
            col(Tag.pk).in_(pks),
        )
        unused = []
        for pk, current_name in session.execute(current).all():
            assert pk
            if not counts[pk]:
                unused.append(pk)
                continue
            name = spellings.most_frequent(counts[pk])
            if name != current_name:
                _set(session, Tag, pk, name=name)
        delete_where_in(session, col(Tag.pk), unused)
