"""Sources, publishers and tags: one row each, however many briefings refer to it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from app.normalize.decide import MAX_NAME_CHARS, DecidedSource
from app.normalize.entities.names import name_key
from app.normalize.identity import slugs, stable_id
from app.normalize.sources.publishers import publisher_name
from app.parse.draft import Passage
from app.store.dataset import Event
from app.store.encoding.batches import batches
from app.store.rows import insert_returning_pks, insert_rows, strip_unstorable
from app.store.tables import Briefing, BriefingTag, Citation, Publisher, Source, Tag

# Of several citations of one source, the clearest says what it is: the order of ingestion does not.
_CLEAREST = ("arxiv", "ok", "inferred", "opaque", "suspicious", "placeholder")


def link_sources(session: Session, cited: Sequence[DecidedSource]) -> dict[str, int]:
    """The row of each source, made where there is none: source id → `source.pk`."""
    by_id = {source.id: source for source in cited}
    found: dict[str, int] = {}
    for ids in batches(sorted(by_id)):
        found |= {
            source_id: pk
            for source_id, pk in session.exec(
                select(col(Source.id), col(Source.pk)).where(col(Source.id).in_(ids))
            )
            if pk
        }
    fresh = [source for source_id, source in sorted(by_id.items()) if source_id not in found]
    publishers = _link_publishers(
        session, {s.identity.publisher for s in fresh if s.identity.publisher}
    )
    rows = [
        {
            "id": source.id,
            "url": strip_unstorable(source.identity.url),
            "arxiv_id": source.identity.arxiv_id,
            "status": source.identity.status,
            "publisher_pk": publishers.get(source.identity.publisher or ""),
        }
        for source in fresh
    ]
    return found | dict(
        zip(
            (source.id for source in fresh),
            insert_returning_pks(session, Source, rows),
            strict=True,
        )
    )


def _link_publishers(session: Session, domains: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for ids in batches(sorted(domains)):
        found |= {
            domain: pk
            for domain, pk in session.exec(
                select(col(Publisher.id), col(Publisher.pk)).where(col(Publisher.id).in_(ids))
            )
            if pk
        }
    fresh = sorted(domains - found.keys())
    rows = [{"id": domain, "name": publisher_name(domain)} for domain in fresh]
    return found | dict(zip(fresh, insert_returning_pks(session, Publisher, rows), strict=True))


def tag(
    session: Session, briefing: Briefing, tags: Sequence[str], keywords: Sequence[Passage]
) -> set[int]:
    """File `briefing` under its tags and keywords; the `tag.pk` of all of them."""
    named: list[tuple[str, str, int, Passage | None]] = [
        ("tag", name, at, None) for at, name in enumerate(tags, 1)
    ]
    named += [("keyword", keyword.text, at, keyword) for at, keyword in enumerate(keywords, 1)]
    named = [entry for entry in named if len(entry[1]) <= MAX_NAME_CHARS]
    names: dict[str, str] = {}
    for _, name, _, _ in named:
        names[strip_unstorable(name_key(name))] = strip_unstorable(name)
    pks = _link_tags(session, names)
    rows = [
        {
            "briefing_pk": briefing.pk,
            "tag_pk": pks[strip_unstorable(name_key(name))],
            "kind": kind,
            "date": briefing.date,
            "position": position,
            "name": strip_unstorable(name),
            "line": passage.span.first_line if passage else None,
            "start_char": passage.span.start if passage else None,
            "end_char": passage.span.end if passage else None,
        }
        for kind, name, position, passage in named
    ]
    insert_rows(session, BriefingTag, rows)
    return set(pks.values())


def _link_tags(session: Session, names: dict[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for keys in batches(sorted(names)):
        found |= {
            key: pk
            for key, pk in session.exec(
                select(col(Tag.key), col(Tag.pk)).where(col(Tag.key).in_(keys))
            )
            if pk
        }
    fresh = sorted(names.keys() - found.keys())
    wanted = {key: slugs(names[key], stable_id("t", key)) for key in fresh}
    taken: set[str] = set()
    for part in batches(sorted({slug for choice in wanted.values() for slug in choice})):
        taken.update(session.exec(select(col(Tag.slug)).where(col(Tag.slug).in_(part))))
    made = []
    for key in fresh:
        slug = next(slug for slug in wanted[key] if slug not in taken)
        taken.add(slug)
        made.append({"slug": slug, "key": key, "name": names[key]})
    return found | dict(zip(fresh, insert_returning_pks(session, Tag, made), strict=True))


def refresh(session: Session, sources: Iterable[int], tags: Iterable[int]) -> list[Event]:
    """Bring statuses and names in line with what refers to them; what nothing refers to any more goes."""
    return [
        *_refresh_sources(session, sorted(set(sources))),
        *_refresh_tags(session, sorted(set(tags))),
    ]


def _refresh_sources(session: Session, touched: Sequence[int]) -> list[Event]:
    events = []
    for pks in batches(touched):
        statuses: dict[int, set[str]] = defaultdict(set)
        for pk, status in session.exec(
            select(col(Citation.source_pk), col(Citation.status))
            .where(col(Citation.source_pk).in_(pks))
            .distinct()
        ):
            statuses[pk].add(status)
        rows = session.exec(select(Source).where(col(Source.pk).in_(pks))).all()
        for row in rows:
            assert row.pk
            if not statuses[row.pk]:
                events.append(Event("removed", "source", row.id, {"url": row.url}))
                session.execute(delete(Source).where(col(Source.pk) == row.pk))
            elif (clearest := min(statuses[row.pk], key=_CLEAREST.index)) != row.status:
                session.execute(
                    update(Source).where(col(Source.pk) == row.pk).values(status=clearest)
                )
    orphans = select(col(Publisher.pk)).where(
        ~select(col(Source.pk)).where(col(Source.publisher_pk) == col(Publisher.pk)).exists()
    )
    if events:
        session.execute(
            delete(Publisher)
            .where(col(Publisher.pk).in_(orphans))
            .execution_options(synchronize_session=False)
        )
    return events


def _refresh_tags(session: Session, touched: Sequence[int]) -> list[Event]:
    for pks in batches(touched):
        spelled: dict[int, Counter[str]] = defaultdict(Counter)
        rows = session.exec(
            select(col(BriefingTag.tag_pk), col(BriefingTag.name), func.count())
            .where(col(BriefingTag.tag_pk).in_(pks))
            .group_by(col(BriefingTag.tag_pk), col(BriefingTag.name))
        )
        for pk, name, count in rows:
            spelled[pk][name] += count
        for pk in pks:
            if not spelled[pk]:
                session.execute(delete(Tag).where(col(Tag.pk) == pk))
            else:
                name = min(spelled[pk], key=lambda spelling: (-spelled[pk][spelling], spelling))
                session.execute(
                    update(Tag).where(col(Tag.pk) == pk, col(Tag.name) != name).values(name=name)
                )
    return []
