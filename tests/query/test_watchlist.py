"""Watch lists as shown."""

from typing import Any

from app.query import watchlist
from app.query.listing.page import Listing
from app.query.request.briefing_params import WatchlistQuery
from app.query.schemas.watchlist import WatchedOut
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER
from tests.store.derived.test_watchlist import day


def found(database: Database, **given: Any) -> Listing[WatchedOut]:
    with database.read() as session:
        return watchlist.find(session, WatchlistQuery.model_validate(given), None)


def test_the_entries_of_the_seeds(seeded: Database) -> None:
    shown = found(seeded)
    assert [(one.briefing.id, one.position) for one in shown.entries] == [
        (day, at) for day in (NEWER, OLDER) for at in range(1, 6)
    ]
    # No later day says Turb-L1 or the like again.
    assert {(one.status, one.answered, one.after_days) for one in shown.entries} == {
        ("silent", 0, None)
    }
    assert [one.window.briefings for one in shown.entries] == [0] * 5 + [1] * 5
    musa = shown.entries[1]
    assert [entity.name for entity in musa.entities if entity.type in ("product", "chip")] == [
        "MUSA",
        "Ascend",
        "SGLang",
    ]
    assert musa.line == 928
    assert found(seeded, status=["hit"]).rows.total == 0
    assert found(seeded, entity=["SGLang"]).rows.total == 1
    assert found(seeded, entity=["!SGLang"], to=OLDER).rows.total == 5
    assert found(seeded, entity=["nobody"]).warnings


def test_answers_are_shown_with_why(database: Database) -> None:
    take_in(database, *day(0, [("a", "")], ["SGLang 對昇騰的支援", "火星農場"]))
    take_in(database, *day(2, [("SGLang 支援昇騰", "SGLang、昇騰"), ("SGLang 小改", "SGLang")]))
    take_in(database, *day(9, [("SGLang 大改", "SGLang")]), "weekly")
    hit, silent = found(database).entries
    assert (hit.status, hit.after_days, hit.answered, silent.status) == ("hit", 2, 3, "silent")
    assert [(one.item.title, one.after_days, one.briefing) for one in hit.answers] == [
        ("SGLang 支援昇騰", 2, "2026-01-03"),
        ("SGLang 小改", 2, "2026-01-03"),
        ("SGLang 大改", 9, "weekly:2026-01-10"),
    ]
    best = hit.answers[0]
    assert [(one.entity.name, one.weight) for one in best.evidence.entities] == [
        ("SGLang", 0.6),
        ("Ascend", 0.6),
    ] or {one.weight for one in best.evidence.entities} == {0.6}
    assert best.score >= 0.84
    assert hit.window.briefings == 2
    assert [len(one.answers) for one in found(database, top=1).entries] == [1, 0]
    assert [one.text for one in found(database, status=["silent"]).entries] == ["火星農場"]
    assert found(database, status=["hit|silent"]).rows.total == 2
    assert found(database, status=["!hit"]).rows.total == 1
    assert found(database, channel=["weekly"]).rows.total == 0
    first = found(database, limit=1)
    assert found(database, limit=1, cursor=first.rows.next_cursor).entries == [silent]
