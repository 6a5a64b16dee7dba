"""Checks of an installation and a base, each with what it found."""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.errors import AppError
from app.parse.briefing import parse_briefing
from app.settings import Settings
from app.store import migrations
from app.store.db import Database, sqlite
from app.store.derived import columns, search, stored_json, threads, watchlist
from app.store.entities import judgements, spellings, sync
from app.store.tables import Briefing, Citation, Document, Entity, Item, Mention, Source

_FIXED_SQLITE = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing examined."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> Iterator[Check]:
    """All checks in order; those of the content only where the base can be read."""
    yield Check("python", sys.version_info >= (3, 11), sys.version.split()[0])
    try:
        database = Database(settings.database_url)
    except ValueError as error:
        yield Check("database", False, str(error))
        return
    if database.is_sqlite:
        fixed = sqlite.sqlite_version_info >= _FIXED_SQLITE
        yield Check(
            "sqlite",
            fixed,
            f"{sqlite.sqlite_version}{'' if fixed else ' can corrupt a write-ahead log; install the pysqlite3 wheel'}",
        )
        file = Path(database.url.database or "")
        if not database.in_memory and not file.exists():
            yield Check("database", False, f"there is no {file} yet: briefbase migrate makes it")
            return
    try:
        revision, head = migrations.current(database), migrations.head()
        yield Check(
            "schema",
            revision == head,
            f"at {revision or 'none'}"
            + ("" if revision == head else f", {head} is needed: briefbase migrate"),
        )
        if revision == head:
            with database.read() as session:
                yield from _content(session, sqlite_file=database.is_sqlite)
            with database.write() as session:
                sound = search.is_sound(session)
            yield Check(
                "index", sound, "" if sound else "is not of what is stored; briefbase reindex"
            )
    except SQLAlchemyError as error:
        yield Check("database", False, str(getattr(error, "orig", error)))
    finally:
        database.close()


def _content(session: Session, *, sqlite_file: bool) -> Iterator[Check]:
    if sqlite_file:
        found = session.execute(text("PRAGMA integrity_check")).scalars().all()
        yield Check("integrity", found == ["ok"], "; ".join(map(str, found[:3])))
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        yield Check("references", not broken, f"{len(broken)} rows refer to nothing")
    yield _documents(session)
    below = aliased(Entity)
    unnamed = session.exec(
        select(col(Entity.node)).where(
            ~select(col(Mention.pk)).where(col(Mention.entity_pk) == col(Entity.pk)).exists(),
            ~select(below.pk)
            .where(col(Entity.pk).in_([below.family_pk, below.maker_pk, below.merged_into_pk]))
            .exists(),
        )
    ).all()
    idle = len(set(unnamed) - judgements.pinned(session, unnamed))
    yield Check("entities", idle == 0, f"{idle} are named nowhere, and nothing else needs them")
    miscounted = spellings.mismatches(session)
    yield Check("spellings", miscounted == 0, f"{miscounted} counts are not those of the mentions")
    misspelled = sync.mismatches(session)
    yield Check("names", misspelled == 0, f"{misspelled} are not as mentions spell them")
    astray = watchlist.mismatches(session)
    yield Check(
        "watch list",
        astray == 0,
        f"{astray} entries name something else than their answers were looked for by",
    )
    uncited = session.exec(
        select(func.count())
        .select_from(Source)
        .where(~select(col(Citation.pk)).where(col(Citation.source_pk) == col(Source.pk)).exists())
    ).one()
    yield Check("sources", uncited == 0, f"{uncited} are cited nowhere")
    for name, wrong, said in (
        ("search", list(search.mismatches(session)), "not found by what they hold"),
        ("answers", list(stored_json.mismatches(session)), "not shown as they are"),
    ):
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        yield Check(
            name,
            not wrong,
            f"{', '.join(wrong[:5])}{more}: {said}; briefbase reindex" if wrong else "",
        )
    yield _threads(session)
    astray = columns.mismatches(session)
    yield Check(
        "facts",
        astray == 0,
        f"{astray} briefings are counted as they no longer are; briefbase reindex"
        if astray
        else "",
    )


def _threads(session: Session) -> Check:
    """Links and threads against those that are decided from the documents now."""
    links, members = threads.stored(session)
    count, faults = 0, set[str]()
    alone: dict[str, str] = {}
    for telling, found, member in threads.decided(session):
        count += 1
        if sorted(found, key=lambda link: link.earlier) != sorted(
            links.get(telling.id, []), key=lambda link: link.earlier
        ):
            faults.add(telling.id)
        # Whether a thread's first item is alone in it shows with its second.
        if member.joined is None:
            alone[member.thread] = telling.id
        elif first := alone.pop(member.thread, None):
            faults |= (
                {first}
                if (held := members.get(first)) is None
                or held.thread != member.thread
                or held.joined
                else set()
            )
        if member.joined and members.get(telling.id) != member:
            faults.add(telling.id)
    faults |= alone.values() & members.keys()
    return Check(
        "threads", not faults, f"{len(faults)} of {count} items are not linked as they would be now"
    )


def _documents(session: Session) -> Check:
    """Each document's bytes against their hash, and what is stored of it against what parsing finds now."""
    faults, count = [], 0
    for pk, briefing_id, draft in session.exec(
        select(col(Briefing.pk), col(Briefing.id), col(Briefing.draft)).order_by(col(Briefing.date))
    ).all():
        count += 1
        document = session.get(Document, pk)
        if document is None or hashlib.sha256(document.body).hexdigest() != document.sha256:
            faults.append(f"{briefing_id}: the bytes are not those that were taken in")
            continue
        held = session.exec(
            select(func.count()).select_from(Item).where(col(Item.briefing_pk) == pk)
        ).one()
        try:
            found = sum(
                len(section.items)
                for section in parse_briefing(document.body, document.name).body.sections
            )
        except AppError as error:
            faults.append(f"{briefing_id}: {error}")
            continue
        wanted = 0 if draft else found
        if held != wanted:
            faults.append(f"{briefing_id}: {held} items are stored, {wanted} are found now")
        session.expunge(document)
    return Check("documents", not faults, "; ".join(faults[:5]) or f"{count} as they were taken in")
