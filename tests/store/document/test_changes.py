"""The log of briefings that are saved or get another id."""

from app.store.dataset import Event
from app.store.db import Database
from app.store.document.changes import Changes, SavedDocument
from app.store.tables import Briefing


def stored(pk: int, briefing_id: str, *, draft: bool = False) -> Briefing:
    return Briefing(pk=pk, id=briefing_id, title="標題", draft=draft)  # type: ignore[call-arg]  # what a log needs


def events(database: Database, changes: Changes) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(event.action, event.object_id) for event in changes.events(session)]


def test_a_swap_of_ids_updates_both(database: Database) -> None:
    changes = Changes()
    first, second = stored(1, "d"), stored(2, "d-pm")
    for briefing in (first, second):
        changes.remember(briefing)
        changes.rename(briefing)
    first.id, second.id = "d-pm", "d"
    assert sorted(events(database, changes)) == [("updated", "d"), ("updated", "d-pm")]


def test_a_withdrawn_briefing_is_removed(database: Database) -> None:
    changes = Changes()
    briefing = stored(1, "d")
    changes.remember(briefing)
    briefing.draft = True
    changes.save(briefing, SavedDocument("d", "replaced"))
    assert events(database, changes) == [("removed", "d")]


def test_a_draft_is_not_logged(database: Database) -> None:
    changes = Changes()
    changes.save(stored(1, "d", draft=True), SavedDocument("d", "added"))
    assert events(database, changes) == []


def test_items_of_a_new_id_are_logged(database: Database) -> None:
    changes = Changes()
    briefing = stored(1, "d")
    changes.remember(briefing)
    changes.rename(briefing)
    briefing.id = "d-pm"
    saved = SavedDocument("d", "replaced", added=["i_1"], unchanged=["i_2"])
    changes.save(briefing, saved)
    with database.read() as session:
        logged = list(changes.events(session))
    assert Event("updated", "item", "i_2", {"briefing": "d-pm"}) in logged
    assert Event("added", "item", "i_1", {"briefing": "d-pm"}) in logged
    assert saved.briefing == "d-pm"
