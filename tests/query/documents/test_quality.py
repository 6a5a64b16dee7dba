"""Quality reports: of one briefing, and over time."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from app.normalize.text.folding import fold
from app.query.documents import briefings, quality
from app.query.listing.page import Listing
from app.query.request.briefing_params import QualityList
from app.query.schemas.quality import QualityCounts, QualityDay
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item, lines


def test_the_report_of_a_seed(seeded: Database) -> None:
    with seeded.read() as session:
        report = quality.one(session, briefings.get(session, NEWER))
    document_lines = lines(NEWER)[1:]
    assert (report.lines, report.nonblank, report.covered) == (
        len(document_lines),
        sum(bool(line.strip()) for line in document_lines),
        report.nonblank,
    )
    assert (report.coverage, report.unassigned, report.problems) == (1.0, [], [])
    # One item has two summaries.
    assert [(field.title[:4], field.repeated, field.missing) for field in report.fields] == [
        ("RaaS", ["核心摘要"], [])
    ]
    assert Counter(odd.status for odd in report.odd_sources) == {"placeholder": 3, "opaque": 1}
    assert {odd.target for odd in report.odd_sources} == {"1", "qbitai_363544_2025-12-22"}
    assert (report.articles.reported, report.topics.reported, report.topics.found) == (225, 55, 57)
    # Only the entity line has the first name; the text has the second, too.
    surfaces = {named.surface for named in report.ungrounded}
    assert "skin lesion classifiers" in surfaces
    assert "G2L" not in surfaces


def test_the_report_of_a_poor_document(database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-02",
            "### nothing but a title\n\n**核心摘要**\n\nx\n",
            item("b", entities="Qwen", summary="Qwen", importance="高", sources="[x](1)"),
        ),
    )
    with database.read() as session:
        report = quality.one(session, briefings.get(session, "2026-01-02"))
    assert [(field.title, field.missing) for field in report.fields] == [
        ("nothing but a title", ["entities", "importance", "sources"])
    ]
    assert [odd.status for odd in report.odd_sources] == ["placeholder"]
    assert report.ungrounded == []
    assert (report.articles.reported, report.articles.found, report.topics.found) == (None, 0, 2)


def _is_entity_line(line: str) -> bool:
    return line.startswith("**關鍵實體**")


def test_ungrounded_names_are_those_missing_in_the_text(seeded: Database) -> None:
    """Count again from the lines of each item, without entity lines and URLs."""
    counts = Counter[str]()
    for day in (NEWER, OLDER):
        item_lines: list[str] = []
        for line in [*lines(day), "### "]:
            if line.startswith(("## ", "### ")):
                for entities in filter(_is_entity_line, item_lines):
                    other_lines = [text for text in item_lines if not _is_entity_line(text)]
                    rest = fold("\n".join(text.partition("](")[0] for text in other_lines))
                    names = (
                        entities.removeprefix("**關鍵實體**：")
                        .strip()
                        .replace("，", "、")
                        .split("、")
                    )
                    counts[day] += sum(fold(name) not in rest for name in names)
                item_lines = []
            item_lines.append(line)
    with seeded.read() as session:
        reports = {day: quality.one(session, briefings.get(session, day)) for day in (NEWER, OLDER)}
    assert sum(report.listed for report in reports.values()) == 303
    assert {day: len(report.ungrounded) for day, report in reports.items()} == counts
    assert counts.total() == 103
    assert "Gainsight" in {name.surface for name in reports[OLDER].ungrounded}


def test_dangling_references_and_missing_reasons_of_the_seeds(seeded: Database) -> None:
    with seeded.read() as session:
        newer, older = (quality.one(session, briefings.get(session, day)) for day in (NEWER, OLDER))
    assert [(entry.kind, entry.name, entry.line) for entry in newer.dangling] == [
        ("told_elsewhere", "昆山杯創業大賽", 822)
    ]
    assert older.dangling == []
    assert (len(newer.unreasoned), len(older.unreasoned)) == (0, 22)
    assert Counter(odd.status for odd in older.odd_sources) == {"suspicious": 3}
    assert all("/2025/nov/21/" in (odd.target or "") for odd in older.odd_sources)


def totals(page: Listing[QualityDay]) -> QualityCounts:
    return QualityCounts.model_validate(page.extra["totals"])


def over_time(database: Database, **parameters: Any) -> Listing[QualityDay]:
    with database.read() as session:
        return quality.over_time(session, QualityList.model_validate(parameters))


def test_counts_over_time_are_those_of_the_reports(seeded: Database) -> None:
    listing = over_time(seeded)
    assert [day.briefing.id for day in listing.entries] == [NEWER, OLDER]
    with seeded.read() as session:
        for day in listing.entries:
            report = quality.one(session, briefings.get(session, day.briefing.id))
            counts = day.counts
            assert (counts.ungrounded, counts.dangling, counts.unreasoned) == (
                len(report.ungrounded),
                len(report.dangling),
                len(report.unreasoned),
            )
            assert (counts.articles, counts.topics, counts.coverage) == (
                report.articles,
                report.topics,
                report.coverage,
            )
            assert counts.placeholder + counts.opaque + counts.suspicious + counts.inferred == len(
                report.odd_sources
            )
            assert counts.repeated == sum(len(field.repeated) for field in report.fields)
    assert (totals(listing).listed, totals(listing).ungrounded, totals(listing).items) == (
        303,
        103,
        79,
    )
    assert (totals(listing).articles.reported, totals(listing).topics.reported) == (
        225 + 271,
        55 + 30,
    )
    assert totals(over_time(seeded, to=OLDER)).listed == 97
    assert over_time(seeded, channel=["nowhere"]).warnings


def test_totals_add_up_all_pages_without_drafts(database: Database) -> None:
    for n in range(5):
        day = str(date(2026, 1, 1) + timedelta(days=n))
        take_in(database, document(day, item("a", sources="[x](1)"), draft=n == 4), f"{day}.md")
    listing = over_time(database, limit=3)
    assert (len(listing.entries), listing.rows.total, totals(listing).placeholder) == (3, 4, 4)
    assert totals(listing).articles.reported is None
    rest = over_time(database, limit=3, cursor=listing.rows.next_cursor)
    assert [day.briefing.id for day in [*listing.entries, *rest.entries]] == [
        "2026-01-04",
        "2026-01-03",
        "2026-01-02",
        "2026-01-01",
    ]
    take_in(database, document("2026-01-04", item("a")), "2026-01-04.md")
    assert totals(over_time(database)).placeholder == 3


def test_an_empty_database_has_full_coverage(database: Database) -> None:
    listing = over_time(database)
    assert (listing.entries, totals(listing).items, totals(listing).coverage) == ([], 0, 1.0)
