"""Costly work leaves the event loop; a worker thread does any work."""

import pytest

from app.query.snapshot.budget import (
    SECONDS_PER_ROW,
    Work,
    require_budget,
    require_worker_thread,
)
from app.store.db import LOOP_BUDGET_SECONDS, Database, WouldBlock


@pytest.mark.parametrize("work", SECONDS_PER_ROW)
def test_work_beyond_the_budget_leaves_the_event_loop(database: Database, work: Work) -> None:
    rows = int(LOOP_BUDGET_SECONDS / 2 / SECONDS_PER_ROW[work])
    with database.read() as session:
        require_budget(session, work, 10 * rows)
        session.info["loop"] = True
        require_budget(session, work, rows - 1)
        with pytest.raises(WouldBlock):
            require_budget(session, work, rows + 2)


def test_some_work_is_never_done_in_the_event_loop(database: Database) -> None:
    with database.read() as session:
        require_worker_thread(session)
        session.info["loop"] = True
        with pytest.raises(WouldBlock):
            require_worker_thread(session)
