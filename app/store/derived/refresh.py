"""Everything that is derived from documents and judgements, in one list.

The transaction that changes documents or judgements refreshes all of it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from app.store import dataset
from app.store.derived import columns, echoes, search, stored_json, threads, watchlist
from app.store.derived.features import FeatureWindow
from app.store.entities import aliases, namings, spellings
from app.store.touched import Touched
from app.telemetry import stage


class Derived(Protocol):
    """The functions of a module of derived data."""

    def refresh(self, session: Session, touched: Touched, /) -> None:
        """Update it for the rows that a transaction touched."""

    def mismatches(self, session: Session, /) -> Iterator[str]:
        """Yield a sentence for each fault: stored data that differs from what follows now."""

    def rebuild(self, session: Session, /) -> int:
        """Write all of it again; return its size."""


DERIVED: dict[str, Derived] = {
    "spellings": spellings,
    "aliases": aliases,
    "watchlist": watchlist,
    "search": search,
    "threads": threads,
    "echoes": echoes,
    "stored_json": stored_json,
    "columns": columns,
}
"""Modules by name, in the order they are refreshed: search texts contain aliases, for example."""


SHOWN = ("spellings", "aliases", "watchlist", "threads", "echoes", "stored_json")
"""Derived data in the JSON of a briefing; the rest finds and counts."""


def refresh_derived(
    session: Session,
    touched: Touched,
    window: FeatureWindow | None = None,
    names: Sequence[str] = tuple(DERIVED),
) -> None:
    """Bring all derived data, or those in `names`, in line with the `touched` rows.

    Call it once in a writing transaction, before `dataset.record`. `window` caches the features of
    items from one transaction to the next.
    """
    namings.remove_unused(session, touched.namings)
    for name in names:
        module = DERIVED[name]
        with stage(name):
            if name == "threads":
                threads.refresh(session, touched, window)
            else:
                module.refresh(session, touched)

    dataset.touch(session, touched.entities)


def refresh_names(session: Session, touched: Touched) -> None:
    """Update only spellings and aliases for the `touched` rows.

    For a transaction that is rolled back: its reader sees the names of entities, and nothing else.
    """
    spellings.refresh(session, touched)
    aliases.refresh(session, touched)


def rebuild_derived(session: Session, name: str, now: datetime) -> int:
    """Write some derived data again under a new version, so that no reader keeps former answers.

    Return its size.
    """
    size = DERIVED[name].rebuild(session)
    dataset.record(session, (), now)
    return size


def missing(session: Session) -> list[str]:
    """Return the names of derived data that some briefings have none of.

    Such briefings were stored by a version of Briefbase that did not have it.
    """
    modules = {"search": search, "stored_json": stored_json, "columns": columns}
    return [name for name, module in modules.items() if module.is_missing(session)]
