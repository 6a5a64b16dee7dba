"""Titles of channels: those of the settings, and those that briefings share."""

from app.query.snapshot import channel_titles
from app.query.snapshot.channel_titles import names_of, titles_of
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item


def test_a_channel_has_the_title_that_its_briefings_share(lite: Database) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        text = document(day, item("甲", summary="乙"), title=f"晨報 {day}")
        take_in(lite, text, f"{day}.md")
    with lite.read() as session:
        assert titles_of(session, ["daily", "none"]) == {"daily": "晨報"}
        assert names_of(session, ["daily", "none"]) == {"daily": "晨報", "none": "none"}


def test_a_title_of_the_settings_comes_first(lite: Database) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        text = document(day, item("甲", summary="乙"), title=f"晨報 {day}")
        take_in(lite, text, f"{day}.md")
    channel_titles.configure(lite, {"daily": "每日 AI 簡報"})
    with lite.read() as session:
        assert titles_of(session, ["daily", "none"]) == {"daily": "每日 AI 簡報"}


def test_briefings_with_titles_of_their_own_share_none(seeded: Database) -> None:
    with seeded.read() as session:
        assert titles_of(session, ["daily"]) == {}
