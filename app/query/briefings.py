"""Briefings: a list, one whole, its bytes, its headlines."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import NotFound
from app.query import dimensions, facets, filters, grouping, items, paging, search, wording
from app.query.params import BriefingList
from app.query.refs import path
from app.query.schemas.briefings import (
    BackgroundOut,
    BriefingCounts,
    BriefingLinks,
    BriefingOut,
    BriefingSummary,
    InsightOut,
    ReadingOut,
    SectionOut,
    StatsOut,
    WatchOut,
)
from app.query.schemas.items import ItemOut
from app.query.schemas.shared import BriefingRef
from app.store.tables import (
    BackgroundNote,
    Briefing,
    BriefingTag,
    Channel,
    Citation,
    Insight,
    Item,
    Mention,
    Reading,
    Section,
    Source,
    WatchlistEntry,
)
from app.store.tables import Document as StoredDocument

SORT_KEYS: dict[str, Any] = {"date": col(Briefing.date), "title": paging.bytewise(col(Briefing.title))}
_TIES = (col(Briefing.date).desc(), col(Briefing.channel_pk), col(Briefing.pk))


@dataclass
class Found:
    """A page of briefings."""

    briefings: list[BriefingSummary]
    rows: paging.Rows
    warnings: list[str]
    beside: facets.Beside


def find(session: Session, query: BriefingList, lang: str | None = None) -> Found:
    """A page of the briefings `query` asks for."""
    built = filters.briefings(session, query)
    statement = select(col(Briefing.pk), col(Briefing.date), col(Briefing.title), col(Briefing.channel_pk)).where(*built.conditions)
    rows, _ = search.listed(session, query, "briefing", statement, "-date", SORT_KEYS, _TIES, query.scope())
    pks = [row.pk for row in rows.rows]
    held = {b.pk: b for b in session.exec(select(Briefing).where(col(Briefing.pk).in_(pks)))}
    return Found(_summaries(session, [held[pk] for pk in pks]), rows, built.warnings, _beside(session, built, query, lang))


def buckets(session: Session, query: BriefingList, lang: str | None) -> facets.Buckets:
    """The same briefings as a page of buckets."""
    newest = paging.horizon(session, query.cursor, query.scope())
    built = filters.briefings(session, query)
    beside = _beside(session, built, query, lang)
    built.conditions += paging.up_to(session, newest, col(Briefing.pk))
    found, rows = grouping.buckets(session, _things(built), query, lang, query.scope(), newest)
    return facets.Buckets(found, rows, built.warnings, beside)


def _things(built: filters.Built) -> grouping.Things:
    statement = select_columns(col(Briefing.pk)).select_from(Briefing).where(*built.conditions)
    return grouping.Things(statement, col(Briefing.pk), dimensions.OF_BRIEFINGS, path("briefings"))


def _beside(session: Session, built: filters.Built, query: BriefingList, lang: str | None) -> facets.Beside:
    return facets.of(session, _things(built), query, lang, wording.describe(session, "briefings", query, built.found, "-date", lang))


def get(session: Session, briefing_id: str) -> Briefing:
    """The row of a briefing that may be shown."""
    row = session.exec(select(Briefing).where(col(Briefing.id) == briefing_id, col(Briefing.draft).is_(False))).first()
    if row is None:
        channel, _, day = briefing_id.rpartition(":")
        # An id without a channel is of the default one.
        among = _of_channel(channel) if channel else select(Briefing).where(~col(Briefing.id).contains(":"), col(Briefing.draft).is_(False))
        raise NotFound(f"There is no briefing {briefing_id!r}{_nearby(session, among, day)}.")
    return row


def latest(session: Session, channel: str) -> Briefing:
    """The newest briefing of a channel."""
    row = session.exec(_of_channel(channel).order_by(col(Briefing.date).desc()).limit(1)).first()
    if row is None:
        shown = select(col(Briefing.channel_pk)).where(col(Briefing.draft).is_(False))
        known = session.exec(select(col(Channel.id)).where(col(Channel.pk).in_(shown)).order_by(col(Channel.id))).all()
        raise NotFound(f"There is no briefing in channel {channel!r}{'; there are ' + ', '.join(known) if known else ' yet'}.")
    return row


def of_day(session: Session, channel: str, day: date) -> Briefing:
    """A channel's briefing of a day."""
    row = session.exec(_of_channel(channel).where(col(Briefing.date) == day)).first()
    if row is None:
        raise NotFound(f"Channel {channel!r} has no briefing of {day}{_nearby(session, _of_channel(channel), day.isoformat())}.")
    return row


def _of_channel(channel: str) -> SelectOfScalar[Briefing]:
    joined = select(Briefing).join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
    return joined.where(col(Channel.id) == channel, col(Briefing.draft).is_(False))


def _nearby(session: Session, among: SelectOfScalar[Briefing], wanted: str) -> str:
    """The briefings beside the day asked for, to name in the error."""
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return ""
    before = session.exec(among.where(col(Briefing.date) < day).order_by(col(Briefing.date).desc()).limit(1)).first()
    after = session.exec(among.where(col(Briefing.date) > day).order_by(col(Briefing.date)).limit(1)).first()
    beside = [near.id for near in (before, after) if near]
    return f"; the nearest {'are' if len(beside) > 1 else 'is'} {' and '.join(beside)}" if beside else ""


def source(session: Session, briefing: Briefing) -> StoredDocument:
    """The ingested file."""
    row = session.get(StoredDocument, briefing.pk)
    if row is None:
        raise NotFound(f"The document of briefing {briefing.id!r} is not here.")
    return row


def ref(session: Session, briefing: Briefing) -> BriefingRef:
    """The small form of a briefing."""
    channel = session.exec(select(col(Channel.id)).where(col(Channel.pk) == briefing.channel_pk)).one()
    return BriefingRef(id=briefing.id, channel=channel, date=briefing.date, title=briefing.title)


def headlines(session: Session, briefing: Briefing, lang: str | None) -> list[ItemOut]:
    """The items of the focus section, in the editor's order."""
    assert briefing.pk
    return items.of_section(session, briefing.pk, "headlines", lang)


def whole(session: Session, briefing: Briefing, lang: str | None) -> BriefingOut:
    """The document, structured."""
    pk = briefing.pk
    rows = session.exec(select(Item).where(col(Item.briefing_pk) == pk).order_by(col(Item.ordinal))).all()
    by_section = items.cores(session, rows, lang)
    sections = session.exec(select(Section).where(col(Section.briefing_pk) == pk).order_by(col(Section.position))).all()
    readings = session.exec(
        select(Reading, col(Source.id))
        .join(Citation, col(Citation.pk) == col(Reading.citation_pk), isouter=True)
        .join(Source, col(Source.pk) == col(Citation.source_pk), isouter=True)
        .where(col(Reading.briefing_pk) == pk)
        .order_by(col(Reading.position))
    )
    insight = session.exec(select(Insight).where(col(Insight.briefing_pk) == pk).order_by(col(Insight.position)))
    watch = session.exec(select(WatchlistEntry).where(col(WatchlistEntry.briefing_pk) == pk).order_by(col(WatchlistEntry.position)))
    notes = session.exec(select(BackgroundNote).where(col(BackgroundNote.briefing_pk) == pk).order_by(col(BackgroundNote.position)))
    summary = _summaries(session, [briefing])[0]
    return BriefingOut(
        **dict(summary),
        dialect=briefing.dialect,
        draft=briefing.draft,
        front_matter=briefing.front_matter,
        heading=briefing.heading,
        preamble=briefing.preamble,
        sections=[
            SectionOut(
                position=s.position, kind=s.kind, title=s.title, blurb=s.blurb, notes=s.notes, containers=s.containers, items=by_section[s.pk or 0]
            )
            for s in sections
        ],
        insight=[InsightOut(title=row.title, text=row.text) for row in insight],
        watchlist=[WatchOut(id=row.id, position=row.position, text=row.text) for row in watch],
        readings=[ReadingOut(title=r.title, target=r.target, source_id=source_id, note=r.note) for r, source_id in readings],
        background=[BackgroundOut(term=row.term, text=row.text) for row in notes],
        keywords=_tags(session, [pk or 0], "keyword")[pk or 0],
    )  # fmt: skip


def _summaries(session: Session, rows: Sequence[Briefing]) -> list[BriefingSummary]:
    pks = [row.pk or 0 for row in rows]
    tags = _tags(session, pks, "tag")
    counted = {
        "sections": _count(session, Section, pks),
        "entities": _count(session, Mention, pks, col(Mention.kind) == "listed", col(Mention.cell_pk).is_(None)),
        "sources": _count(session, Citation, pks, col(Citation.item_pk).is_not(None)),
        "watchlist": _count(session, WatchlistEntry, pks),
        "readings": _count(session, Reading, pks),
        "background": _count(session, BackgroundNote, pks),
        "keywords": _count(session, BriefingTag, pks, col(BriefingTag.kind) == "keyword"),
        **{kind: _count(session, Item, pks, col(Item.kind) == kind) for kind in ("full", "bullet", "stub")},
    }
    channels = dict(session.exec(select(col(Channel.pk), col(Channel.id))).all())
    shown = []
    for row, pk in zip(rows, pks, strict=True):
        counts = {name: by_pk[pk] for name, by_pk in counted.items()}
        own = path("briefings", row.id)
        shown.append(
            BriefingSummary(
                id=row.id,
                channel=channels[row.channel_pk],
                date=row.date,
                title=row.title,
                description=row.description,
                summary=row.summary,
                published_at=row.published_at,
                tags=tags[pk],
                counts=BriefingCounts(items=counts["full"] + counts["bullet"] + counts["stub"], **counts),
                stats=StatsOut.model_validate(row.stats),
                updated_at=row.updated_at,
                links=BriefingLinks(
                    self=own,
                    source=f"{own}/source",
                    quality=f"{own}/quality",
                    items=f"/v1/items?from={row.date}&to={row.date}&channel={channels[row.channel_pk]}",
                    html=f"{own}?format=html",
                    markdown=f"{own}?format=md",
                ),
            )
        )
    return shown


def _count(session: Session, table: Any, pks: Sequence[int], *conditions: ColumnElement[bool]) -> Counter[int]:
    rows = session.execute(
        select(table.briefing_pk, func.count()).where(col(table.briefing_pk).in_(pks), *conditions).group_by(table.briefing_pk)
    )
    return Counter({row[0]: row[1] for row in rows})


def _tags(session: Session, pks: Sequence[int], kind: str) -> dict[int, list[str]]:
    rows = session.exec(
        select(col(BriefingTag.briefing_pk), col(BriefingTag.name))
        .where(col(BriefingTag.briefing_pk).in_(pks), col(BriefingTag.kind) == kind)
        .order_by(col(BriefingTag.position))
    )
    names: dict[int, list[str]] = defaultdict(list)
    for pk, name in rows:
        names[pk].append(name)
    return names
