"""How well documents are made: one, and over time."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from app.normalize.text.folding import fold
from app.query import briefings, quality
from app.query.listing.page import Listing
from app.query.request.briefing_params import QualityList
from app.query.schemas.quality import QualityCounts, QualityDay
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item, lines


def test_quality(seeded: Database) -> None:
    with seeded.read() as session:
        shown = quality.one(session, briefings.get(session, NEWER))
    held = lines(NEWER)[1:]
    assert (shown.lines, shown.nonblank, shown.covered) == (
        len(held),
        sum(bool(line.strip()) for line in held),
        shown.nonblank,
    )
    assert (shown.coverage, shown.unassigned, shown.problems) == (1.0, [], [])
    # 核心摘要 stands twice in one item.
    assert [(field.title[:4], field.repeated, field.missing) for field in shown.fields] == [
        ("RaaS", ["核心摘要"], [])
    ]
    assert Counter(odd.status for odd in shown.odd_sources) == {"placeholder": 3, "opaque": 1}
    assert {odd.target for odd in shown.odd_sources} == {"1", "qbitai_363544_2025-12-22"}
    assert (shown.articles.reported, shown.topics.reported, shown.topics.found) == (225, 55, 57)
    # The name stands on the entity line alone; the one beside it also in the text.
    surfaces = {named.surface for named in shown.ungrounded}
    assert "skin lesion classifiers" in surfaces
    assert "G2L" not in surfaces


def test_quality_of_a_poor_document(database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-02",
            "### nothing but a title\n\n**核心摘要**\n\nx\n",
            item("b", entities="Qwen", summary="Qwen", importance="高", sources="[x](1)"),
        ),
    )
    with database.read() as session:
        shown = quality.one(session, briefings.get(session, "2026-01-02"))
    assert [(field.title, field.missing) for field in shown.fields] == [
        ("nothing but a title", ["entities", "importance", "sources"])
    ]
    assert [odd.status for odd in shown.odd_sources] == ["placeholder"]
    assert shown.ungrounded == []
    assert (shown.articles.reported, shown.articles.found, shown.topics.found) == (None, 0, 2)


def test_ungrounded_names_of_the_seeds(seeded: Database) -> None:
    """Counted again from the lines: item by item, the entity line and every address left out."""
    found = Counter[str]()
    for day in (NEWER, OLDER):
        said: list[str] = []
        for line in [*lines(day), "### "]:
            if line.startswith(("## ", "### ")):
                for entities in [held for held in said if held.startswith("**關鍵實體**")]:
                    rest = fold(
                        "\n".join(
                            held.partition("](")[0]
                            for held in said
                            if not held.startswith("**關鍵實體**")
                        )
                    )
                    names = (
                        entities.removeprefix("**關鍵實體**：")
                        .strip()
                        .replace("，", "、")
                        .split("、")
                    )
                    found[day] += sum(fold(name) not in rest for name in names)
                said = []
            said.append(line)
    with seeded.read() as session:
        shown = {day: quality.one(session, briefings.get(session, day)) for day in (NEWER, OLDER)}
    assert sum(one.listed for one in shown.values()) == 303
    assert {day: len(one.ungrounded) for day, one in shown.items()} == found
    assert found.total() == 103
    assert "Gainsight" in {named.surface for named in shown[OLDER].ungrounded}


def test_what_dangles_and_what_has_no_reason_in_the_seeds(seeded: Database) -> None:
    with seeded.read() as session:
        newer, older = (quality.one(session, briefings.get(session, day)) for day in (NEWER, OLDER))
    assert [(one.kind, one.name, one.line) for one in newer.dangling] == [
        ("told_elsewhere", "昆山杯創業大賽", 822)
    ]
    assert older.dangling == []
    assert (len(newer.unreasoned), len(older.unreasoned)) == (0, 22)
    assert Counter(odd.status for odd in older.odd_sources) == {"suspicious": 3}
    assert all("/2025/nov/21/" in (odd.target or "") for odd in older.odd_sources)


def counted(page: Listing[QualityDay]) -> QualityCounts:
    return QualityCounts.model_validate(page.extra["totals"])


def over_time(database: Database, **given: Any) -> Listing[QualityDay]:
    with database.read() as session:
        return quality.over_time(session, QualityList.model_validate(given))


def test_over_time(seeded: Database) -> None:
    shown = over_time(seeded)
    assert [day.briefing.id for day in shown.entries] == [NEWER, OLDER]
    with seeded.read() as session:
        for day in shown.entries:
            one = quality.one(session, briefings.get(session, day.briefing.id))
            held = day.counts
            assert (held.ungrounded, held.dangling, held.unreasoned) == (
                len(one.ungrounded),
                len(one.dangling),
                len(one.unreasoned),
            )
            assert (held.articles, held.topics, held.coverage) == (
                one.articles,
                one.topics,
                one.coverage,
            )
            assert held.placeholder + held.opaque + held.suspicious + held.inferred == len(
                one.odd_sources
            )
            assert held.repeated == sum(len(field.repeated) for field in one.fields)
    assert (counted(shown).listed, counted(shown).ungrounded, counted(shown).items) == (
        303,
        103,
        79,
    )
    assert (counted(shown).articles.reported, counted(shown).topics.reported) == (
        225 + 271,
        55 + 30,
    )
    assert counted(over_time(seeded, to=OLDER)).listed == 97
    assert over_time(seeded, channel=["nowhere"]).warnings


def test_totals_are_of_all_pages_and_of_no_draft(database: Database) -> None:
    for n in range(5):
        day = str(date(2026, 1, 1) + timedelta(days=n))
        take_in(database, document(day, item("a", sources="[x](1)"), draft=n == 4), f"{day}.md")
    shown = over_time(database, limit=3)
    assert (len(shown.entries), shown.rows.total, counted(shown).placeholder) == (3, 4, 4)
    assert counted(shown).articles.reported is None
    rest = over_time(database, limit=3, cursor=shown.rows.next_cursor)
    assert [day.briefing.id for day in [*shown.entries, *rest.entries]] == [
        "2026-01-04",
        "2026-01-03",
        "2026-01-02",
        "2026-01-01",
    ]
    take_in(database, document("2026-01-04", item("a")), "2026-01-04.md")
    assert counted(over_time(database)).placeholder == 3


def test_an_empty_base(database: Database) -> None:
    shown = over_time(database)
    assert (shown.entries, counted(shown).items, counted(shown).coverage) == ([], 0, 1.0)
