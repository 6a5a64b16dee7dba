"""Stories of a digest: one a thread, by salience, diverse over sections."""

from datetime import date

from app.query.publishing import digest
from app.query.publishing.digest import _diverse, _one_a_thread, _StoryItem
from app.query.request.digest_params import DigestQuery
from app.store.db import Database


def candidate(pk: int, section: str, weight: float, thread: int | None = None) -> _StoryItem:
    return _StoryItem(pk, f"i_{pk}", section, date(2026, 1, 1), thread, weight)


def test_a_thread_is_told_once() -> None:
    members = [candidate(1, "research", 1.0, 7), candidate(2, "tools", 2.0, 7)]
    (stories,) = _one_a_thread(
        [
            *members,
        ]
    )
    assert (stories.pk, stories.reports) == (2, 2)
    assert stories.salience > 2.0


def test_sections_take_turns() -> None:
    candidates = [
        candidate(1, "research", 1.0),
        candidate(2, "research", 0.9),
        candidate(3, "tools", 0.8),
    ]
    assert [story.pk for story in _diverse(candidates)] == [1, 3, 2]


def test_the_period_ends_with_the_newest_briefing(seeded: Database) -> None:
    with seeded.read() as session:
        stories = digest.find(session, DigestQuery(days=3), None)
        again = digest.find(session, DigestQuery(days=3), None)
        earlier = digest.find(session, DigestQuery.model_validate({"to": "2025-11-22"}), None)
    assert (stories.first, stories.last) == (date(2025, 12, 21), date(2025, 12, 23))
    assert stories == again
    assert {story.briefing for story in stories.stories} == {"2025-12-23"}
    assert {story.briefing for story in earlier.stories} == {"2025-11-22"}
    assert len({story.section for story in stories.stories[:5]}) > 1


def test_filters_are_those_of_items(seeded: Database) -> None:
    query = DigestQuery(days=60, entity=["NVIDIA"], section=["research|headlines|tools"])
    with seeded.read() as session:
        stories = digest.find(session, query, None)
    assert stories.stories
    assert {story.section for story in stories.stories} <= {"research", "headlines", "tools"}


def test_nothing_is_an_empty_digest(database: Database) -> None:
    with database.read() as session:
        stories = digest.find(session, DigestQuery(), None)
    assert (stories.first, stories.stories, stories.total) == (None, [], 0)
