"""Entries of watch lists and their answers."""

from typing import Any

from app.query.listing.page import Listing
from app.query.request.briefing_params import WatchlistQuery
from app.query.schemas.watchlist import WatchedOut
from app.query.stories import watchlist
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER
from tests.store.derived.test_watchlist import day


def find(database: Database, **parameters: Any) -> Listing[WatchedOut]:
    with database.read() as session:
        return watchlist.find(session, WatchlistQuery.model_validate(parameters), None)


def test_the_seeds_have_ten_silent_entries(seeded: Database) -> None:
    listing = find(seeded)
    assert [(out.briefing.id, out.position) for out in listing.entries] == [
        (day, position) for day in (NEWER, OLDER) for position in range(1, 6)
    ]
    # No later briefing mentions Turb-L1 again.
    assert {(out.status, out.answered, out.after_days) for out in listing.entries} == {
        ("silent", 0, None)
    }
    assert [out.window.briefings for out in listing.entries] == [0] * 5 + [1] * 5
    musa = listing.entries[1]
    assert [entity.name for entity in musa.entities if entity.type in ("product", "chip")] == [
        "MUSA",
        "Ascend",
        "SGLang",
    ]
    assert musa.line == 928
    assert find(seeded, status=["hit"]).rows.total == 0
    assert find(seeded, entity=["SGLang"]).rows.total == 1
    assert find(seeded, entity=["!SGLang"], to=OLDER).rows.total == 5
    assert find(seeded, entity=["nobody"]).warnings


def test_answers_have_their_evidence(database: Database) -> None:
    take_in(database, *day(0, [("a", "")], ["SGLang 對昇騰的支援", "火星農場"]))
    take_in(database, *day(2, [("SGLang 支援昇騰", "SGLang、昇騰"), ("SGLang 小改", "SGLang")]))
    take_in(database, *day(9, [("SGLang 大改", "SGLang")]), "weekly")
    hit, silent = find(database).entries
    assert (hit.status, hit.after_days, hit.answered, silent.status) == ("hit", 2, 3, "silent")
    assert [(out.item.title, out.after_days, out.briefing) for out in hit.answers] == [
        ("SGLang 支援昇騰", 2, "2026-01-03"),
        ("SGLang 小改", 2, "2026-01-03"),
        ("SGLang 大改", 9, "weekly:2026-01-10"),
    ]
    best = hit.answers[0]
    assert [(out.entity.name, out.weight) for out in best.evidence.entities] == [
        ("SGLang", 0.6),
        ("Ascend", 0.6),
    ] or {out.weight for out in best.evidence.entities} == {0.6}
    assert best.score >= 0.84
    assert hit.window.briefings == 2
    assert [len(out.answers) for out in find(database, top=1).entries] == [1, 0]
    assert [out.text for out in find(database, status=["silent"]).entries] == ["火星農場"]
    assert find(database, status=["hit|silent"]).rows.total == 2
    assert find(database, status=["!hit"]).rows.total == 1
    assert find(database, channel=["weekly"]).rows.total == 0
    first = find(database, limit=1)
    assert find(database, limit=1, cursor=first.rows.next_cursor).entries == [silent]
