"""Estimates of what a query costs, to leave the event loop before it is blocked."""

from typing import Literal

from sqlmodel import Session

from app.store.db import LOOP_BUDGET_SECONDS, WouldBlock

Work = Literal[
    "sort items",
    "aggregate mentions",
    "count cooccurrences",
    "tally an entity",
    "fill buckets",
    "score hits",
]

SECONDS_PER_ROW: dict[Work, float] = {
    "sort items": 2e-7,
    "aggregate mentions": 3e-7,
    "count cooccurrences": 1.5e-7,
    "tally an entity": 4e-8,
    "fill buckets": 3e-6,
    "score hits": 6e-5,
}
"""Estimated seconds a row, measured on one core of a server.

A row is an item row of the columns; for "tally an entity" it is a mention of the entity, for
"fill buckets" a bucket of one timeline. For "score hits" it is a hit, with its share of the page.
"""


def require_budget(session: Session, work: Work, rows: int) -> None:
    """Raise WouldBlock in the event loop if `work` on `rows` rows takes half its budget."""
    if SECONDS_PER_ROW[work] * rows > LOOP_BUDGET_SECONDS / 2:
        require_worker_thread(session)


def require_worker_thread(session: Session) -> None:
    """Raise WouldBlock if `session` reads in the event loop."""
    if session.info.get("loop"):
        raise WouldBlock
