"""Digests: the stories of some days by salience, one item a thread, diverse over sections."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from app.query.columns import salience
from app.query.columns.mentions import mention_columns
from app.query.filters import conditions, lookups
from app.query.filters.lookups import Resolved
from app.query.request.digest_params import DigestQuery
from app.query.schemas.digest import DigestSource, StoryOut
from app.query.snapshot import dataset, stored_json
from app.query.snapshot.refs import path
from app.store.tables import Item, ThreadMember

MAX_STORIES = 60
"""Stories that a digest may choose from."""
SECTION_PENALTY = 0.7
"""Factor of a story for each better one of its section."""
_DIGITS = 4


@dataclass(frozen=True)
class Stories:
    """The stories of a period in the order of a digest, and the number of all stories in it."""

    first: date | None
    last: date | None
    stories: list[StoryOut]
    total: int
    version: str
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class _StoryItem:
    pk: int
    id: str
    section: str
    day: date
    thread: int | None
    salience: float
    reports: int = 1


def find(session: Session, query: DigestQuery, lang: str | None) -> Stories:
    """Return the stories of the period that `query` asks for."""
    resolved = lookups.resolve(session, query)
    version = dataset.version(session).text
    _, newest = dataset.coverage(session)
    last = query.to or newest
    if last is None:
        return Stories(None, None, [], 0, version, resolved.warnings)
    first = query.from_ or last - timedelta(days=query.days - 1)
    period = query.model_copy(update={"from_": first, "to": last})
    reported = _one_a_thread(_candidates(session, period, resolved))
    chosen = _diverse(reported)[:MAX_STORIES]
    stories = _stories(session, chosen, lang)
    return Stories(
        first,
        last,
        stories,
        len(reported),
        version,
        resolved.warnings,
    )


def _candidates(session: Session, query: DigestQuery, resolved: Resolved) -> list[_StoryItem]:
    """Return the items of the period with their salience; references to other items are none."""
    columns: tuple[Any, ...] = (
        col(Item.pk),
        col(Item.id),
        col(Item.section_kind),
        col(Item.date),
        col(ThreadMember.thread_pk),
    )
    statement = (
        select(*columns)
        .outerjoin(ThreadMember, col(ThreadMember.item_pk) == col(Item.pk))
        .where(*conditions.items(query, resolved), col(Item.kind) != "stub")
    )
    rows = session.connection().execute(statement).all()
    weights = salience.of_items(mention_columns(session), [row[0] for row in rows])
    candidates = []
    for row, weight in zip(rows, weights, strict=True):
        pk, item_id, section, day, thread = row
        candidates.append(_StoryItem(pk, item_id, section, day, thread, weight))
    return candidates


def _best_first(candidate: _StoryItem) -> tuple[float, int, str]:
    return -candidate.salience, -candidate.day.toordinal(), candidate.id


def _one_a_thread(candidates: Iterable[_StoryItem]) -> list[_StoryItem]:
    """Return the most salient item of each thread; more reports make it more salient."""
    by_thread: dict[int, list[_StoryItem]] = {}
    for candidate in candidates:
        by_thread.setdefault(candidate.thread or -candidate.pk, []).append(candidate)
    reported = []
    for members in by_thread.values():
        best = min(members, key=_best_first)
        weight = best.salience * (1 + math.log2(len(members)) / 4)
        reported.append(
            _StoryItem(
                best.pk,
                best.id,
                best.section,
                best.day,
                best.thread,
                weight,
                len(members),
            )
        )
    return sorted(reported, key=_best_first)


def _diverse(candidates: Sequence[_StoryItem]) -> list[_StoryItem]:
    """Return stories in an order in which each further one of a section counts less."""
    seen: dict[str, int] = {}
    ranked = []
    for candidate in candidates:
        before = seen.get(candidate.section, 0)
        seen[candidate.section] = before + 1
        ranked.append((candidate.salience * SECTION_PENALTY**before, candidate))
    ranked.sort(key=lambda pair: (-pair[0], *_best_first(pair[1])))
    return [candidate for _, candidate in ranked]


def _stories(
    session: Session, candidates: Sequence[_StoryItem], lang: str | None
) -> list[StoryOut]:
    pks = [candidate.pk for candidate in candidates]
    bodies = stored_json.items(session, pks, lang, ("sources",))
    stories = []
    for candidate, body in zip(candidates, bodies, strict=True):
        stories.append(_story(candidate, orjson.loads(body)))
    return stories


def _story(candidate: _StoryItem, item: dict[str, Any]) -> StoryOut:
    sources = []
    for source in item["sources"]:
        if source["url"]:
            label = source["label"] or source["url"]
            sources.append(DigestSource(label=label, url=source["url"]))
    importance, thread = item["importance"], item["thread"]
    return StoryOut(
        id=item["id"],
        title=item["title"],
        summary=item["summary"],
        date=candidate.day,
        briefing=item["briefing"]["id"],
        section=item["section"]["kind"],
        importance=importance and importance["label"],
        thread=thread and thread["id"],
        reports=candidate.reports,
        salience=round(candidate.salience, _DIGITS),
        sources=sources,
        lines=item["lines"],
        link=path("items", item["id"]),
    )
